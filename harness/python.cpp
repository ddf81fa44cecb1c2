// `tricolour report` and `tricolour compare`: hand over to the Python package, found relative to this binary.
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <system_error>

#include "build_info.hpp"
#include "core/errors.hpp"
#include "harness/child_process.hpp"
#include "harness/commands.hpp"
#include "harness/exit_codes.hpp"
#include "harness/names.hpp"

namespace tricolour {
namespace {

namespace fs = std::filesystem;

/// What the package needs beyond Python's own library.
constexpr const char* needed_modules = "import numpy, pandas, scipy, matplotlib, jinja2, jsonschema";

/// The folder that holds the package: `tools` of the checkout above the binary, or share/tricolour beside an installed one; for a build
/// tree outside the checkout, the checkout it was built from.
fs::path package_folder() {
  const fs::path binary = own_path();
  for (fs::path above = binary.parent_path();; above = above.parent_path()) {
    for (const fs::path& place : {above / "tools", above / "share" / "tricolour" / "tools"}) {
      if (fs::exists(place / "tricolour_report" / "__main__.py")) return place;
    }
    if (above == above.root_path()) break;
  }
  const fs::path built_from = fs::path(TRICOLOUR_SOURCE) / "tools";
  if (fs::exists(built_from / "tricolour_report" / "__main__.py")) return built_from;
  throw ConfigurationError(
      fmt::format("the Python package tricolour_report is not in a folder 'tools' or 'share/tricolour/tools' above {}", binary.string()));
}

/// Every python3 in PATH, then the system's.
std::vector<std::string> interpreters() {
  std::vector<std::string> found;
  const char* const path = std::getenv("PATH");
  std::istringstream places(path != nullptr ? path : "");
  for (std::string place; std::getline(places, place, ':');) {
    const std::string candidate = place + "/python3";
    if (place.starts_with('/') && ::access(candidate.c_str(), X_OK) == 0) found.push_back(candidate);
  }
  found.emplace_back("/usr/bin/python3");
  return found;
}

std::string fitting_interpreter() {
  std::vector<std::string> tried;
  for (const std::string& interpreter : interpreters()) {
    const ChildResult result = run_child({interpreter, "-c", needed_modules}, 60);
    if (result.exit_code == 0 && result.signal == 0 && !result.timed_out) return interpreter;
    tried.push_back(interpreter);
  }
  throw ConfigurationError(
      fmt::format("no python3 can '{}'; tried {}. On Debian: apt install python3-pandas python3-scipy python3-matplotlib "
                  "python3-jinja2 python3-jsonschema",
                  needed_modules, joined(tried, ", ")));
}

}  // namespace

int carry_out(const ReportCommand& command) {
  std::string package = package_folder().string();
  if (const char* const given = std::getenv("PYTHONPATH")) package += std::string(":") + given;
  ::setenv("PYTHONPATH", package.c_str(), 1);
  std::vector<std::string> words{fitting_interpreter(), "-m", "tricolour_report", command.name};
  words.insert(words.end(), command.arguments.begin(), command.arguments.end());
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  ::execv(arguments[0], arguments.data());
  throw std::system_error(errno, std::generic_category(), words[0]);
}

}  // namespace tricolour
