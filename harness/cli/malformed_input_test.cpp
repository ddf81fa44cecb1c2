// Malformed experiments and JSON, by the thousand: what reads them must read them or say what is
// wrong with them, and do nothing else.
//
// Purpose: mutants of the committed experiments (the good ones and those of tools/bad_input) and of
// JSON. The sanitizer builds see what a mutant touches that it should not.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <set>

#include "build_info.hpp"
#include "harness/files/result_folder.hpp"
#include "harness/sweep/experiment.hpp"
#include "harness/text/json.hpp"
#include "harness/text/toml.hpp"
#include "tools/testing/text_mutator.hpp"

namespace tricolour {
namespace {

namespace fs = std::filesystem;

Words files_of(std::initializer_list<const char*> folders, std::string_view extension) {
  std::set<fs::path> paths;
  for (const char* const folder : folders) {
    for (const auto& entry : fs::directory_iterator(fs::path(TRICOLOUR_SOURCE) / folder)) {
      if (entry.path().extension() == extension) paths.insert(entry.path());
    }
  }
  Words texts;
  for (const fs::path& path : paths) texts.push_back(read_file(path));
  return texts;
}

/// The line in "mutant.toml:7: ...", 0 without one.
std::size_t line_of(const std::string& message) {
  constexpr std::string_view file = "mutant.toml:";
  return message.starts_with(file) ? std::strtoul(message.data() + file.size(), nullptr, 10) : 0;
}

void read_experiments(std::uint64_t seed, std::size_t mutants) {
  Words corpus = files_of({"tools/bad_input/experiments"}, ".toml");
  const Words good = files_of({"harness/experiments"}, ".toml");
  for (std::size_t i = corpus.size(); i > 0; --i) corpus.push_back(good[i % good.size()]);
  const Words words{"-1",
                    "0",
                    "9223372036854775807",
                    "99999999999999999999",
                    "nan",
                    "-inf",
                    "1e400",
                    "1.5",
                    "true",
                    "2026-01-01",
                    "\"\"",
                    "\"2x\"",
                    "\"64K\"",
                    "\"60T\"",
                    "'",
                    "\"\"\"",
                    "[",
                    "]",
                    "{",
                    "}",
                    "[[",
                    "]]",
                    "[[exclude]]\n",
                    "[run]\n",
                    "[matrix]\n",
                    "=",
                    ",",
                    "\n",
                    "\r",
                    "#",
                    ".",
                    std::string(1, '\0'),
                    "\xff",
                    "\xc3",
                    "\\u0000",
                    "\\uD800",
                    "\"none\"",
                    "\"yuasa\"",
                    "\"concurrent\"",
                    "mutators = [1, 2]\n",
                    "unsound_pairs = \"skip\"\n",
                    std::string(300, '['),
                    std::string(3000, 'a')};
  std::size_t accepted = 0, refused = 0;
  for_each_mutant(
      corpus, words, seed, mutants, [&](const std::string& mutant, const std::string& text) {
        INFO(mutant << ":\n" << text);
        try {
          const Experiment experiment = read_experiment(text, "mutant.toml");
          ++accepted;
          if (experiment.cells.empty()) FAIL_CHECK("an experiment without a cell");
        } catch (const FileError& error) {
          ++refused;
          const std::size_t line = line_of(error.what());
          const std::size_t lines = static_cast<std::size_t>(std::ranges::count(text, '\n')) + 1;
          if (line < 1 || line > lines) FAIL_CHECK("no place in: " << error.what());
        } catch (const std::exception& error) {
          FAIL_CHECK("neither read nor refused: " << error.what());
        }
      });
  CHECK(accepted > mutants / 100);
  CHECK(refused > mutants / 4);
}

void read_json(std::uint64_t seed, std::size_t mutants) {
  const Words corpus = files_of({"results/schema", "results/reference/latency-pauses"}, ".json");
  const Words words{"-1",
                    "1e999",
                    "99999999999999999999",
                    "NaN",
                    "null",
                    "true",
                    "\"",
                    "\\u0000",
                    "\\ud800",
                    "[",
                    "]",
                    "{",
                    "}",
                    ",",
                    ":",
                    std::string(1, '\0'),
                    "\xff",
                    "\n",
                    "//",
                    "{\"a\":1,\"a\":2}",
                    std::string(100'000, '[')};
  for_each_mutant(corpus, words, seed, mutants,
                  [&](const std::string& mutant, const std::string& text) {
                    INFO(mutant << ":\n" << text);
                    try {
                      const Json json = parse_json(text);
                      parse_json(to_text(json));
                    } catch (const std::invalid_argument&) {
                    } catch (const std::exception& error) {
                      FAIL_CHECK("neither read nor refused: " << error.what());
                    }
                  });
  const std::string deep = std::string(1'000'000, '[') + std::string(1'000'000, ']');
  CHECK_THROWS_WITH(parse_json(deep), Catch::Contains("nested more than"));
}

TEST_CASE("a mutant of an experiment is read, or refused with its place") {
  read_experiments(1, 1500);
}
TEST_CASE("a mutant of a JSON file is read, or refused") { read_json(1, 1500); }
TEST_CASE("many mutants of experiments and JSON", "[.][deep]") {
  read_experiments(2, 100'000);
  read_json(2, 50'000);
}

}  // namespace
}  // namespace tricolour
