// Allocation: the bump path with its share of hole hand-out, zeroing and sweeping of empty blocks;
// sizes are whole objects, header included.
#include <benchmark/benchmark.h>

#include "tools/testing/bench_heap.hpp"

namespace tricolour::bench {
namespace {

void allocate(benchmark::State& state, std::uint32_t slots, std::size_t payload_bytes) {
  BenchHeap<EverythingDies> bench(std::size_t{64} << 20);
  MutatorContext mutator(bench.heap);
  for (auto _ : state) benchmark::DoNotOptimize(mutator.allocate(slots, payload_bytes));
  state.SetItemsProcessed(state.iterations());
  state.SetBytesProcessed(state.iterations() *
                          static_cast<std::int64_t>(Object::size_for(slots, payload_bytes)));
}

BENCHMARK_CAPTURE(allocate, 16, 1, 0)->Name("allocate/16");
BENCHMARK_CAPTURE(allocate, 32, 2, 8)->Name("allocate/32");
BENCHMARK_CAPTURE(allocate, 96, 4, 56)->Name("allocate/96");
BENCHMARK_CAPTURE(allocate, 800, 4, 760)->Name("allocate/800");
BENCHMARK_CAPTURE(allocate, large_64k, 0, 64 * 1024 - 16)->Name("allocate/large_64KiB");
BENCHMARK_CAPTURE(allocate, large_1m, 0, 1024 * 1024 - 16)->Name("allocate/large_1MiB");

}  // namespace
}  // namespace tricolour::bench
