// When the incremental collector begins its cycles.
#include <algorithm>
#include <deque>
#include <map>

#include "barriers/dijkstra.hpp"
#include "barriers/yuasa.hpp"
#include "collectors/collected_heap.hpp"
#include "core/mutator/mutator.hpp"
#include "tools/testing/catch.hpp"
#include "tools/testing/kept_events.hpp"

namespace tricolour {

TEST_CASE("after a collection for want of memory the trigger follows what is live",
          "[incremental]") {
  constexpr std::size_t mebibyte = std::size_t{1} << 20;
  CollectedHeapOptions options;
  options.heap.bytes = 8 * mebibyte;
  options.collector = "incremental";
  KeptEvents events;
  CollectedHeap heap(options, Yuasa::traits, &events);
  const auto trigger = [&] { return events.of<TriggerEvent>().back().trigger; };
  Mutator<Yuasa> m(heap);
  const Root kept(m, m.allocate(0, 2 * mebibyte));
  const std::uint64_t of_empty_heap = trigger();
  m.allocate(0, mebibyte);  // dead, and in the way of what follows
  REQUIRE(heap.heap().used_bytes() < of_empty_heap);
  const Root large(m, m.allocate(0, 5 * mebibyte));
  REQUIRE(heap.collector().statistics().cycles == 1);
  CHECK(trigger() > of_empty_heap);
}

TEST_CASE("a final pause goes back to quanta as often as is allowed, and no more often",
          "[incremental]") {
  const unsigned most = GENERATE(0u, 1u);
  CollectedHeapOptions options;
  options.heap.bytes = std::size_t{2} << 20;
  options.collector = "incremental";
  options.collection.allocation = Dijkstra::traits.allocation;
  options.collection.most_resumptions = most;
  options.collection.final_slots = 1;
  options.collection.quantum_slots = 64;
  KeptEvents events;
  CollectedHeap heap(options, Dijkstra::traits, &events);
  Mutator<Dijkstra> m(heap);
  // Roots are scanned again in the final pause: what only they hold comes to light there.
  std::deque<Root> held;
  for (int i = 0; i < 40; ++i) held.emplace_back(m, nullptr);
  for (std::size_t i = 0; i < 200'000; ++i) held[i % held.size()] = m.allocate(8, 64);
  while (!held.empty()) held.pop_back();
  std::map<std::uint64_t, unsigned> final_pauses;
  for (const PauseEvent& pause : events.of<PauseEvent>()) {
    final_pauses[pause.cycle] += pause.kind == PauseKind::termination;
  }
  unsigned greatest = 0;
  for (const auto& [cycle, pauses] : final_pauses) greatest = std::max(greatest, pauses);
  CHECK(greatest == most + 1);
}

}  // namespace tricolour
