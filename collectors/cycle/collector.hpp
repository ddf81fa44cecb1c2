// Collectors: when the tracing runs.
//
// Purpose: the cold interface behind which every collector stands, and the options that all of them
// share.
//
// Ownership: `start` and `stop` by the thread that owns the heap, with no mutator registered;
// `collect` and the hooks by mutators at safepoints; the statistics by any thread once `stop` has
// returned.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/marking/registry.hpp"
#include "collectors/sweeping/sweep_modes.hpp"
#include "core/barrier/barrier.hpp"
#include "core/cycle/match.hpp"
#include "core/mutator/heap.hpp"

namespace tricolour {

struct CollectorOptions {
  std::string marker{markers().front().name};
  MarkerOptions marking;
  SweepMode sweep = sweep_modes[0].mode;
  unsigned sweep_threads = 2;                             ///< for parallel sweeping
  AllocationColour allocation = AllocationColour::black;  ///< of objects born while marking
  bool ragged_roots = false;  ///< roots are scanned mutator by mutator, beside the others
  std::size_t quantum_slots = 16 * 1024;  ///< incremental: slots per quantum, at most
  std::size_t final_slots =
      64 *
      1024;  ///< slots the final pause may scan before marking goes back beside the mutators (K)
  unsigned most_resumptions = 4;  ///< how often it may go back in one cycle (R)
  double headroom_factor = 1.5;   ///< pacing: safety on the predicted allocation during a cycle
  bool assist = true;             ///< concurrent: mutators mark when the markers would be late
  /// concurrent: how many cycles a mutator without memory waits for before it collects in a pause.
  /// One may have begun long ago, and left what has died since; and where mutators outnumber
  /// processors, others may have taken what it freed before this one runs.
  unsigned concurrent_attempts = 8;
  unsigned collect_every =
      0;  ///< a collection at every so many visits to the allocation slow path; 0: never
  bool stop_at_lost = true;  ///< verify: the first lost object ends the run
};

struct CollectorStatistics {
  std::uint64_t cycles = 0;
  std::uint64_t concurrent_cycles = 0;
  std::uint64_t fallbacks = 0;  ///< cycles that were begun beside mutators and finished in a pause,
                                ///< because memory ran out
  std::uint64_t resumptions = 0;  ///< final pauses that sent a cycle back to marking
  std::uint64_t stalls = 0;
  Nanoseconds stalled_ns = 0;
  std::uint64_t assists = 0;
  Nanoseconds assisted_ns = 0;
  Nanoseconds collector_cpu_ns = 0;  ///< of the collector's own threads, marking included
  Nanoseconds mark_cpu_ns = 0;       ///< of marking threads, beside the mutators or in pauses
  Nanoseconds sweep_cpu_ns = 0;      ///< outside mutator time
  std::size_t live_bytes = 0;        ///< at the last termination
  std::vector<Marker::Counter> marking;
};

class Oracle;

class Collector : public CollectorHooks {
 public:
  virtual void start() {}
  virtual void stop() {}
  /// A whole collection that starts after the call; returns when it has been swept as far as the
  /// mode asks. A safepoint.
  virtual void collect(MutatorContext& mutator) = 0;
  virtual CollectorStatistics statistics() const = 0;
};

/// Everything a collector is made of. All outlive it. `oracle` is null unless the run is verified.
struct CollectorParts {
  Heap& heap;
  const BarrierTraits& barrier;
  CollectorOptions options;
  CycleTraits cycle{};  ///< of the collector: see CollectorInfo
  Oracle* oracle = nullptr;
};

}  // namespace tricolour
