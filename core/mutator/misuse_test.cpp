// What a program does wrong with mutators, children, blocking regions and roots is named, and hangs
// nothing.
#include <latch>
#include <memory>
#include <optional>
#include <thread>

#include "barriers/hybrid.hpp"
#include "collectors/collected_heap.hpp"
#include "core/mutator/context_of.hpp"
#include "tools/testing/catch.hpp"
#include "tools/testing/each_listed.hpp"
#include "tools/testing/forked.hpp"
#include "tools/testing/small_heap.hpp"

using namespace tricolour;
using Catch::Matchers::Contains;

namespace {
/// Needs every mutator to stop, so it returns only if none is taken for running that is not.
void collect_as_another(CollectedHeap& heap) {
  std::thread([&heap] {
    Mutator<Hybrid> m(heap);
    heap.collect(m);
  }).join();
}
}  // namespace

TEST_CASE("a second mutator on a thread is a misuse, unless the first is blocked or has ended",
          "[misuse]") {
  const auto collector = each_collector();
  CollectedHeap heap(small_heap(collector), Hybrid::traits);
  CollectedHeap other_heap(small_heap(collector), Hybrid::traits);
  {
    Mutator<Hybrid> first(heap);
    CHECK_THROWS_WITH(Mutator<Hybrid>(heap),
                      Contains("on a thread that runs mutator 0 of the same heap"));
    CHECK_THROWS_AS(Mutator<Hybrid>(heap), Misuse);
    Mutator<Hybrid> of_another_heap(other_heap);
    first.blocking([&] {
      Mutator<Hybrid> second(heap);
      heap.collect(second);
      CHECK_THROWS_AS(Mutator<Hybrid>(heap), Misuse);
    });
    heap.collect(first);
    for (int i = 0; i < 50'000; ++i) first.allocate(1, 64);
  }
  Mutator<Hybrid> third(heap);
  heap.collect(third);
}

TEST_CASE(
    "a child attaches once, on a thread that runs no other mutator, and is not used after its end",
    "[misuse]") {
  CollectedHeap heap(small_heap(), Hybrid::traits);
  Mutator<Hybrid> parent(heap);
  const Root argument(parent, parent.allocate(0, 8));
  Child<Hybrid> child(parent, {&argument});
  CHECK_THROWS_WITH(child.attach(),
                    Contains("a mutator is attached on a thread that runs mutator 0"));
  CHECK_THROWS_WITH(child.argument(1), Contains("argument 1, and was made with 1"));
  std::string second_attach, after_end;
  std::thread thread([&] {
    Mutator<Hybrid>& m = child.attach();
    try {
      child.attach();
    } catch (const Misuse& misuse) {
      second_attach = misuse.what();
    }
    heap.collect(m);
    child.end();
    child.end();
    try {
      child.argument(0);
    } catch (const Misuse& misuse) {
      after_end = misuse.what();
    }
  });
  parent.blocking([&] { thread.join(); });
  CHECK_THAT(second_attach, Contains("attached twice"));
  CHECK_THAT(after_end, Contains("used after end()"));
}

TEST_CASE("a child that never attaches holds up no collection, nor does its end", "[misuse]") {
  const auto collector = each_collector();
  CollectedHeap heap(small_heap(collector), Hybrid::traits);
  std::atomic<bool> done{false};
  std::thread other([&] {
    Mutator<Hybrid> a(heap);
    while (!done) heap.collect(a);
  });
  {
    Mutator<Hybrid> m(heap);
    for (int i = 0; i < 500; ++i) {
      const Root root(m, m.allocate(1, 64));
      const Child<Hybrid> never(m, {&root});
    }
    Root root(m, m.allocate(1, 64));
    const Child<Hybrid> stays(m, {&root});
    for (int i = 0; i < 50'000; ++i) root = m.allocate(1, 64);
  }
  done = true;
  other.join();
}

TEST_CASE("a running mutator whose thread waits for the registry stops meanwhile", "[misuse]") {
  CollectedHeap heap(small_heap(), Hybrid::traits);
  Mutator<Hybrid> m(heap);
  std::optional<Child<Hybrid>> never(std::in_place, m, std::initializer_list<const Root*>{});
  const int deed = GENERATE(0, 1, 2);
  std::latch held(1);
  std::thread holder([&] {
    World::Exclusive world(heap.heap().world, nullptr);
    held.count_down();
    world.stop({}, [](Pause&) {});
  });
  held.wait();
  switch (deed) {
    case 0:
      never.reset();
      break;
    case 1:
      MutatorContext(heap, MutatorStatus::blocked);
      break;
    default:
      CHECK_THROWS_AS(heap.stop(), Misuse);
  }
  m.blocking([&] { holder.join(); });
}

TEST_CASE("a thread that ends without its mutator holds up no collection", "[misuse]") {
  const auto collector = each_collector();
  CollectedHeap heap(small_heap(collector), Hybrid::traits);
  Mutator<Hybrid> parent(heap);
  const Root argument(parent, parent.allocate(1, 8));
  std::unique_ptr<Mutator<Hybrid>> left;
  {
    Child<Hybrid> child(parent, {&argument});
    std::thread forgets_end([&] { child.attach(); });
    std::thread leaves([&] { left = std::make_unique<Mutator<Hybrid>>(heap); });
    parent.blocking([&] {
      forgets_end.join();
      leaves.join();
    });
    heap.collect(parent);
    CHECK(child.argument(0) == argument.get());
  }
  heap.collect(parent);
}

TEST_CASE("a heap may go before a mutator whose thread has ended", "[misuse]") {
  std::unique_ptr<Mutator<Hybrid>> left;
  {
    CollectedHeap heap(small_heap("concurrent"), Hybrid::traits);
    std::thread([&] { left = std::make_unique<Mutator<Hybrid>>(heap); }).join();
    collect_as_another(heap);
  }
  left.reset();
}

TEST_CASE("what runs in a blocking region uses nothing of its mutator", "[misuse]") {
  const auto collector = each_collector();
  CollectedHeap heap(small_heap(collector), Hybrid::traits);
  Mutator<Hybrid> m(heap);
  const auto refused = [&](auto use) {
    m.blocking([&] {
      CHECK_THROWS_WITH(use(), Contains("mutator 0 is used in its own blocking region"));
    });
    m.blocking([&] { collect_as_another(heap); });
  };
  refused([&] { m.blocking([] {}); });
  refused([&] { heap.collect(m); });
  refused([&] { Child<Hybrid>(m, {}); });
  // Beside a cycle that runs, the collector would write what this allocation writes.
  if (collector == "stop_the_world") {
    refused([&] {
      for (int i = 0; i < 50'000; ++i) m.allocate(1, 64);
    });
  }
  heap.collect(m);
  CHECK_THROWS_WITH(heap.heap().world.leave_blocked(context_of(m), Activity::running),
                    Contains("blocking region that it is not in"));
}

TEST_CASE("a poll in a blocking region that a collector has claimed is a misuse", "[misuse]") {
  CollectedHeap heap(small_heap(), Hybrid::traits);
  Mutator<Hybrid> m(heap);
  std::latch stopped(1);
  std::latch polled(1);
  m.blocking([&] {
    std::thread collector([&] {
      World::Exclusive world(heap.heap().world, nullptr);
      world.stop({}, [&](Pause&) {
        stopped.count_down();
        polled.wait();
      });
    });
    stopped.wait();
    CHECK_THROWS_AS(m.poll(), Misuse);
    polled.count_down();
    collector.join();
  });
  heap.collect(m);
}

TEST_CASE("a collector is not stopped under a mutator", "[misuse]") {
  const auto collector = each_collector();
  CollectedHeap heap(small_heap(collector), Hybrid::traits);
  {
    Mutator<Hybrid> m(heap);
    CHECK_THROWS_WITH(heap.stop(), Contains("while 1 of its mutators are there"));
    const Child<Hybrid> child(m, {});
    CHECK_THROWS_WITH(heap.stop(), Contains("while 2 of its mutators are there"));
    heap.collect(m);
  }
  heap.stop();
  heap.stop();
}

TEST_CASE("a heap that goes before its mutator ends the program with the reason", "[misuse]") {
  const ChildEnding collected = in_forked_child([] {
    auto heap = std::make_unique<CollectedHeap>(small_heap(), Hybrid::traits);
    Mutator<Hybrid> m(*heap);
    heap.reset();
  });
  CHECK(collected.aborted());
  CHECK(collected.says("declare them after the heap"));
  const ChildEnding bare = in_forked_child([] {
    auto heap = std::make_unique<Heap>(HeapOptions{.bytes = std::size_t{1} << 20});
    Mutator<Hybrid> m(*heap);
    heap.reset();
  });
  CHECK(bare.aborted());
  CHECK(bare.says("a heap is destroyed while 1 of its mutators are there"));
}

TEST_CASE("a root that is forgotten, or ends after its mutator, ends the program with the reason",
          "[misuse]") {
  const ChildEnding forgotten = in_forked_child([] {
    CollectedHeap heap(small_heap(), Hybrid::traits);
    Mutator<Hybrid> m(heap);
    for (int i = 0; i < 3; ++i) new Root(m, m.allocate(1, 8));
  });
  CHECK(forgotten.aborted());
  CHECK(forgotten.says("mutator 0 ends with 3 roots left"));
  const ChildEnding late = in_forked_child([] {
    CollectedHeap heap(small_heap(), Hybrid::traits);
    std::optional<Mutator<Hybrid>> m(heap);
    const Root root(*m, m->allocate(1, 8));
    m.reset();
  });
  CHECK(late.aborted());
  CHECK(late.says("mutator 0 ends with 1 roots left"));
}

TEST_CASE("a child that ends with a root of its own is told so where it ends", "[misuse]") {
  CollectedHeap heap(small_heap(), Hybrid::traits);
  Mutator<Hybrid> parent(heap);
  const Root argument(parent, parent.allocate(1, 8));
  Child<Hybrid> child(parent, {&argument});
  std::string told;
  std::thread thread([&] {
    {
      const Root own(child.attach(), child.argument(0));
      try {
        child.end();
      } catch (const Misuse& misuse) {
        told = misuse.what();
      }
    }
    child.end();
  });
  parent.blocking([&] { thread.join(); });
  CHECK_THAT(told, Contains("mutator 1 ends with 1 roots left"));
}
