#include "core/mutator/allocation_turn.hpp"

#include "core/mutator/heap.hpp"

namespace tricolour {

bool AllocationTurns::take_if_free(const MutatorContext& mutator) {
  const std::unique_lock lock(lock_, std::try_to_lock);
  if (!lock || holder_.load(std::memory_order_relaxed) != nullptr) return false;
  holder_.store(&mutator, std::memory_order_relaxed);
  return true;
}

void AllocationTurns::wait(MutatorContext& mutator, bool takes) {
  World& world = mutator.heap().world;
  const Activity interrupted = world.enter_blocked(mutator, Activity::stalled);
  Nanoseconds over_at = 0;
  {
    std::unique_lock<std::mutex> lock(lock_);
    Wait(mutator.heap().watchdog, Awaited::turn).until(given_back_, lock, [&] {
      return holder_.load(std::memory_order_relaxed) == nullptr;
    });
    if (takes) holder_.store(&mutator, std::memory_order_relaxed);
    over_at = given_back_at_ns_;
  }
  world.leave_blocked(mutator, interrupted, over_at);
}

AllocationTurns::Turn::Turn(AllocationTurns& turns, MutatorContext& mutator) : turns_(turns) {
  if (!turns_.take_if_free(mutator)) turns_.wait(mutator, true);
}

AllocationTurns::Turn::~Turn() {
  {
    std::scoped_lock lock(turns_.lock_);
    turns_.holder_.store(nullptr, std::memory_order_relaxed);
    turns_.given_back_at_ns_ = now_ns();
  }
  turns_.given_back_.notify_all();
}

}  // namespace tricolour
