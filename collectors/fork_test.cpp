// A forked child under collectors with threads: it has none of them, exits all the same, and is
// told when it uses the heap. The parent goes on as before.
//
// Not under AddressSanitizer: its runtime (g++ 12) holds no lock of its allocator over a fork, so a
// child that is forked while another thread allocates may wait in operator new for ever.
#include "core/sanitizers.hpp"

#if !TRICOLOUR_ADDRESS_SANITIZER
#include <atomic>
#include <functional>
#include <latch>
#include <memory>
#include <optional>
#include <thread>

#include "barriers/yuasa.hpp"
#include "core/mutator/context_of.hpp"
#include "tools/testing/catch.hpp"
#include "tools/testing/forked.hpp"
#include "tools/testing/threaded_heap.hpp"

namespace tricolour {
namespace {

struct Threads {
  const char* collector;
  unsigned mark_threads;
  SweepMode sweep;
};

CollectedHeapOptions with_threads(const Threads& threads) {
  return threaded_heap(std::size_t{2} << 20, threads.collector, threads.mark_threads, threads.sweep,
                       3);
}

Threads any_threads() {
  return GENERATE(Threads{"concurrent", 1, SweepMode::concurrent},
                  Threads{"concurrent", 3, SweepMode::parallel},
                  Threads{"incremental", 3, SweepMode::parallel},
                  Threads{"stop_the_world", 3, SweepMode::lazy},
                  Threads{"stop_the_world", 1, SweepMode::parallel});
}

/// A heap on which the calling thread and another one mutate, whose cycles have used all threads.
struct TwoMutators {
  explicit TwoMutators(const Threads& threads)
      : heap(std::make_unique<CollectedHeap>(with_threads(threads), Yuasa::traits)),
        own(std::in_place, *heap),
        waiting([this] {
          Mutator<Yuasa> m(*heap);
          m.blocking([this] { done.wait(); });
        }) {
    allocate();
  }
  ~TwoMutators() {
    own->blocking([this] {
      done.count_down();
      waiting.join();
    });
    own.reset();
  }
  void allocate() {
    for (int i = 0; i < 100'000; ++i) own->allocate(1, 64);
  }

  std::unique_ptr<CollectedHeap> heap;
  std::optional<Mutator<Yuasa>> own;
  std::latch done{1};
  std::thread waiting;
};

void check_told(const char* use, const std::function<void()>& work) {
  const ChildEnding child = in_forked_child(work);
  CAPTURE(use, child.status, child.said);
  CHECK(child.threw());
  CHECK(child.says("a forked child uses a heap of its parent"));
}

TEST_CASE("a forked child ends its mutator and its heap, and exits", "[fork]") {
  const Threads threads = any_threads();
  CAPTURE(threads.collector, threads.mark_threads);
  TwoMutators test(threads);
  const ChildEnding child = in_forked_child([&] {
    test.heap->stop();
    test.own.reset();
    test.heap.reset();
  });
  CHECK(child.said == "");
  CHECK(child.done());
  test.allocate();
  test.heap->collect(*test.own);
}

TEST_CASE("a child that is forked in a pause ends its mutator and its heap, and exits", "[fork]") {
  const Threads threads = any_threads();
  CAPTURE(threads.collector, threads.mark_threads);
  TwoMutators test(threads);
  ChildEnding child;
  {
    World::Exclusive world(test.heap->heap().world, &context_of(*test.own));
    world.stop({}, [&](Pause&) {
      child = in_forked_child([&] {
        test.own.reset();
        test.heap.reset();
      });
    });
  }
  CHECK(child.done());
  test.heap->collect(*test.own);
}

TEST_CASE("a forked child that uses the heap is told that it must not", "[fork]") {
  const Threads threads = any_threads();
  CAPTURE(threads.collector, threads.mark_threads);
  TwoMutators test(threads);
  check_told("a collection", [&] { test.heap->collect(*test.own); });
  check_told("allocation", [&] { test.allocate(); });
  check_told("registration", [&] { Mutator<Yuasa>{*test.heap}; });
  check_told("a blocking region", [&] { test.own->blocking([] {}); });
  test.heap->collect(*test.own);
}

TEST_CASE("a child that is forked while its mutator is claimed is told as well", "[fork]") {
  TwoMutators test(any_threads());
  World& world = test.heap->heap().world;
  test.own->blocking([&] {
    World::Exclusive stopper(world, nullptr);
    stopper.stop({}, [&](Pause&) {
      check_told("the end of a blocking region",
                 [&] { world.leave_blocked(context_of(*test.own), Activity::running); });
    });
  });
}

// Threads that the child does not have may hold any lock.
TEST_CASE("a child that is forked at any time of a cycle is told as well", "[fork]") {
  const Threads threads = any_threads();
  CAPTURE(threads.collector, threads.mark_threads);
  TwoMutators test(threads);
  std::atomic<bool> over{false};
  std::thread busy([&] {
    Mutator<Yuasa> m(*test.heap);
    while (!over.load(std::memory_order_relaxed)) m.allocate(1, 64);
  });
  for (int i = 0; i < 40; ++i) {
    for (int before = 0; before < 997 * i % 5000; ++before) test.own->allocate(1, 64);
    check_told("allocation", [&] { test.allocate(); });
    check_told("a collection", [&] { test.heap->collect(*test.own); });
  }
  over.store(true, std::memory_order_relaxed);
  test.own->blocking([&] { busy.join(); });
}

TEST_CASE("a forked child may have heaps of its own", "[fork]") {
  TwoMutators test(Threads{"stop_the_world", 1, SweepMode::lazy});
  const ChildEnding child = in_forked_child([] {
    CollectedHeap heap(with_threads({"stop_the_world", 1, SweepMode::lazy}), Yuasa::traits);
    Mutator<Yuasa> m(heap);
    for (int i = 0; i < 100'000; ++i) m.allocate(1, 64);
    heap.collect(m);
  });
  CHECK(child.said == "");
  CHECK(child.done());
}

}  // namespace
}  // namespace tricolour
#endif
