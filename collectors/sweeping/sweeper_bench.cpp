// The sweep rate: bytes of heap per second, for a full heap of 32-byte objects of which a random
// share survives.
#include <benchmark/benchmark.h>

#include <random>
#include <vector>

#include "collectors/sweeping/sweeper.hpp"
#include "tools/testing/bench_heap.hpp"

namespace tricolour::bench {
namespace {

constexpr std::size_t heap_bytes = std::size_t{64} << 20;
constexpr std::size_t object_bytes = 32;

/// Fills the heap with new objects and adds them to `objects`.
void fill(Heap& heap, std::vector<Object*>& objects) {
  MutatorContext m(heap);
  try {
    for (;;) objects.push_back(m.allocate(2, 8));
  } catch (const HeapExhausted&) {
  }
}

/// Flips, marks every object with probability `percent` / 100 and forgets the rest: what a cycle
/// does before its sweep.
void mark_some(Heap& heap, std::vector<Object*>& objects, std::mt19937& random, unsigned percent) {
  change_phase(heap, [](PhaseState& phase) { phase.sense = phase.sense.flipped(); });
  const MarkSense sense = heap.phase().sense;
  std::erase_if(objects, [&](Object* object) {
    const bool survives = random() % 100 < percent;
    if (survives) heap.metadata.try_shade_alone(object, sense.white(), sense.black);
    return !survives;
  });
  heap.spaces().turn_to_sweep();
  heap.spaces().open_sweep(sense);
}

void sweep(benchmark::State& state) {
  BenchHeap<NoCollection> bench(heap_bytes);
  std::vector<Object*> objects;
  objects.reserve(heap_bytes / object_bytes);
  std::mt19937 random(1);
  ParallelFor alone(bench.heap.watchdog, "sweep thread", 1);
  Sweeper sweeper(bench.heap, alone, 1);
  for (auto _ : state) {
    state.PauseTiming();
    fill(bench.heap, objects);
    mark_some(bench.heap, objects, random, static_cast<unsigned>(state.range(0)));
    state.ResumeTiming();
    sweeper.sweep_all();
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(heap_bytes));
}
BENCHMARK(sweep)
    ->Name("sweep/percent_live")
    ->Arg(0)
    ->Arg(10)
    ->Arg(50)
    ->Arg(90)
    ->Unit(benchmark::kMillisecond)
    ->Iterations(10);

}  // namespace
}  // namespace tricolour::bench
