#include "harness/files/result_folder.hpp"

#include <unistd.h>

#include <array>
#include <cstring>

#include "core/errors.hpp"
#include "harness/figures/request_figures.hpp"
#include "harness/figures/tables.hpp"
#include "harness/text/json.hpp"
#include "tools/testing/catch.hpp"

namespace tricolour {
namespace {

namespace fs = std::filesystem;

struct Scratch {
  Scratch() { fs::create_directories(path); }
  ~Scratch() { fs::remove_all(path); }
  const fs::path path =
      fs::temp_directory_path() / ("tricolour-test-" + std::to_string(::getpid()));
  std::size_t entries() const {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(path), fs::directory_iterator()));
  }
};

}  // namespace

TEST_CASE("a folder appears when it is complete, not before") {
  const Scratch scratch;
  const fs::path wanted = scratch.path / "deep" / "run";
  {
    ResultFolder folder(wanted, false);
    write_file(folder.place() / "run.json", "{}");
    CHECK_FALSE(fs::exists(wanted));
    folder.complete();
  }
  CHECK(read_file(wanted / "run.json") == "{}");
}

TEST_CASE("a folder that is not completed leaves nothing") {
  const Scratch scratch;
  { const ResultFolder folder(scratch.path / "run", false); }
  CHECK(scratch.entries() == 0);
}

TEST_CASE("an existing folder is refused, or replaced when asked for, and only by a complete one") {
  const Scratch scratch;
  const fs::path wanted = scratch.path / "run";
  {
    ResultFolder earlier(wanted, false);
    write_file(earlier.place() / "old", "old");
    earlier.complete();
  }
  CHECK_THROWS_AS(ResultFolder(wanted, false), ConfigurationError);
  CHECK_THROWS_WITH(ResultFolder(wanted, false), Catch::Contains("--force"));
  { const ResultFolder abandoned(wanted, true); }
  CHECK(fs::exists(wanted / "old"));
  ResultFolder folder(wanted, true);
  write_file(folder.place() / "new", "new");
  folder.complete();
  CHECK_FALSE(fs::exists(wanted / "old"));
  CHECK(fs::exists(wanted / "new"));
  CHECK(scratch.entries() == 1);
}

TEST_CASE("a folder with anything that is not its own is never replaced") {
  const Scratch scratch;
  const fs::path wanted = scratch.path / "run";
  { ResultFolder(wanted, false).complete(); }
  { const ResultFolder replaced(wanted, true); }
  write_file(wanted / "note", "the user's");
  CHECK_THROWS_WITH(ResultFolder(wanted, true), Catch::Contains("holds note"));
  fs::remove(wanted / ResultFolder::marker);
  CHECK_THROWS_WITH(ResultFolder(wanted, true), Catch::Contains("has no file"));
  CHECK(read_file(wanted / "note") == "the user's");
}

TEST_CASE("a note that comes while a run is under way is not lost either") {
  const Scratch scratch;
  const fs::path wanted = scratch.path / "run";
  { ResultFolder(wanted, false).complete(); }
  ResultFolder folder(wanted, true);
  write_file(wanted / "note", "the user's");
  CHECK_THROWS_AS(folder.complete(), ConfigurationError);
  CHECK(fs::exists(wanted / "note"));
}

TEST_CASE("a folder below one that is gone is made anew only where its parents may be") {
  const Scratch scratch;
  const fs::path wanted = scratch.path / "gone" / "run";
  CHECK_THROWS_AS(ResultFolder(wanted, false, ResultFolder::Parents::are_there), OutputError);
  CHECK(scratch.entries() == 0);
}

TEST_CASE("a file is written whole or an error names it") {
  const Scratch scratch;
  write_file(scratch.path / "a", "text");
  CHECK_THROWS_WITH(write_file(scratch.path / "a", "text"), Catch::Contains("/a"));
  replace_file(scratch.path / "a", "other");
  CHECK(read_file(scratch.path / "a") == "other");
  CHECK_THROWS_AS(write_file(scratch.path / "missing" / "b", ""), OutputError);
  CHECK_THROWS_AS(read_file(scratch.path / "none"), OutputError);
  CHECK_THROWS_AS(read_file(scratch.path), OutputError);
  CHECK_THROWS_AS(replace_file("/dev/full/x", "text"), OutputError);
}

TEST_CASE("what is not finite never becomes JSON") {
  const Json json = Json::Object{{"a", std::numeric_limits<double>::quiet_NaN()},
                                 {"b", -std::numeric_limits<double>::infinity()},
                                 {"c", 0.5},
                                 {"d", Json::Array{1, true, "x"}}};
  CHECK(to_text(json) == R"({"a":null,"b":null,"c":0.5,"d":[1,true,"x"]})");
  CHECK(to_text(parse_json(to_text(json))) == to_text(json));
  CHECK(parse_json(R"({"n": 3})")["n"].integer_or(0) == 3);
  CHECK(parse_json(R"({"n": 3})")["m"].is_null());
  CHECK_THROWS_AS(parse_json("{"), std::invalid_argument);
  CHECK_NOTHROW(to_text(Json("\xff")));
}

TEST_CASE("few requests stand in a table of text, many in binary rows") {
  constexpr std::int64_t gap_ns = 100'000;
  for (const std::int64_t requests : {50'000, 50'001}) {
    const Scratch scratch;
    Pass pass(1, std::nullopt, 1 << 17);
    for (std::int64_t i = 0; i < requests; ++i) {
      pass.requests(0)->look_at(static_cast<std::uint64_t>(i), gap_ns * i, gap_ns * i + 1,
                                gap_ns * i + 2);
    }
    RunTables tables;
    tables.requests = request_table(pass);
    write_tables(scratch.path, tables);
    CHECK(damage_of_tables(scratch.path) == "");
    CHECK(fs::exists(scratch.path / "requests.csv") == (requests == 50'000));
    if (requests == 50'000) continue;
    const std::string rows = read_file(scratch.path / "requests.bin");
    REQUIRE(rows.size() == static_cast<std::size_t>(requests) * 7 * sizeof(std::int64_t));
    std::array<std::int64_t, 7> last{};
    std::memcpy(last.data(), rows.data() + rows.size() - sizeof(last), sizeof(last));
    CHECK(last == std::array<std::int64_t, 7>{0, 5'000'000'000, 5'000'000'001, 5'000'000'002, 1, 2,
                                              100'000});
  }
}

}  // namespace tricolour
