// Records what one mutator does to its heap into a trace.
//
// Purpose: stands where a verified run has its oracle, and hears of every allocation from the heap
// and of every load and store from the `Recording` barrier. Roots change without a word: they are
// compared with what they were at each allocation, because that is where a collector may look at
// them.
//
// Invariant: a run with a second mutator is not recorded: `check_alone` throws at the next
// allocation, load or store. Objects do not move.
//
// Ownership: the mutator's thread; `mutator_*` under the registry lock. `freed`: the thread that
// sweeps, and nothing is kept of it.
#pragma once

#include <atomic>
#include <vector>

#include "core/observe/heap_observer.hpp"
#include "harness/replay/graph_digest.hpp"
#include "harness/replay/mutation_trace.hpp"

namespace tricolour {

class MutationRecorder final : public HeapObserver {
 public:
  MutationRecorder(Heap& heap, TraceWriter& trace) : heap_(heap), trace_(trace), serials_(heap) {}

  void allocated(Object* object) override;
  void freed(Object*, std::size_t) override {}
  void mutator_started(MutatorContext& mutator) override;
  void mutator_ended(MutatorContext&) override {}
  void on_event(const Event&) override {}

  void loaded(Object* source, const Slot& slot);
  void stored(Object* source, const Slot& slot, Object* value);
  /// The workload's measured region begins: its data are there.
  void region_begins();
  /// It ends, and with it the trace.
  void region_ends();

 private:
  void check_alone() const;
  void write_pending();
  void write_roots();
  std::uint64_t distance(const Object* object);

  Heap& heap_;
  TraceWriter& trace_;
  SerialTable serials_;
  TraceSummary summary_;
  MutatorContext* mutator_ = nullptr;
  std::atomic<bool> another_{false};  ///< relaxed: the mutator that sees it late is stopped late
  Object* pending_ = nullptr;  ///< the last allocation is written late: only then is it known
                               ///< whether it made the globals
  std::vector<std::uint64_t> roots_;  ///< serials of the handles, as the trace has them
  bool in_region_ = false;
  bool ended_ = false;
};

}  // namespace tricolour
