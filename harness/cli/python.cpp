// `tricolour report`, `tricolour compare` and `tricolour export`: hand over to the Python package,
// found relative to this binary.
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "build_info.hpp"
#include "core/errors.hpp"
#include "harness/cli/commands.hpp"
#include "harness/process/child_process.hpp"
#include "harness/process/exit_codes.hpp"
#include "harness/process/interruption.hpp"

namespace tricolour {
namespace {

namespace fs = std::filesystem;

constexpr int probing_s = 60;

/// The folder that holds the package: `tools` of the checkout above the binary, or share/tricolour
/// beside an installed one; for a build tree outside the checkout, the checkout it was built from.
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
      fmt::format("the Python package tricolour_report is not in a folder 'tools' or "
                  "'share/tricolour/tools' above {}",
                  binary.string()));
}

/// The interpreter that has the package's modules: the script `python` beside the package knows
/// them, and says what is missing.
std::string fitting_interpreter(const fs::path& tools) {
  const std::string script = (tools / "python").string();
  const ChildResult result = run_child({script}, probing_s);
  if (result.interrupted) throw Interrupted();
  if (result.timed_out)
    throw ConfigurationError(fmt::format("{} found no interpreter within {} s", script, probing_s));
  if (!result.succeeded()) {
    std::string said = result.standard_error;
    while (said.ends_with('\n')) said.pop_back();
    throw ConfigurationError(said.empty() ? fmt::format("{} cannot be run", script) : said);
  }
  return result.standard_output.substr(0, result.standard_output.find('\n'));
}

}  // namespace

int carry_out(const ReportCommand& command) {
  const fs::path tools = package_folder();
  // In isolated mode (-I) no module of the working folder, of PYTHONPATH or of the user's site
  // folder takes the place of another.
  const std::string package = (tools / "tricolour_report" / "__main__.py").string();
  std::vector<std::string> words{fitting_interpreter(tools), "-I", package, command.name};
  words.insert(words.end(), command.arguments.begin(), command.arguments.end());
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  ::execv(arguments[0], arguments.data());
  throw std::system_error(errno, std::generic_category(), words[0]);
}

}  // namespace tricolour
