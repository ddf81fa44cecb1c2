// A page that faults while an object is zeroed is a wait of its own, in every cycle.
#include "barriers/none.hpp"
#include "collectors/collected_heap.hpp"
#include "core/mutator.hpp"
#include "tools/catch.hpp"

namespace tricolour {
namespace {

struct CountsPageFaults final : EventListener {
  void on_event(const Event& event) override {
    waits += event.kind == EventKind::mutator_interval && event.activity == Activity::page_fault;
  }
  int waits = 0;
};

}  // namespace

TEST_CASE("pages that are touched first by an allocation are named, in each cycle",
          "[allocation]") {
  CollectedHeapOptions options;
  options.heap.bytes = std::size_t{128} << 20;
  options.collector = "stop_the_world";
  CountsPageFaults listener;
  CollectedHeap heap(options, None::traits, &listener);
  Mutator<None> m(heap);
  constexpr std::uint32_t cycles = 4;
  heap.heap().make_globals(m, cycles);  // they keep the objects, so each gets pages of its own
  for (std::uint32_t cycle = 0; cycle < cycles; ++cycle) {
    CAPTURE(cycle);
    const int before = listener.waits;
    m.store(heap.heap().globals(), cycle, m.allocate(0, std::size_t{8} << 20));
    CHECK(listener.waits > before);
    heap.collector().collect(m);
  }
}

}  // namespace tricolour
