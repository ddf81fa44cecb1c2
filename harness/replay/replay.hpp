// Replay: executes a mutation trace on a heap of its own.
//
// Purpose: the trace is the program. Loads and stores go through the barrier, allocations are
// safepoints, and the roots are where they were, so that a collector sees what it would have seen
// of the recorded program.
//
// Invariant: the oracle checks every cycle. At the end the same objects are reachable in the same
// shape as when the trace ended.
//
// Ownership: one thread.
#pragma once

#include "collectors/oracle/oracle.hpp"
#include "harness/replay/mutation_trace.hpp"
#include "harness/replay/replay_schedule.hpp"

namespace tricolour {

struct ReplayPlan {
  const BarrierTraits* barrier = nullptr;
  const CollectorInfo* collector = &scheduled;
  HeapOptions heap;
  CollectorOptions collection;
  ReplaySchedule schedule;  ///< of the collector `scheduled`
  bool unsound = false;     ///< the pair may lose objects
};

struct ReplayOutcome {
  std::vector<ReplayedCycle> cycles;        ///< of the collector `scheduled`
  std::vector<Oracle::CycleRecord> checks;  ///< one per cycle
  GraphDigest end;
  CollectorStatistics collector;
  Nanoseconds wall_ns = 0;
};

/// From the trace's first record. Throws ConfigurationError when the pair is unsound or the trace
/// makes no sense, HeapExhausted, and InvariantViolated when an object was lost or the graph at the
/// end is another one.
ReplayOutcome replay(TraceReader& trace, const ReplayPlan& plan);

}  // namespace tricolour
