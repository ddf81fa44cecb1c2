// Heaps for microbenchmarks and unit tests: one in which no collection may happen, and one in which
// everything dies.
//
// Purpose: a microbenchmark times one operation, a unit test looks at one; a collector that woke up
// in between would disturb both.
//
// Ownership: a heap, its hooks and one mutator, all on the benchmark's thread.
#pragma once

#include "core/mutator/context_of.hpp"

namespace tricolour::bench {

/// Nothing is ever collected: running out of memory is an error of the benchmark.
struct NoCollection final : CollectorHooks {
  void on_refill(MutatorContext&, std::size_t) override {}
  bool on_exhausted(MutatorContext&, std::size_t, unsigned&) override { return false; }
};

/// When memory runs out every object is dead: a cycle without roots and marking, swept lazily by
/// the allocation that follows. So what is timed is allocation with its share of sweeping empty
/// blocks.
struct EverythingDies final : CollectorHooks {
  void on_refill(MutatorContext&, std::size_t) override {}
  bool on_exhausted(MutatorContext& mutator, std::size_t, unsigned& attempts) override {
    if (attempts++ > 0) return false;
    collect(mutator);
    return true;
  }
  static void collect(MutatorContext& mutator) {
    Heap& heap = mutator.heap();
    World::Exclusive world(heap.world, &mutator);
    world.stop({}, [&](Pause&) {
      heap.spaces().sweep_all();
      PhaseState& phase = heap.phase(world);
      phase.sense = phase.sense.flipped();
      heap.turn_to_sweep(world);
      for (MutatorContext* each : world.mutators()) {
        each->adopt(phase);
        each->retire_holes();
      }
      heap.open_sweep(world, 0, 0);
    });
  }
};

/// What a cycle does in a stop, on the thread of the only mutator: `change(phase)`.
template <class Change>
void change_phase(Heap& heap, Change change) {
  const World::Exclusive alone(heap.world, nullptr);
  change(heap.phase(alone));
}

/// A heap whose pages are there before anything is timed.
template <class Hooks>
struct BenchHeap {
  explicit BenchHeap(std::size_t bytes, BarrierArm arm = BarrierArm::live,
                     SideTable side_table = SideTable::none)
      : heap({.bytes = bytes, .side_table = side_table, .strict_references = false}) {
    heap.attach(hooks, nullptr);
    change_phase(heap, [arm](PhaseState& phase) { phase.arm = arm; });
    heap.touch_pages([] {});
  }
  Hooks hooks;
  Heap heap;
};

}  // namespace tricolour::bench
