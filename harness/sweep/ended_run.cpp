#include "harness/sweep/ended_run.hpp"

#include <fmt/format.h>

#include <system_error>

#include "harness/files/result_folder.hpp"
#include "harness/machine/provenance.hpp"
#include "harness/process/exit_codes.hpp"
#include "harness/run/coordinates.hpp"
#include "harness/run/run_json.hpp"
#include "harness/text/json.hpp"

namespace tricolour {

namespace fs = std::filesystem;

void remove_remains(const fs::path& place) {
  std::error_code ignored;
  fs::remove_all(place, ignored);
  const std::string prefix = fmt::format(".{}.partial-", place.filename().string());
  for (const auto& entry : fs::directory_iterator(place.parent_path(), ignored)) {
    if (entry.path().filename().string().starts_with(prefix)) fs::remove_all(entry.path(), ignored);
  }
}

RunRow judge(const ChildResult& result) {
  if (result.timed_out) return {std::string(verdict::timeout.status), verdict::timeout.exit_code};
  if (result.signal != 0) return {std::string(verdict::crashed.status), 128 + result.signal};
  constexpr Verdict by_exit_code[]{verdict::error,       verdict::error,          verdict::refused,
                                   verdict::lost_object, verdict::heap_exhausted, verdict::timeout};
  const auto code = static_cast<std::size_t>(result.exit_code);
  if (code < std::size(by_exit_code))
    return {std::string(by_exit_code[code].status), result.exit_code};
  return {std::string(verdict::crashed.status), result.exit_code};
}

void keep_record(const fs::path& place, const RunOptions& options, const std::string& hash,
                 unsigned block, const RunRow& row, const ChildResult& result) {
  Json::Object parameters;
  for (const auto& [name, value] : cell_parameters(options)) {
    const Coordinate* const one = find_coordinate(name);
    const bool is_count = one != nullptr && one->is_count();
    if (name.find('.') == std::string::npos && !is_count && name != "pin" && name != "verify")
      parameters.emplace_back(name, value);
  }
  const std::string& said = result.standard_error;
  const std::string error = result.signal != 0 && !result.timed_out ? result.ending() : row.status;
  ResultFolder folder(place, false, ResultFolder::Parents::are_there);
  write_file(folder.place() / "run.json",
             to_text(Json::Object{{"schema_version", run_schema_version},
                                  {"cell", hash},
                                  {"block", block},
                                  {"status", row.status},
                                  {"exit_code", row.exit_code},
                                  {"error", said.empty() ? error : error + ": " + said},
                                  {"command", to_command(options)},
                                  {"parameters", parameters},
                                  {"provenance", provenance()}},
                     1) +
                 "\n");
  folder.complete();
}

}  // namespace tricolour
