// A run as one JSON object: what `run --json` prints and run.json holds. The schema is in results/schema.
#pragma once

#include "harness/run/execution.hpp"
#include "harness/text/json.hpp"

namespace tricolour {

/// `block`: of the sweep that the run belongs to.
Json run_to_json(const RunOptions& options, const RunPlan& plan, const Outcome& outcome, std::uint64_t block);

}  // namespace tricolour
