#include "collectors/cycle/stopped_collection.hpp"

namespace tricolour {

StoppedCollection::Outcome StoppedCollection::run(MutatorContext& mutator, Pause pause,
                                                  std::uint64_t completed_before) {
  World::Exclusive world(heap_.world, &mutator);
  if (cycle_.phase() != Phase::idle) return Outcome::under_way;
  if (cycle_.completed() != completed_before) return Outcome::came_second;
  world.stop(pause, [&](Pause&) { cycle_.run_stopped(world); });
  judge_cycle();
  return Outcome::collected;
}

bool StoppedCollection::worth_trying(unsigned attempts) {
  if (attempts < most_attempts && fruitless_.load(std::memory_order_relaxed) < most_fruitless)
    return true;
  fruitless_.store(0, std::memory_order_relaxed);
  return false;
}

void StoppedCollection::judge_cycle() {
  const auto live = static_cast<double>(heap_.live_bytes());
  const bool fruitless = live > (1 - least_free_share) * static_cast<double>(heap_.bytes());
  fruitless_.store(fruitless ? fruitless_.load(std::memory_order_relaxed) + 1 : 0,
                   std::memory_order_relaxed);
}

}  // namespace tricolour
