// What `tricolour sweep --dry-run` tells of a sweep: its cells, how many runs there are, and how long they take at least.
#pragma once

#include "harness/experiment.hpp"
#include "harness/shard.hpp"

namespace tricolour {

/// The commands of the cells on standard output, the rest on standard error. `timeout_s`: what a run may take.
void show_plan(const Experiment& experiment, const Shard& shard, double timeout_s);

}  // namespace tricolour
