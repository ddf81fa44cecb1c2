// Fault 20: a mutator stores between the last handshake, which found nothing, and the stop that ends marking.
#include <atomic>
#include <thread>

#include "barriers/dijkstra.hpp"
#include "collectors/collected_heap.hpp"
#include "core/mutator.hpp"
#include "tools/fault_test.hpp"

namespace tricolour {
namespace {

Sighting store_behind_the_last_handshake() {
  CollectedHeapOptions options;
  options.heap.bytes = std::size_t{4} << 20;
  options.collector = "concurrent";
  options.collection.allocation = Dijkstra::traits.allocation;
  options.verify = true;
  std::atomic<bool> asked{false};
  std::atomic<bool> stored{false};
  const Schedule::Visitor visitor([&](Window here) {
    if (here != Window::between_gathering_and_termination) return;
    asked = true;
    while (!stored) std::this_thread::yield();
  });
  Sighting sighting;
  CollectedHeap heap(options, Dijkstra::traits);
  {
    Mutator<Dijkstra> m(heap);
    const Root kept(m, m.allocate(1, 0));
    std::atomic<bool> collected{false};
    Schedule::visit(&visitor);
    std::thread collection([&] {
      Mutator<Dijkstra> other(heap);
      try {
        heap.collector().collect(other);
      } catch (const std::exception& error) {
        sighting.failure = error.what();
      }
      stored = true;
      collected = true;
    });
    while (!collected) {
      m.poll();
      if (!asked || stored) continue;
      m.store(kept, 0, m.allocate(1, 0));
      stored = true;
    }
    collection.join();
    Schedule::visit(nullptr);
  }
  heap.stop();
  sighting.cycles = heap.oracle()->statistics().cycles_checked;
  return sighting;
}

}  // namespace

TEST_CASE("fault store_after_flush_unchecked: what was shaded last is never scanned", "[fault]") {
  check_kill(Fault::store_after_flush_unchecked, store_behind_the_last_handshake);
}

}  // namespace tricolour
