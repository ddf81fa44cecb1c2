// The heap's account: never above the heap, and at rest exactly what a walk of the heap finds.
#include <random>
#include <thread>
#include <vector>

#include "barriers/hybrid.hpp"
#include "collectors/collected_heap.hpp"
#include "collectors/sweeping/sweeper.hpp"
#include "core/mutator/context_of.hpp"
#include "tools/testing/bench_heap.hpp"
#include "tools/testing/catch.hpp"
#include "tools/testing/each_listed.hpp"

namespace tricolour {
namespace {

constexpr std::size_t mebibyte = std::size_t{1} << 20;

/// Keeps the greatest use that any event or look of its own saw.
class Watch final : public EventListener {
 public:
  void on_event(const Event& event) override {
    const auto* const pause = std::get_if<PauseEvent>(&event);
    if (pause != nullptr) note(std::max(pause->used_before, pause->used_after));
  }
  void note(std::size_t used) {
    std::size_t seen = most_.load(std::memory_order_relaxed);
    while (used > seen && !most_.compare_exchange_weak(seen, used, std::memory_order_relaxed)) {
    }
  }
  std::size_t most() const { return most_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::size_t> most_{0};
};

/// Counts cycles that have ended: behind each the collector tells its next trigger.
class Ends final : public EventListener {
 public:
  void on_event(const Event& event) override {
    const auto* const trigger = std::get_if<TriggerEvent>(&event);
    count_ += trigger != nullptr && !trigger->reached;
  }
  unsigned count() const { return count_; }

 private:
  std::atomic<unsigned> count_{0};
};

/// Replaces objects of all sizes in an array, so that survivors leave holes too small for most
/// requests.
void churn(Mutator<Hybrid>& m, Watch& watch, unsigned seed, int steps) {
  constexpr std::uint32_t kept = 3000;
  const Root table(m, m.allocate(kept, 0));
  std::minstd_rand random(seed);
  for (int i = 0; i < steps; ++i) {
    const auto kind = random() % 1000;
    const std::size_t payload = kind == 0   ? 9'000 + random() % 5'000
                                : kind < 20 ? 1'100 + random() % 3'000
                                            : random() % 300;
    try {
      m.store(table, random() % kept, m.allocate(1, payload));
    } catch (const HeapExhausted&) {
      // Survivors may be in every block, and then no run of pages is free.
      if (payload < large_object_bytes) throw;
    }
    if (i % 16 == 0) watch.note(context_of(m).heap().used_bytes());
  }
}

CollectedHeapOptions options_of(const std::string& collector, SweepMode sweep, std::size_t bytes) {
  CollectedHeapOptions options;
  options.heap.bytes = bytes;
  options.collector = collector;
  options.collection.sweep = sweep;
  return options;
}

}  // namespace

TEST_CASE("heap in use is never above the heap", "[account]") {
  const auto collector = each_collector();
  const auto sweep = each_sweep();
  const unsigned mutators = GENERATE(1u, 2u, 4u);
  if (!sweep_refused_because(*find_collector(collector), sweep).empty()) return;
  CAPTURE(collector, to_string(sweep), mutators);
  Watch watch;
  CollectedHeap heap(options_of(collector, sweep, 2 * (mutators + 1) * mebibyte), Hybrid::traits,
                     &watch);
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < mutators; ++i) {
    threads.emplace_back([&, i] {
      Mutator<Hybrid> m(heap);
      churn(m, watch, i + 1, 80'000);
    });
  }
  for (std::thread& thread : threads) thread.join();
  heap.stop();
  CHECK(heap.collector().statistics().cycles > 3);
  CHECK(watch.most() <= heap.heap().bytes());
  CHECK(watch.most() > heap.heap().bytes() / 2);
}

TEST_CASE("after a cycle the use is what a walk of the heap finds, objects born meanwhile included",
          "[account]") {
  const auto collector = each_collector_beside_mutators();
  CollectedHeapOptions options = options_of(collector, SweepMode::lazy, 16 * mebibyte);
  options.collection.marking.concurrent_threads = 1;
  Ends ends;
  CollectedHeap heap(options, Hybrid::traits, &ends);
  Mutator<Hybrid> m(heap);
  constexpr std::uint32_t kept = 20'000;
  std::size_t most_born = 0;
  int compared = 0;
  const Root table(m, m.allocate(kept, 0));
  std::minstd_rand random(5);
  const auto replace_one = [&] {
    const std::size_t payload = random() % 2000 == 0 ? 9'000 + random() % 5'000 : random() % 300;
    Object* const object = m.allocate(1, payload);
    m.store(table, random() % kept, object);
    return object->bytes() > large_object_bytes ? round_up(object->bytes(), 4096) : object->bytes();
  };
  while (compared < 10) {
    while (!context_of(m).marking()) replace_one();
    const unsigned ended = ends.count();
    std::size_t last = 0;
    std::size_t born = 0;
    for (; context_of(m).marking(); born += last) last = replace_one();
    most_born = std::max(most_born, born);
    // The cycle ended at the last allocation's safepoint: before its object, or if that is large
    // perhaps after it.
    if (last > large_object_bytes) continue;
    while (ends.count() == ended) m.poll();
    ParallelFor alone(heap.heap().watchdog, "sweep thread", 1);
    Sweeper(heap, alone, 1).sweep_all();
    const HeapAccount& account = heap.heap().account;
    CHECK(account.used() - account.handed_out() == heap.heap().spaces().used_bytes() - last);
    ++compared;
  }
  CHECK(most_born > 1000);
}

TEST_CASE("a mutator that ends gives back all that is free in the blocks that others may have next",
          "[account]") {
  bench::BenchHeap<bench::NoCollection> bench(mebibyte);
  bench.heap.set_hole_piece_bytes(World::Exclusive(bench.heap.world, nullptr), 256);
  std::minstd_rand random(7);
  std::size_t made = 0;
  const auto make = [&](Mutator<Hybrid>& m, std::size_t payload) {
    made += m.allocate(1, payload)->bytes();
  };
  // Each leaves tails of holes behind it, some long enough for the next to have and some not, and
  // the most of a block for medium objects.
  for (int i = 0; i < 60; ++i) {
    Mutator<Hybrid> m(bench.heap);
    for (int object = 0; object < 3; ++object) make(m, 20 + random() % 230);
    if (i % 10 == 0) make(m, 1'100 + random() % 2'000);
  }
  CHECK(bench.heap.used_bytes() == made);
  CHECK(bench.heap.used_bytes() == bench.heap.spaces().used_bytes());
}

}  // namespace tricolour
