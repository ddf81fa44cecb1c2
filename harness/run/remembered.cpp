#include "harness/run/remembered.hpp"

#include <fmt/format.h>

#include <cstdlib>

#include "harness/files/result_folder.hpp"
#include "harness/machine/provenance.hpp"
#include "harness/text/messages.hpp"
#include "harness/text/stable_hash.hpp"

namespace tricolour {
namespace {

std::filesystem::path cache_folder() {
  const char* const given = std::getenv("XDG_CACHE_HOME");
  const char* const home = std::getenv("HOME");
  if (given != nullptr && *given == '/') return std::filesystem::path(given) / "tricolour";
  return std::filesystem::path(home != nullptr && *home == '/' ? home : "/tmp") / ".cache" /
         "tricolour";
}

std::string key_of(const RunOptions& run) {
  StableHash hash;
  hash.add(build_identity());
  for (const auto& [name, value] : cell_parameters(run)) hash.add(name).add(value);
  return hash.text();
}

}  // namespace

RememberedFile::RememberedFile(std::string_view what, const RunOptions& run)
    : file_(cache_folder() / fmt::format("{}-{}.json", what, key_of(run))) {}

std::optional<Json> RememberedFile::read() const {
  try {
    return parse_json(read_file(file_));
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

void RememberedFile::write(const Json& value) const {
  try {
    std::filesystem::create_directories(file_.parent_path());
    replace_file(file_, to_text(value) + "\n");
  } catch (const std::exception& error) {
    say("tricolour: {} is not remembered: {}\n", file_.stem().string(), error.what());
  }
}

}  // namespace tricolour
