// The root scan: handles per second, for one deep stack whose handles each hold an object of its
// own, in the order of their addresses or scattered.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <random>
#include <vector>

#include "collectors/cycle/root_scan.hpp"
#include "tools/testing/bench_heap.hpp"

namespace tricolour::bench {
namespace {

constexpr std::size_t handles = 1'000'000;

void scan_deep_stack(benchmark::State& state) {
  const bool scattered = state.range(1) != 0;
  BenchHeap<NoCollection> bench(std::size_t{256} << 20);
  MutatorContext mutator(bench.heap);
  std::vector<Object*> objects;
  for (std::size_t i = 0; i < handles; ++i) objects.push_back(mutator.allocate(1, 176));
  if (scattered) std::shuffle(objects.begin(), objects.end(), std::mt19937(1));
  Object** const bottom = mutator.roots.push(nullptr);
  for (Object* const object : objects) mutator.roots.push(object);
  const auto threads = static_cast<unsigned>(state.range(0));
  ParallelFor parallel(bench.heap.watchdog, "root scan thread", threads);
  World::Exclusive world(bench.heap.world, &mutator);
  for ([[maybe_unused]] auto _ : state) {
    state.PauseTiming();
    while (GreyPacket* packet = bench.heap.grey_set.take_published()) {
      packet->clear();
      bench.heap.grey_set.give_back(packet);
    }
    state.ResumeTiming();
    world.stop({}, [&](Pause&) {
      PhaseState& phase = bench.heap.phase(world);
      phase.sense = phase.sense.flipped();
      scan_all_roots(bench.heap, world.mutators(), parallel, threads);
    });
  }
  mutator.roots.pop_to(bottom);
  state.SetItemsProcessed(state.iterations() * std::int64_t{handles});
}
BENCHMARK(scan_deep_stack)
    ->ArgNames({"threads", "scattered"})
    ->ArgsProduct({{1, 2}, {0, 1}})
    ->UseRealTime();

}  // namespace
}  // namespace tricolour::bench
