// Executes one run: heap, collector, mutator threads, passes.
//
// Purpose: from a plan to an outcome, whatever happens on the way. The calling thread becomes the
// control thread: it ends timed passes, watches for interruption and time-out, and measures the
// bystander delay meanwhile.
//
// Invariant: the first failure ends the run for all, and nothing waits for ever: mutators that do
// not come back within the grace time are given up, and `on_hang` ends the process.
//
// Ownership: an Outcome owns all that was measured; heap and collector are gone when it is
// returned.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "collectors/collected_heap.hpp"
#include "harness/figures/figures.hpp"
#include "harness/figures/tables.hpp"
#include "harness/process/exit_codes.hpp"
#include "harness/replay/mutation_trace.hpp"
#include "harness/run/run_options.hpp"

namespace tricolour {

struct HeapFigures {
  std::size_t size = 0, live = 0, peak = 0, metadata = 0, side_table = 0, grey_set_reserve = 0,
              peak_resident = 0;
};

struct Outcome {
  Verdict verdict;
  std::string error;  ///< of a run that is not ok
  Nanoseconds page_touching_ns = 0;
  std::unique_ptr<Pass> pass;  ///< the measured one
  std::optional<RunFigures> figures;
  HeapFigures heap;
  CollectorStatistics collector;
  VerifyStatistics verify;
  std::optional<InjectedTimes> injected;  ///< where any cost was injected: what it takes by itself
  RunTables tables;
};

struct ExecutionOptions {
  bool records = true;             ///< events and requests
  std::uint64_t request_rows = 0;  ///< requests of each mutator whose times are kept, at most
  double timeout_s = 0;            ///< 0: none
  TraceWriter* mutations =
      nullptr;  ///< the run is recorded into it: a recording instance, one mutator, not verified
  /// Called on the control thread when mutators do not end; does not return. The text says why.
  std::function<void(Verdict, const std::string&)> on_hang;
};

/// The heap that a plan asks for.
CollectedHeapOptions heap_options(const RunPlan& plan);

/// Throws when heap or collector cannot be had (ConfigurationError: what was asked for is
/// impossible, or more than a limit on memory leaves); every later failure is an outcome.
Outcome execute(const RunPlan& plan, const ExecutionOptions& options);

}  // namespace tricolour
