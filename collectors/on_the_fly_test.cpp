// on_the_fly never stops the world, holds one mutator at a time, and loses nothing.
#include <latch>
#include <memory>
#include <random>
#include <thread>
#include <vector>

#include "barriers/dijkstra.hpp"
#include "barriers/dlg.hpp"
#include "barriers/hybrid.hpp"
#include "barriers/sliding_views.hpp"
#include "barriers/yuasa.hpp"
#include "collectors/collected_heap.hpp"
#include "tools/testing/catch.hpp"
#include "tools/testing/kept_events.hpp"
#include "tools/testing/random_mutator.hpp"

namespace tricolour {
namespace {

CollectedHeapOptions on_the_fly_heap(std::size_t mebibytes = 3) {
  CollectedHeapOptions options;
  options.heap.bytes = mebibytes << 20;
  options.collector = "on_the_fly";
  return options;
}

template <Barrier B>
void run(CollectedHeap& heap, int mutators, int steps) {
  Mutator<B> first(heap);
  first.make_globals(RandomMutator<B>::globals);
  std::vector<std::jthread> threads;
  for (int i = 1; i < mutators; ++i) {
    threads.emplace_back([&heap, i, steps] {
      Mutator<B> m(heap);
      RandomMutator<B>(m, static_cast<std::uint64_t>(i) + 1).run(steps);
    });
  }
  RandomMutator<B>(first, 1).run(steps);
  first.blocking([&] { threads.clear(); });
}

}  // namespace

TEMPLATE_TEST_CASE("on_the_fly asks for no stop and is with one mutator at a time", "[on_the_fly]",
                   Hybrid, Dijkstra, Dlg, SlidingViews) {
  const int mutators = GENERATE(1, 3);
  KeptEvents events;
  CollectedHeapOptions options = on_the_fly_heap();
  options.verify = GENERATE(false, true);
  CAPTURE(mutators, options.verify);
  CollectedHeap heap(options, TestType::traits, &events);
  run<TestType>(heap, mutators, 40'000);
  heap.stop();
  const SafepointCounts counts = heap.heap().world.counts();
  CHECK(counts.stops == 0);
  CHECK(counts.most_at_once == 1);
  CHECK((counts.verification > 0) == options.verify);
  for (const PauseEvent& pause : events.of<PauseEvent>()) CHECK(pause.kind == PauseKind::verify);
  const CollectorStatistics statistics = heap.collector().statistics();
  CHECK(statistics.cycles >= 2);
  CHECK(statistics.cycles == statistics.concurrent_cycles);
  CHECK(statistics.fallbacks == 0);
  CHECK(counts.handshakes >= 5 * statistics.cycles);
}

TEST_CASE("without memory a mutator of on_the_fly waits, and then is refused", "[on_the_fly]") {
  CollectedHeapOptions options = on_the_fly_heap(1);
  options.verify = true;
  CollectedHeap heap(options, Hybrid::traits);
  {
    Mutator<Hybrid> m(heap);
    const Root kept(m, m.allocate(64, 0));
    const auto fill = [&] {
      for (std::size_t i = 0;; i = (i + 1) % 64) {
        Object* const more = m.allocate(1, 2000);
        m.store(more, 0, m.load(kept, i));
        m.store(kept, i, more);
      }
    };
    CHECK_THROWS_AS(fill(), HeapExhausted);
    m.clear_range(kept, 0, 64);
    for (int i = 0; i < 10'000; ++i) m.allocate(1, 2000);
  }
  heap.stop();
  CHECK(heap.heap().world.counts().stops == 0);
  CHECK(heap.collector().statistics().stalls > 0);
}

TEST_CASE("no cycle of on_the_fly waits for a mutator that is blocked", "[on_the_fly]") {
  CollectedHeap heap(on_the_fly_heap(), Hybrid::traits);
  std::latch blocked(1), collected(1);
  std::jthread sleeper([&] {
    Mutator<Hybrid> m(heap);
    const Root kept(m, m.allocate(1, 8));
    m.blocking([&] {
      blocked.count_down();
      collected.wait();
    });
    m.store(kept, 0, m.allocate(0, 8));
  });
  blocked.wait();
  {
    Mutator<Hybrid> m(heap);
    for (int i = 0; i < 3; ++i) heap.collect(m);
  }
  collected.count_down();
  sleeper.join();
  CHECK(heap.collector().statistics().cycles >= 3);
}

TEMPLATE_TEST_CASE("a deep stack is scanned in pieces, while its mutator runs", "[on_the_fly]",
                   Hybrid, Dijkstra) {
  CollectedHeapOptions options = on_the_fly_heap(64);
  options.verify = true;
  CollectedHeap heap(options, TestType::traits);
  constexpr std::size_t frames = 20'000;
  {
    Mutator<TestType> m(heap);
    std::vector<std::unique_ptr<Root>> stack;
    for (std::size_t i = 0; i < frames; ++i)
      stack.push_back(std::make_unique<Root>(m, m.allocate(1, 8)));
    std::atomic<bool> collected{false};
    std::jthread collection([&] {
      Mutator<TestType> other(heap);
      for (int i = 0; i < 3; ++i) heap.collect(other);
      collected = true;
    });
    // Objects move down and up the stack, and are reachable from one handle alone; frames are left
    // and entered anew.
    std::minstd_rand random(7);
    while (!collected) {
      Root& low = *stack[random() % (frames / 2)];
      Root& high = *stack[frames / 2 + random() % (stack.size() - frames / 2)];
      Object* const moved = high.get();
      high = low.get();
      low = moved;
      m.store(low.get(), 0, m.allocate(1, 8));
      m.poll();
      if (random() % 4096 != 0) continue;
      for (std::size_t left = 1 + random() % (frames / 4); left > 0; --left) stack.pop_back();
      while (stack.size() < frames) {
        const Root& caller = *stack[random() % stack.size()];
        Object* const loaded = m.load(caller, 0);
        stack.push_back(std::make_unique<Root>(m, loaded != nullptr ? loaded : caller.get()));
      }
    }
    m.blocking([&] { collection.join(); });
    while (!stack.empty()) stack.pop_back();
  }
  heap.stop();
  CHECK(heap.oracle()->statistics().lost_objects == 0);
  CHECK(heap.heap().world.counts().handshakes > 3 * frames / 512);
}

TEST_CASE("on_the_fly refuses a barrier that loses objects under it", "[on_the_fly]") {
  const auto made = [] { CollectedHeap(on_the_fly_heap(), Yuasa::traits); };
  CHECK_THROWS_AS(made(), ConfigurationError);
  CHECK_THROWS_WITH(made(), Catch::Contains("roots are scanned mutator by mutator"));
}

}  // namespace tricolour
