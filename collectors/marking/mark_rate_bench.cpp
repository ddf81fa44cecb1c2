// The mark rate: objects and bytes per second of every marker, world stopped, beside the machine's
// own limits.
//
// Purpose: two shapes of 64 MiB each. `tree`: 32-byte nodes of a binary tree laid out at random, so
// that every object is a cache miss; `arrays`: 8 KiB arrays of references to a few objects, so that
// memory is read in order. The limits: loads from random addresses that were prefetched, and a
// plain read in order, over as many bytes, by one thread.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <numeric>
#include <random>
#include <vector>

#include "collectors/marking/registry.hpp"
#include "tools/testing/bench_heap.hpp"

namespace tricolour::bench {
namespace {

constexpr std::size_t live_bytes = std::size_t{64} << 20;

enum class Shape : std::uint8_t { tree, arrays };

/// Fields are written directly: nothing marks while the graph is built.
Object* make_tree(MutatorContext& m) {
  constexpr std::size_t nodes = live_bytes / 32;
  std::vector<Object*> order(nodes);
  std::ranges::generate(order, [&] { return m.allocate(2, 8); });
  std::ranges::shuffle(order, std::mt19937_64(1));
  for (std::size_t child = 1; child < nodes; ++child)
    order[(child - 1) / 2]->slot((child - 1) % 2).store(order[child]);
  return order.front();
}

Object* make_arrays(MutatorContext& m) {
  constexpr std::uint32_t array_slots = 1021;
  constexpr std::uint32_t arrays = live_bytes / (8 * 1024);
  Object* const root = m.allocate(arrays, 0);
  Object* const leaf = m.allocate(0, 8);
  for (std::size_t i = 0; i < arrays; ++i) {
    Object* const array = m.allocate(array_slots, 0);
    for (std::size_t slot = 0; slot < array_slots; ++slot) array->slot(slot).store(leaf);
    root->slot(i).store(array);
  }
  return root;
}

/// One iteration is one whole stopped mark: flip, shade the root, drain. Everything stays alive, so
/// nothing has to be swept.
void mark(benchmark::State& state, const MarkerInfo& info, unsigned threads, Shape shape) {
  BenchHeap<NoCollection> bench(2 * live_bytes);
  Heap& heap = bench.heap;
  Object* root = nullptr;
  {
    MutatorContext builder(heap);
    root = shape == Shape::tree ? make_tree(builder) : make_arrays(builder);
  }
  const auto marker = info.make(heap, {.stopped_threads = threads});
  std::uint64_t objects = 0;
  std::uint64_t bytes = 0;
  for (auto _ : state) {
    change_phase(heap, [](PhaseState& phase) {
      phase.sense = phase.sense.flipped();
      ++phase.cycle;
    });
    marker->begin_cycle(heap.phase());
    heap.metadata.try_shade_alone(root, heap.phase().sense.white(), heap.phase().sense.black);
    heap.grey_set.pour(GreyItem(root));
    marker->mark_stopped();
    objects += marker->marked_objects();
    bytes += marker->marked_bytes();
  }
  if (bytes < static_cast<std::uint64_t>(state.iterations()) * live_bytes / 2)
    state.SkipWithError("the marker did not mark the graph");
  state.SetItemsProcessed(static_cast<std::int64_t>(objects));
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
}

bool register_marks() {
  for (const MarkerInfo& info : markers()) {
    for (const unsigned threads : {1u, 2u}) {
      if (threads > 1 && info.name == "serial") continue;
      const std::string prefix = "mark/" + std::string(info.name) + "/" + std::to_string(threads);
      const auto add = [&](const char* shape_name, Shape shape) {
        const auto body = [&info, threads, shape](benchmark::State& state) {
          mark(state, info, threads, shape);
        };
        benchmark::RegisterBenchmark((prefix + shape_name).c_str(), body)
            ->UseRealTime()
            ->Unit(benchmark::kMillisecond);
      };
      add("/tree", Shape::tree);
      add("/arrays", Shape::arrays);
    }
  }
  return true;
}
[[maybe_unused]] const bool registered = register_marks();

/// A load from each 32-byte cell in random order, its address known 16 loads ahead: what a marker's
/// FIFO can reach at best.
void random_prefetched_load(benchmark::State& state) {
  struct Cell {
    std::uint64_t words[4];
  };
  std::vector<Cell> cells(live_bytes / sizeof(Cell), Cell{{1, 1, 1, 1}});
  std::vector<std::uint32_t> order(cells.size());
  std::iota(order.begin(), order.end(), 0u);
  std::ranges::shuffle(order, std::mt19937_64(1));
  constexpr std::size_t ahead = 16;
  for (auto _ : state) {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < order.size(); ++i) {
      __builtin_prefetch(&cells[order[std::min(i + ahead, order.size() - 1)]]);
      sum += cells[order[i]].words[0];
    }
    benchmark::DoNotOptimize(sum);
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(cells.size()));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(live_bytes));
}
BENCHMARK(random_prefetched_load)
    ->Name("limit/random_prefetched_load")
    ->Unit(benchmark::kMillisecond);

void streaming_read(benchmark::State& state) {
  const std::vector<std::uint64_t> words(live_bytes / sizeof(std::uint64_t), 1);
  for (auto _ : state)
    benchmark::DoNotOptimize(std::accumulate(words.begin(), words.end(), std::uint64_t{0}));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(live_bytes));
}
BENCHMARK(streaming_read)->Name("limit/streaming_read")->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace tricolour::bench
