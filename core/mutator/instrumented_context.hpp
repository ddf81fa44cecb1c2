// The environment of barriers in the instrumented build: the mutator's context, with counters and
// injected costs around what barriers ask of it.
//
// Purpose: how often a barrier ran, went past its flag, and shaded in vain; and a known cost in its
// flag test or its shades, to see whether the measurement finds it there. The barriers are the same
// source as everywhere.
//
// Invariant: `Mutator` derives from this only where `instrumented_built`; no other build has
// anything of it.
//
// Ownership: the mutator's thread; the heap gets the counts when the mutator ends.
//
// Memory ordering: none of its own.
#pragma once

#include "core/mutator/heap.hpp"

namespace tricolour {

class InstrumentedContext : public MutatorContext {
 public:
  explicit InstrumentedContext(Heap& heap, MutatorStatus status,
                               const std::function<void(MutatorContext&)>& arrival,
                               BlackMeans black_means)
      : MutatorContext(heap, status, arrival, black_means), injected_(heap.options().injected) {}
  ~InstrumentedContext() { heap().ended_barriers.add(counts_); }

  const BarrierCounts& barrier_counts() const { return counts_; }

  /// Each barrier that is executed is counted.
  class BarrierSpan {
   public:
    explicit BarrierSpan(InstrumentedContext& mutator) : no_safepoint_(mutator) {
      ++mutator.counts_.executed;
    }

   private:
    const NoSafepoint no_safepoint_;
  };

  // --- the barrier's environment, where it differs from MutatorContext's ------------------------

  bool marking() {
    multiply_serially(injected_.test_multiplications);
    const bool on = MutatorContext::marking();
    counts_.slow_path += on;
    return on;
  }
  void shade(Object* object) {
    multiply_serially(injected_.shade_multiplications);
    const std::uint64_t before = pushed();
    MutatorContext::shade(object);
    ++(pushed() != before ? counts_.enqueued : counts_.redundant);
  }
  void regrey(Object* source, Slot& slot) {
    const std::uint64_t before = pushed();
    MutatorContext::regrey(source, slot);
    counts_.enqueued += pushed() - before;
  }

 private:
  const InjectedCosts injected_;
  BarrierCounts counts_;
};

}  // namespace tricolour
