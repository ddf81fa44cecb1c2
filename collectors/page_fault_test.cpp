// A page that faults while an object is zeroed is a wait of its own, in every cycle.
#include <memory>
#include <vector>

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
  std::vector<std::unique_ptr<Root>> kept;  // so that each object gets pages of its own
  for (int cycle = 0; cycle < 4; ++cycle) {
    CAPTURE(cycle);
    const int before = listener.waits;
    kept.push_back(std::make_unique<Root>(m, m.allocate(0, std::size_t{8} << 20)));
    CHECK(listener.waits > before);
    heap.collector().collect(m);
  }
}

}  // namespace tricolour
