// A page that faults while an object is zeroed is a wait of its own, in every cycle.
#include "barriers/none.hpp"
#include "collectors/collected_heap.hpp"
#include "core/mutator/mutator.hpp"
#include "tools/testing/catch.hpp"
#include "tools/testing/kept_events.hpp"

namespace tricolour {
TEST_CASE("pages that are touched first by an allocation are named, in each cycle",
          "[allocation]") {
  CollectedHeapOptions options;
  options.heap.bytes = std::size_t{128} << 20;
  options.collector = "stop_the_world";
  KeptEvents events;
  const auto waits = [&] { return events.intervals_of(Activity::page_fault).size(); };
  CollectedHeap heap(options, None::traits, &events);
  Mutator<None> m(heap);
  constexpr std::uint32_t cycles = 4;
  m.make_globals(cycles);  // they keep the objects, so each gets pages of its own
  for (std::uint32_t cycle = 0; cycle < cycles; ++cycle) {
    CAPTURE(cycle);
    const std::size_t before = waits();
    m.store(m.globals(), cycle, m.allocate(0, std::size_t{8} << 20));
    CHECK(waits() > before);
    heap.collect(m);
  }
}

}  // namespace tricolour
