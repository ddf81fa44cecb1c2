// One concurrent cycle in which a mutator acts inside a schedule window, for killing tests: the
// race happens every time.
//
// Ownership: the calling thread mutates; the collector waits in the window until it has.
#pragma once

#include <atomic>
#include <string>
#include <thread>

#include "core/mutator/mutator.hpp"
#include "tools/testing/fault_test.hpp"
#include "tools/testing/stop_heap.hpp"

namespace tricolour {

struct WindowRun {
  std::string failure;
  CollectorStatistics collection;
  std::uint64_t cycles_checked = 0;

  Sighting sighting() const { return {failure, cycles_checked}; }
};

/// When the collector first comes to `where`, a mutator with `kept`, a root that holds an object of
/// `slots`, does what `act(m, kept)` says. The heap has one global, which holds an object.
/// `final_slots`: what the final pause may scan.
template <Barrier B, class Act>
WindowRun act_in_window(Window where, std::uint32_t slots, Act act,
                        std::size_t final_slots = CollectorOptions{}.final_slots) {
  CollectedHeapOptions options;
  options.heap.bytes = std::size_t{16} << 20;
  options.collector = "concurrent";
  options.collection.allocation = B::traits.allocation;
  options.collection.final_slots = final_slots;
  options.verify = true;
  std::atomic<bool> asked{false};
  std::atomic<bool> acted{false};
  const Schedule::Visitor visitor([&](Window here) {
    if (here != where) return;
    asked = true;
    while (!acted) std::this_thread::yield();
  });
  WindowRun outcome;
  CollectedHeap heap(options, B::traits);
  {
    Mutator<B> m(heap);
    Object* const globals = m.make_globals(1);
    m.store(globals, 0, m.allocate(1, 0));
    Root kept(m, m.allocate(slots, 0));
    std::atomic<bool> collected{false};
    Schedule::visit(&visitor);
    std::thread collection([&] {
      Mutator<B> other(heap);
      try {
        heap.collect(other);
      } catch (const std::exception& error) {
        outcome.failure = error.what();
      }
      acted = true;
      collected = true;
    });
    while (!collected) {
      m.poll();
      if (!asked || acted) continue;
      act(m, kept);
      acted = true;
    }
    collection.join();
    Schedule::visit(nullptr);
  }
  stop_heap(heap, outcome.failure);
  outcome.collection = heap.collector().statistics();
  outcome.cycles_checked = heap.oracle()->statistics().cycles_checked;
  return outcome;
}

}  // namespace tricolour
