// Every cycle tells its phases: it begins, marks and terminates, and says how much was marked.
#include <string>
#include <vector>

#include "barriers/hybrid.hpp"
#include "collectors/collected_heap.hpp"
#include "core/mutator/mutator.hpp"
#include "tools/testing/catch.hpp"
#include "tools/testing/each_listed.hpp"
#include "tools/testing/kept_events.hpp"

namespace tricolour {
namespace {

std::vector<PhaseInterval> phases(const KeptEvents& events, std::uint64_t cycle, Activity phase) {
  auto found = events.of<PhaseInterval>();
  std::erase_if(found,
                [&](const PhaseInterval& one) { return one.phase != phase || one.cycle != cycle; });
  return found;
}

}  // namespace

TEST_CASE("each cycle tells its begin, its marking and its termination", "[events]") {
  constexpr std::uint64_t cycles = 3;
  constexpr std::uint32_t objects = 1000;
  for (const CollectorInfo& collector : collectors()) {
    CAPTURE(collector.name);
    CollectedHeapOptions options;
    options.heap.bytes = std::size_t{16} << 20;
    options.collector = collector.name;
    KeptEvents events;
    CollectedHeap heap(options, Hybrid::traits, &events);
    Mutator<Hybrid> m(heap);
    m.make_globals(objects);
    for (std::uint32_t i = 0; i < objects; ++i) {
      m.store(m.globals(), i, m.allocate(1, 8));
    }
    for (std::uint64_t i = 0; i < cycles; ++i) heap.collect(m);
    for (std::uint64_t cycle = 1; cycle <= cycles; ++cycle) {
      CAPTURE(cycle);
      CHECK(phases(events, cycle, Activity::begin).size() == 1);
      const auto marking = phases(events, cycle, Activity::marking);
      const auto termination = phases(events, cycle, Activity::termination);
      REQUIRE_FALSE(marking.empty());
      REQUIRE_FALSE(termination.empty());
      CHECK(marking.back().marked_objects == objects + 1);
      CHECK(marking.back().marked_bytes >= objects * Object::size_for(1, 8));
      if (collector.cycle.handshake_end) {
        CHECK(marking.back().end_ns <= termination.back().begin_ns);
        continue;
      }
      // The last of it is in the stop.
      CHECK(marking.back().begin_ns >= termination.back().begin_ns);
      CHECK(marking.back().end_ns <= termination.back().end_ns);
    }
  }
}

TEST_CASE("a collector that paces tells after each cycle when the next one begins", "[events]") {
  const auto collector = each_collector_beside_mutators();
  CAPTURE(collector);
  CollectedHeapOptions options;
  options.heap.bytes = std::size_t{16} << 20;
  options.collector = collector;
  KeptEvents events;
  CollectedHeap heap(options, Hybrid::traits, &events);
  const auto told = [&] { return events.of<TriggerEvent>().size(); };
  const std::size_t before = told();
  constexpr std::size_t cycles = 3;
  {
    Mutator<Hybrid> m(heap);
    for (std::size_t i = 0; i < cycles; ++i) heap.collect(m);
  }
  heap.stop();  // a mutator may go on before the last cycle is told
  CHECK(told() >= before + cycles);
}

}  // namespace tricolour
