#include "harness/sweep/recorded_run.hpp"

#include <fmt/format.h>

#include "harness/figures/tables.hpp"
#include "harness/files/result_folder.hpp"
#include "harness/machine/machine.hpp"
#include "harness/process/exit_codes.hpp"
#include "harness/run/run_json.hpp"
#include "harness/run/upgraded_run.hpp"
#include "harness/text/json.hpp"

namespace tricolour {

bool same_machine(const MachineName& one, const MachineName& other) {
  return one.host == other.host || (!one.boot_id.empty() && one.boot_id == other.boot_id);
}

MachineName this_machine() {
  const Machine machine = read_machine();
  return {machine.host, machine.boot_id};
}

RecordedRun read_run(const std::filesystem::path& place) {
  Json run;
  try {
    run = parse_json(read_file(place / "run.json"));
  } catch (const std::exception& error) {
    throw DamagedRun(fmt::format("run.json: {}", error.what()));
  }
  if (run["schema_version"].integer_or(0) == upgraded_schema_version) {
    throw DamagedRun(fmt::format("run.json has schema version {}; `tricolour upgrade` rewrites it",
                                 upgraded_schema_version));
  }
  if (run["schema_version"].integer_or(0) != run_schema_version) {
    throw DamagedRun(fmt::format(
        "run.json has another schema than version {}; run it again with this version of tricolour",
        run_schema_version));
  }
  const std::string status = run["status"].text_or("");
  const std::string cell = run["cell"].text_or("");
  const std::int64_t block = run["block"].integer_or(-1);
  if (status.empty() || cell.empty() || block < 0)
    throw DamagedRun("run.json lacks status, cell or block");
  return {cell,
          static_cast<unsigned>(block),
          {status, static_cast<int>(run["exit_code"].integer_or(exit_code::internal_error))},
          {run["provenance"]["host"].text_or(""), run["provenance"]["boot_id"].text_or("")},
          run["provenance"]["commit"].text_or(""),
          run["parameters"]["heap_bytes"].integer_or(0)};
}

RecordedRun read_whole_run(const std::filesystem::path& place, const std::string& cell,
                           unsigned block) {
  RecordedRun run = read_run(place);
  if (run.cell != cell || run.block != block)
    throw DamagedRun(fmt::format("run.json belongs to cell {}, block {}", run.cell, run.block));
  if (run.row.status == verdict::ok.status) {
    if (const std::string damage = damage_of_tables(place); !damage.empty())
      throw DamagedRun(damage);
  }
  return run;
}

}  // namespace tricolour
