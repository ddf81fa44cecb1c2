// A collection at every allocation: nothing rooted is lost, and what is not rooted is gone at the
// next one.
#include "barriers/dijkstra.hpp"
#include "barriers/hybrid.hpp"
#include "core/heap/poison.hpp"
#include "tools/testing/catch.hpp"
#include "tools/testing/each_listed.hpp"
#include "tools/testing/random_run.hpp"

namespace tricolour {
namespace {

CollectedHeapOptions every(unsigned allocations, const std::string& collector,
                           const BarrierTraits& barrier) {
  CollectedHeapOptions options;
  options.heap.bytes = std::size_t{1} << 20;
  options.collector = collector;
  options.collection.allocation = find_collector(collector)->cycle.usual_allocation(barrier);
  options.collection.sweep = SweepMode::eager;
  options.collection.collect_every = allocations;
  options.verify = true;
  return options;
}

}  // namespace

TEST_CASE("random mutators survive a collection at every allocation", "[frequent]") {
  const auto collector = each_collector();
  const int mutators = GENERATE(1, 2);
  CAPTURE(collector, mutators);
  const RandomRun run =
      run_random_mutators<Dijkstra>(every(1, collector, Dijkstra::traits), mutators, 300, 3);
  CHECK(run.failure == "");
  CHECK(run.verification.cycles_checked >= 100);
  CHECK(
      run_random_mutators<Hybrid>(every(7, collector, Hybrid::traits), mutators, 1000, 3).failure ==
      "");
}

TEST_CASE("a reference that no root holds is stale after one allocation", "[frequent]") {
  CollectedHeap heap(every(1, "stop_the_world", Hybrid::traits), Hybrid::traits);
  Mutator<Hybrid> m(heap);
  Object* const stale = m.allocate(0, 8);
  *stale->payload<std::uint64_t>() = 7;
  const Root rooted(m, m.allocate(0, 8));
  *rooted->payload<std::uint64_t>() = 42;
  m.allocate(0, 8);
  CHECK(*rooted->payload<std::uint64_t>() == 42);
  // Free, or another object's.
  if constexpr (!poisons_free_memory) CHECK(*stale->payload<std::uint64_t>() != 7);
}

}  // namespace tricolour
