// Cycles that begin by handshakes: each mutator's roots are scanned in its own.
#include <algorithm>
#include <thread>

#include "barriers/hybrid.hpp"
#include "barriers/yuasa.hpp"
#include "collectors/collected_heap.hpp"
#include "core/mutator/mutator.hpp"
#include "tools/testing/catch.hpp"
#include "tools/testing/kept_events.hpp"
#include "tools/testing/random_mutator.hpp"

namespace tricolour {
namespace {

CollectedHeapOptions ragged_heap() {
  CollectedHeapOptions options;
  options.heap.bytes = std::size_t{3} << 20;
  options.collector = "concurrent";
  options.collection.ragged_roots = true;
  return options;
}

}  // namespace

TEST_CASE("a cycle that scans roots raggedly begins without a stop", "[cycle]") {
  KeptEvents events;
  CollectedHeapOptions options = ragged_heap();
  options.verify = GENERATE(false, true);
  CollectedHeap heap(options, Hybrid::traits, &events);
  {
    Mutator<Hybrid> first(heap);
    first.make_globals(RandomMutator<Hybrid>::globals);
    std::thread thread([&] {
      Mutator<Hybrid> m(heap);
      RandomMutator<Hybrid>(m, 2).run(30'000);
    });
    RandomMutator<Hybrid>(first, 1).run(30'000);
    first.blocking([&] { thread.join(); });
  }
  heap.stop();
  const CollectorStatistics statistics = heap.collector().statistics();
  CHECK(statistics.concurrent_cycles >= 1);
  std::uint64_t terminations = 0;
  for (const PauseEvent& pause : events.of<PauseEvent>()) {
    CHECK(pause.kind != PauseKind::cycle_begin);
    terminations += pause.kind == PauseKind::termination;
  }
  CHECK(terminations == statistics.concurrent_cycles + statistics.resumptions);
}

TEST_CASE("a cycle that begins by handshakes at its trigger tells so", "[cycle]") {
  KeptEvents events;
  CollectedHeap heap(ragged_heap(), Hybrid::traits, &events);
  const auto reached = [&] {
    return std::ranges::count(events.of<TriggerEvent>(), true, &TriggerEvent::reached);
  };
  {
    // Small objects reach the trigger long before memory runs out.
    Mutator<Hybrid> m(heap);
    for (int i = 0; i < 1'000'000 && (i % 1000 != 0 || reached() == 0); ++i) m.allocate(1, 8);
  }
  heap.stop();
  CHECK(reached() >= 1);
}

TEST_CASE("a collector that is to scan roots raggedly refuses a barrier that loses objects then",
          "[cycle]") {
  const auto made = [] { CollectedHeap(ragged_heap(), Yuasa::traits); };
  CHECK_THROWS_AS(made(), ConfigurationError);
  CHECK_THROWS_WITH(made(), Catch::Contains("roots are scanned mutator by mutator"));
}

TEST_CASE("where a collector stops for roots, to be asked changes nothing", "[cycle]") {
  for (const CollectorInfo& one : collectors()) {
    const bool can = one.ragged_roots || one.cycle.ragged_roots;
    CHECK(cycle_of(one, true).ragged_roots == can);
    CHECK(cycle_of(one, false).ragged_roots == one.cycle.ragged_roots);
    CHECK(ragged_roots_refused_because(one).empty() == can);
  }
}

}  // namespace tricolour
