// How many cycles a cell is likely to have, before it runs: a cell with fewer than three says
// little about its collector.
//
// Purpose: bytes allocated in the measured region over the room that a cycle leaves in the heap.
// The room is the heap, less what is never handed out, less the live data. What the workload
// allocates, and how much of it is alive at a cycle, comes from a short run under stop_the_world
// without a barrier, remembered in the user's cache folder. Where that run has too few cycles to
// tell, the live data are those in closed form, or else the minimum heap.
//
// Invariant: an estimate is never of another workload, parameters or number of mutators than the
// cell's. A collector that begins its cycles before the heap is full has more of them than this.
#pragma once

#include <optional>
#include <string>

#include "harness/run/run_options.hpp"

namespace tricolour {

/// Of all mutators of a workload, together.
struct AllocationFigures {
  double bytes_per_operation = 0;
  double operations_per_s = 0;
  std::optional<double> live_bytes;  ///< at a cycle, on average
};

struct CycleEstimate {
  double cycles = 0;
  /// The cell's own seconds, or operations of each mutator, as it would have to be to have some
  /// cycles more than `least_cycles`.
  double enough = 0;
};

/// Below this a cell is starved.
inline constexpr double least_cycles = 3;

/// Nothing when what the workload allocates, or its heap's size, is not known.
std::optional<CycleEstimate> estimate_cycles(const RunPlan& plan,
                                             std::optional<std::size_t> minimum_heap,
                                             const std::optional<AllocationFigures>& allocation);

/// Remembered, or of a run of some tenths of a second; nothing when that run fails.
std::optional<AllocationFigures> allocation_figures_of(const RunOptions& options);

/// A sentence on what the cell is likely to have, and on what would be enough.
std::string cycles_in_words(const RunPlan& plan, const std::optional<CycleEstimate>& estimate);

}  // namespace tricolour
