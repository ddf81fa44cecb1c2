// The work-stealing deque: the owner alone, a thief alone, and a thief beside a busy owner.
#include <benchmark/benchmark.h>

#include <thread>
#include <vector>

#include "collectors/marking/work_stealing_deque.hpp"
#include "core/cycle/grey_set.hpp"

namespace tricolour::bench {
namespace {

using Deque = WorkStealingDeque<GreyItem>;
constexpr std::size_t capacity = 8192;

GreyItem some_item() { return GreyItem(nullptr, 1); }

/// A push and a take of `batch` items each.
void push_take(benchmark::State& state) {
  Deque deque(capacity);
  const auto batch = static_cast<std::size_t>(state.range(0));
  // `take` leaves half of what there is: something below keeps it from racing for the last item.
  for (std::size_t i = 0; i < 2 * batch; ++i) deque.push(some_item());
  std::vector<GreyItem> items(batch, some_item());
  for (auto _ : state) {
    benchmark::DoNotOptimize(deque.push(items.data(), batch));
    benchmark::DoNotOptimize(deque.take(items.data(), batch));
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(push_take)->Name("deque/push_take")->Arg(1)->Arg(16)->Arg(256);

/// No other thread is there: the least a steal can cost.
void steal(benchmark::State& state) {
  Deque deque(capacity);
  const std::vector<GreyItem> items(capacity, some_item());
  GreyItem item;
  while (state.KeepRunningBatch(static_cast<benchmark::IterationCount>(capacity))) {
    state.PauseTiming();
    deque.push(items.data(), capacity);
    state.ResumeTiming();
    for (std::size_t i = 0; i < capacity; ++i) benchmark::DoNotOptimize(deque.steal(item));
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(steal)->Name("deque/steal_alone");

/// The owner pushes and takes on another thread all the while. One iteration is one item stolen,
/// lost races and empty looks included.
void steal_beside_owner(benchmark::State& state) {
  Deque deque(capacity);
  std::atomic<bool> stopping{false};  // relaxed: it only ends a loop
  std::thread owner([&] {
    std::vector<GreyItem> items(64, some_item());
    while (!stopping.load(std::memory_order_relaxed)) {
      deque.push(items.data(), items.size());
      deque.take(items.data(), items.size() / 2);
    }
  });
  std::uint64_t misses = 0;
  GreyItem item;
  for (auto _ : state) {
    while (deque.steal(item) != Deque::Stolen::item) ++misses;
    benchmark::DoNotOptimize(item);
  }
  stopping.store(true, std::memory_order_relaxed);
  owner.join();
  state.SetItemsProcessed(state.iterations());
  state.counters["misses_per_item"] =
      benchmark::Counter(static_cast<double>(misses), benchmark::Counter::kAvgIterations);
}
BENCHMARK(steal_beside_owner)->Name("deque/steal_beside_owner")->UseRealTime();

}  // namespace
}  // namespace tricolour::bench
