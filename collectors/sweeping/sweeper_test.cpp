#include "collectors/sweeping/sweeper.hpp"

#include <thread>

#include "barriers/none.hpp"
#include "core/mutator/mutator.hpp"
#include "tools/testing/bare_block_space.hpp"
#include "tools/testing/bench_heap.hpp"
#include "tools/testing/catch.hpp"
#include "tools/testing/threaded_heap.hpp"

using namespace tricolour;

namespace {
/// Keeps its sweeper in the middle of a block until it is told to go on, or for many looks when
/// it is not told.
struct SlowFreeing final : HeapObserver {
  void on_event(const Event&) override {}
  void allocated(Object*) override {}
  void mutator_started(MutatorContext&) override {}
  void mutator_ended(MutatorContext&) override {}
  void freed(Object*, std::size_t) override {
    within_a_block = true;
    for (long looks = 0; !go_on && looks < 1000; ++looks) std::this_thread::yield();
  }
  std::atomic<bool> within_a_block{false};
  std::atomic<bool> go_on{false};
};
}  // namespace

TEST_CASE(
    "a sweep, in parallel or not, waits for the block that another thread is in the middle of",
    "[sweeper]") {
  const bool parallel = GENERATE(false, true);
  bench::BenchHeap<bench::EverythingDies> bench(std::size_t{16} << 20);
  BlockSpace& blocks = bench.heap.spaces().blocks();
  SlowFreeing observer;
  MutatorContext mutator(bench.heap);
  const std::size_t block = blocks.block_of(mutator.allocate(1, 0));
  bench::EverythingDies::collect(mutator);
  blocks.observe(&observer);

  std::thread other([&] { blocks.sweep(block); });
  while (!observer.within_a_block) std::this_thread::yield();
  ParallelFor both(bench.heap.watchdog, "sweep thread", 2);
  Sweeper sweeper(bench.heap, both, 2);
  parallel ? sweeper.sweep_all_in_parallel() : sweeper.sweep_all();
  CHECK(blocks.swept());
  observer.go_on = true;
  other.join();
}

TEST_CASE("a sweep of all also sweeps what a concurrent collection leaves to sweep meanwhile",
          "[sweeper][race]") {
  bench::BenchHeap<bench::NoCollection> bench(std::size_t{16} << 20);
  BlockSpace& blocks = bench.heap.spaces().blocks();
  std::atomic<bool> done{false};
  std::thread collector([&] {
    ParallelFor alone(bench.heap.watchdog, "sweep thread", 1);
    Sweeper sweeper(bench.heap, alone, 1);
    while (!done.load()) sweeper.sweep_all();
  });
  const auto fill_and_begin = [&](int cycle) {
    while (claim(blocks)) {
    }
    begin_sweep(blocks, MarkSense{static_cast<ColourByte>(cycle % 3)});
  };
  bool stuck = false;
  for (int cycle = 0; cycle < 300 && !stuck; cycle += 2) {
    // A mutator's fallback: it completes the sweep itself, and leaves the next one to others.
    fill_and_begin(cycle);
    for (std::size_t block = 0; block < blocks.block_count(); ++block) blocks.sweep(block);
    while (!blocks.swept()) {
    }
    fill_and_begin(cycle + 1);
    long looks = 0;
    while (!blocks.swept() && ++looks < 2'000'000) std::this_thread::yield();
    stuck = !blocks.swept();
  }
  done = true;
  // What a stuck collector waits for.
  for (std::size_t block = 0; stuck && block < blocks.block_count(); ++block) blocks.sweep(block);
  collector.join();
  CHECK_FALSE(stuck);
}

TEST_CASE("a refill sweeps a bounded part of the heap, cycle after cycle", "[sweeper]") {
  CollectedHeap heap(threaded_heap(std::size_t{16} << 20, "stop_the_world", 1, SweepMode::lazy, 1),
                     None::traits);
  Mutator<None> m(heap);
  constexpr std::uint32_t kept = 10'000;
  const Root table(m, m.allocate(kept, 0));
  const auto cycles = [&] { return heap.collector().statistics().cycles; };
  std::uint32_t step = 0;
  for (std::uint64_t cycle = 1; cycle <= 4; ++cycle) {
    for (; cycles() < cycle; ++step) {
      Object* const object = m.allocate(1, 100);
      if (step % 8 == 0) m.store(table, step / 8 % kept, object);  // in every block
    }
    CAPTURE(cycle);
    CHECK_FALSE(heap.heap().spaces().swept());
  }
}
