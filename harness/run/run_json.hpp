// A run as one JSON object: what `run --json` prints and run.json holds. The schema is in
// results/schema.
#pragma once

#include "harness/run/execution.hpp"
#include "harness/text/json.hpp"

namespace tricolour {

/// Of run.json and the tables; files of another version are not read.
inline constexpr std::int64_t run_schema_version = 3;

/// `block`: of the sweep that the run belongs to.
Json run_to_json(const RunOptions& options, const RunPlan& plan, const Outcome& outcome,
                 std::uint64_t block);

}  // namespace tricolour
