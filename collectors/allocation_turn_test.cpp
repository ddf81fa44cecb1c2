// Whether memory is exhausted depends on what is live, and not on which mutator runs first.
#include <atomic>
#include <thread>
#include <vector>

#include "barriers/hybrid.hpp"
#include "collectors/collected_heap.hpp"
#include "core/mutator/context_of.hpp"
#include "tools/testing/catch.hpp"
#include "tools/testing/each_listed.hpp"
#include "tools/testing/kept_events.hpp"

namespace tricolour {
namespace {

CollectedHeapOptions blocks(std::size_t count, const std::string& collector) {
  CollectedHeapOptions options;
  options.heap.bytes = count * block_bytes;
  options.collector = collector;
  return options;
}

}  // namespace

TEST_CASE("to take a free turn is no stall", "[shortage]") {
  KeptEvents events;
  CollectedHeap heap(blocks(12, "stop_the_world"), Hybrid::traits, &events);
  Mutator<Hybrid> m(heap);
  { const AllocationTurns::Turn turn(heap.heap().turns, context_of(m)); }
  { const AllocationTurns::Turn again(heap.heap().turns, context_of(m)); }
  CHECK(events.intervals_of(Activity::stalled).empty());
}

TEST_CASE("more mutators than blocks are all served", "[shortage]") {
  const std::string collector = each_collector();
  const int slots_of_root = GENERATE(1, 300);  // small objects, and of some KiB
  CAPTURE(collector, slots_of_root);
  CollectedHeap heap(blocks(12, collector), Hybrid::traits);
  std::atomic<int> refused{0};
  std::vector<std::jthread> threads;
  for (int thread = 0; thread < 48; ++thread) {
    threads.emplace_back([&] {
      try {
        Mutator<Hybrid> m(heap);
        const Root kept(m, m.allocate(static_cast<std::uint32_t>(slots_of_root), 0));
        for (int i = 0; i < 20'000; ++i) {
          m.allocate(static_cast<std::uint32_t>(slots_of_root), 8);
        }
      } catch (const HeapExhausted&) {
        ++refused;
      }
    });
  }
  threads.clear();
  CHECK(refused == 0);
}

TEST_CASE("who is refused gives the turn back", "[shortage]") {
  const std::string collector = each_collector();
  CAPTURE(collector);
  CollectedHeap heap(blocks(12, collector), Hybrid::traits);
  std::atomic<bool> refused{false};
  std::jthread other([&] {
    Mutator<Hybrid> m(heap);
    while (!refused.load(std::memory_order_relaxed)) m.allocate(2, 8);
    for (int i = 0; i < 200'000; ++i) m.allocate(2, 8);
  });
  {
    Mutator<Hybrid> m(heap);
    const Root kept(m, m.allocate(0, 6 * block_bytes));
    for (int i = 0; i < 1000; ++i) {  // collections in pauses, beside the collector's thread
      CHECK_THROWS_AS(m.allocate(0, 7 * block_bytes), HeapExhausted);
    }
    refused.store(true, std::memory_order_relaxed);
  }
}

}  // namespace tricolour
