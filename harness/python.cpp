// `tricolour report`, `tricolour compare` and `tricolour export`: hand over to the Python package, found relative to this binary.
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "build_info.hpp"
#include "core/errors.hpp"
#include "harness/child_process.hpp"
#include "harness/commands.hpp"
#include "harness/exit_codes.hpp"

namespace tricolour {
namespace {

namespace fs = std::filesystem;

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

/// The interpreter that has the package's modules: the script `python` beside the package knows them, and says what is missing.
std::string fitting_interpreter(const fs::path& tools) {
  const ChildResult result = run_child({(tools / "python").string()}, 60);
  if (result.exit_code != 0 || result.signal != 0) throw ConfigurationError(result.standard_error);
  return result.standard_output.substr(0, result.standard_output.find('\n'));
}

}  // namespace

int carry_out(const ReportCommand& command) {
  const fs::path tools = package_folder();
  std::string package = tools.string();
  if (const char* const given = std::getenv("PYTHONPATH")) package += std::string(":") + given;
  ::setenv("PYTHONPATH", package.c_str(), 1);
  std::vector<std::string> words{fitting_interpreter(tools), "-m", "tricolour_report", command.name};
  words.insert(words.end(), command.arguments.begin(), command.arguments.end());
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  ::execv(arguments[0], arguments.data());
  throw std::system_error(errno, std::generic_category(), words[0]);
}

}  // namespace tricolour
