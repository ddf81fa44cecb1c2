// What `tricolour sweep --dry-run` tells of a sweep: its cells, how many runs there are, how long
// they take at least, and how many cycles each cell is likely to have. A sweep tells the last
// before it begins.
#pragma once

#include "harness/sweep/experiment.hpp"
#include "harness/sweep/shard.hpp"

namespace tricolour {

/// The commands of the cells on standard output, the rest on standard error. `timeout_s`: what a
/// run may take. Where it is not remembered what a workload allocates, a short run finds out.
void show_plan(const Experiment& experiment, const Shard& shard, double timeout_s);

/// On standard error, a line for all cells that differ in nothing that the estimate depends on.
void show_cycles(const Experiment& experiment);

}  // namespace tricolour
