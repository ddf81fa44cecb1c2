// Safepoints: the poll, and what a collector waits for: a handshake and a stop of the world,
// answered by a mutator that polls on another thread or that is blocked and claimed.
#include <benchmark/benchmark.h>

#include <thread>

#include "tools/testing/bench_heap.hpp"

namespace tricolour::bench {
namespace {

constexpr std::size_t heap_bytes = std::size_t{1} << 20;

void poll(benchmark::State& state) {
  BenchHeap<NoCollection> bench(heap_bytes);
  MutatorContext mutator(bench.heap);
  for (auto _ : state) {
    mutator.poll();
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(poll)->Name("poll");

/// A thread with one mutator that does nothing but poll, or that is blocked, until the scope ends.
class OtherMutator {
 public:
  OtherMutator(Heap& heap, MutatorStatus status)
      : thread_([this, &heap, status] { serve(heap, status); }) {
    ready_.wait(false);
  }
  ~OtherMutator() {
    stopping_ = true;
    stopping_.notify_one();
    thread_.join();
  }

 private:
  void serve(Heap& heap, MutatorStatus status) {
    MutatorContext mutator(heap, status);
    ready_ = true;
    ready_.notify_one();
    if (status == MutatorStatus::blocked) {
      stopping_.wait(false);
      heap.world.leave_blocked(mutator, Activity::running);
    }
    while (!stopping_.load(std::memory_order_relaxed)) mutator.poll();
  }

  // Both seq_cst: they start and end a thread, nothing is timed between.
  std::atomic<bool> ready_{false};
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

void handshake(benchmark::State& state, MutatorStatus status) {
  BenchHeap<NoCollection> bench(heap_bytes);
  const OtherMutator other(bench.heap, status);
  std::uint64_t answers = 0;
  const HandshakeWork work = [&](MutatorContext&) { ++answers; };
  for (auto _ : state) {
    World::Exclusive world(bench.heap.world, nullptr);
    world.handshake(work);
  }
  benchmark::DoNotOptimize(answers);
}
BENCHMARK_CAPTURE(handshake, polling, MutatorStatus::running)
    ->Name("handshake/polling")
    ->UseRealTime();
BENCHMARK_CAPTURE(handshake, blocked, MutatorStatus::blocked)
    ->Name("handshake/blocked")
    ->UseRealTime();

void stop_the_world(benchmark::State& state, MutatorStatus status) {
  BenchHeap<NoCollection> bench(heap_bytes);
  const OtherMutator other(bench.heap, status);
  for (auto _ : state) {
    World::Exclusive world(bench.heap.world, nullptr);
    world.stop({}, [](Pause&) {});
  }
}
BENCHMARK_CAPTURE(stop_the_world, polling, MutatorStatus::running)
    ->Name("stop/polling")
    ->UseRealTime();
BENCHMARK_CAPTURE(stop_the_world, blocked, MutatorStatus::blocked)
    ->Name("stop/blocked")
    ->UseRealTime();

}  // namespace
}  // namespace tricolour::bench
