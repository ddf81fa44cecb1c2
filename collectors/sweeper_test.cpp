#include "collectors/sweeper.hpp"

#include <thread>

#include "tools/bench_heap.hpp"
#include "tools/catch.hpp"

using namespace tricolour;

TEST_CASE("whoever sweeps all also sweeps what a collection beside it leaves to sweep meanwhile", "[sweeper][race]") {
  bench::BenchHeap<bench::NoCollection> bench(std::size_t{16} << 20);
  BlockSpace& blocks = bench.heap.blocks;
  std::atomic<bool> done{false};
  std::thread collector([&] {
    Sweeper sweeper(bench.heap, 1);
    while (!done.load()) sweeper.sweep_all();
  });
  const auto begin_sweep = [&](int cycle) {
    while (blocks.claim(false)) {
    }
    blocks.begin_sweep(MarkSense{static_cast<ColourByte>(cycle % 3)});
  };
  bool stuck = false;
  for (int cycle = 0; cycle < 300 && !stuck; cycle += 2) {
    // A mutator's fallback: it completes the sweep itself, and leaves the next one to others.
    begin_sweep(cycle);
    for (std::size_t block = 0; block < blocks.block_count(); ++block) blocks.sweep(block);
    while (!blocks.swept()) {
    }
    begin_sweep(cycle + 1);
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
