// Who allocates first when memory has run out.
//
// Purpose: in a small heap many mutators take a block each, so that what a collection freed may be
// gone again before the mutator that waited for it runs. One that came back with nothing several
// times takes the turn: until its request is served or refused, the others get no room. So whether
// memory is exhausted depends on what is live, and not on who runs first.
//
// Invariant: one mutator has the turn at a time, and gives it back after a bounded number of
// collections. Who waits for it is blocked, and holds no collection up.
//
// Ownership: holder_ and given_back_at_ns_: written under lock_, by any mutator.
//
// Memory ordering: a look at holder_ outside the lock is relaxed: who misses a turn that has just
// been taken gets room once more, and who sees one that has ended looks again under the lock.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>

#include "core/mutex.hpp"
#include "core/observe/clock.hpp"

namespace tricolour {

class MutatorContext;

class AllocationTurns {
 public:
  /// Returns when no other mutator has the turn; the wait counts as stalled. A safepoint.
  void let_others_first(MutatorContext& mutator) {
    const MutatorContext* const holder = holder_.load(std::memory_order_relaxed);
    if (holder != nullptr && holder != &mutator) [[unlikely]]
      wait(mutator, false);
  }

  /// Has the turn while it lives.
  class Turn {
   public:
    /// Waits for the turn, unless it is free. A safepoint.
    Turn(AllocationTurns& turns, MutatorContext& mutator);
    ~Turn();
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

   private:
    AllocationTurns& turns_;
  };

 private:
  bool take_if_free(const MutatorContext& mutator);
  /// Waits until there is no holder, and is the next one if `takes`.
  void wait(MutatorContext& mutator, bool takes);

  Mutex lock_;
  std::condition_variable given_back_;
  std::atomic<const MutatorContext*> holder_{nullptr};
  Nanoseconds given_back_at_ns_ = 0;
};

}  // namespace tricolour
