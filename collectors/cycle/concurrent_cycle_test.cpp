// The steps of a concurrent cycle, one at a time.
#include "collectors/cycle/concurrent_cycle.hpp"

#include "barriers/yuasa.hpp"
#include "core/mutator/context_of.hpp"
#include "tools/testing/bench_heap.hpp"
#include "tools/testing/catch.hpp"

namespace tricolour {
namespace {

/// A heap whose mutator begins cycles when the test says so.
struct SteppedHeap {
  SteppedHeap() { steps.start(); }
  bool begin(Cause cause) { return steps.begin(&context_of(m), cause, cycle.completed()); }
  void complete() {
    m.blocking([&] { steps.complete(); });
  }
  void allocate_up_to(std::size_t bytes) {
    while (heap.used_bytes() < bytes) m.allocate(0, 1000);
  }

  bench::BenchHeap<bench::NoCollection> bench{std::size_t{4} << 20};
  Heap& heap = bench.heap;
  ConcurrentCycle steps{{.heap = heap,
                         .barrier = Yuasa::traits,
                         .options = {},
                         .cycle = {.marking = Marking::beside_mutators}},
                        [] {}};
  Cycle& cycle = steps.cycle();
  Mutator<Yuasa> m{heap};
};

}  // namespace

TEST_CASE("no cycle begins for pacing while the use is below the trigger", "[pacer]") {
  SteppedHeap test;
  const auto end = [&] {
    test.complete();
    test.cycle.finish_sweep();
  };
  CHECK_FALSE(test.begin(Cause::pacing));
  test.allocate_up_to(test.steps.trigger_bytes());
  CHECK(test.begin(Cause::pacing));
  end();  // everything dies
  // A mutator that saw the use of before the cycle's end comes late.
  CHECK_FALSE(test.begin(Cause::pacing));
  CHECK(test.cycle.phase() == Phase::idle);
  CHECK(test.begin(Cause::explicit_request));
  end();
  CHECK(test.cycle.completed() == 2);
}

TEST_CASE("holes come in shorter pieces while a cycle paces, and in whole ones after it",
          "[pacer]") {
  SteppedHeap test;
  const std::size_t whole = test.heap.options().hole_piece_bytes;
  CHECK(test.heap.hole_piece_bytes() == whole);
  const Root live(test.m, test.m.allocate(1000, 0));
  for (std::size_t i = 0; i < 1000; ++i) test.m.store(live, i, test.m.allocate(0, 2000));
  for (int cycle = 0; cycle < 3; ++cycle) {
    test.allocate_up_to(test.heap.bytes() * 3 / 4);
    REQUIRE(test.begin(Cause::explicit_request));
    CHECK(test.heap.hole_piece_bytes() < whole);
    test.complete();
    CHECK(test.heap.hole_piece_bytes() == whole);
    test.cycle.finish_sweep();
  }
}

TEST_CASE("a collector that marks in pauses begins no cycle beside mutators", "[cycle]") {
  bench::BenchHeap<bench::NoCollection> bench{std::size_t{4} << 20};
  Mutator<Yuasa> m{bench.heap};
  Cycle cycle{{.heap = bench.heap, .barrier = Yuasa::traits, .options = {}}};
  World::Exclusive world(bench.heap.world, &context_of(m));
  world.stop({PauseKind::cycle_begin, Cause::pacing}, [&](Pause&) {
    CHECK_THROWS_AS(cycle.begin(world, false), InvariantViolated);
    CHECK(cycle.phase() == Phase::idle);
  });
}

TEST_CASE("a mutator's shares of sweeping add up to the whole", "[sweep]") {
  SteppedHeap test;
  test.allocate_up_to(test.heap.bytes() / 2);
  test.m.allocate(0, 2 * block_bytes);
  REQUIRE(test.begin(Cause::explicit_request));
  test.complete();
  CHECK_FALSE(test.cycle.is_swept());
  const std::size_t blocks = test.heap.spaces().blocks().block_count();
  for (std::size_t shares = 0; shares < blocks; ++shares) test.cycle.sweep_a_share();
  CHECK(test.cycle.is_swept());
}

}  // namespace tricolour
