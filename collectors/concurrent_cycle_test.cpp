// The steps of a concurrent cycle, one at a time.
#include "collectors/concurrent_cycle.hpp"

#include "barriers/yuasa.hpp"
#include "core/mutator.hpp"
#include "tools/bench_heap.hpp"
#include "tools/catch.hpp"

namespace tricolour {

TEST_CASE("no cycle begins for pacing while the use is below the trigger", "[pacer]") {
  bench::BenchHeap<bench::NoCollection> bench(std::size_t{4} << 20);
  Heap& heap = bench.heap;
  ConcurrentCycle steps({.heap = heap, .barrier = Yuasa::traits, .options = {}}, [] {});
  Mutator<Yuasa> m(heap);
  steps.start();
  const auto begin = [&](Cause cause) { return steps.begin(&m, cause, steps.cycle().completed()); };
  const auto end = [&] {
    m.blocking([&] { steps.complete(); });
    steps.cycle().finish_sweep();
  };
  const auto allocate_up_to = [&](std::size_t bytes) {
    while (heap.used_bytes() < bytes) m.allocate(0, 1000);
  };

  CHECK_FALSE(begin(Cause::pacing));
  allocate_up_to(steps.pacer().trigger_bytes());
  CHECK(begin(Cause::pacing));
  end();  // everything dies
  // A mutator that saw the use of before the cycle's end comes late.
  CHECK_FALSE(begin(Cause::pacing));
  CHECK(steps.cycle().phase() == Phase::idle);
  CHECK(begin(Cause::explicit_request));
  end();
  CHECK(steps.cycle().completed() == 2);
}

TEST_CASE("a mutator's shares of sweeping add up to the whole", "[sweep]") {
  bench::BenchHeap<bench::NoCollection> bench(std::size_t{4} << 20);
  Heap& heap = bench.heap;
  ConcurrentCycle steps({.heap = heap, .barrier = Yuasa::traits, .options = {}}, [] {});
  Cycle& cycle = steps.cycle();
  Mutator<Yuasa> m(heap);
  steps.start();
  while (heap.used_bytes() < heap.bytes() / 2) m.allocate(0, 1000);
  m.allocate(0, 2 * block_bytes);
  REQUIRE(steps.begin(&m, Cause::explicit_request, cycle.completed()));
  m.blocking([&] { steps.complete(); });
  CHECK_FALSE(cycle.is_swept());
  for (std::size_t shares = 0; shares < heap.blocks.block_count(); ++shares) cycle.sweep_a_share();
  CHECK(cycle.is_swept());
}

}  // namespace tricolour
