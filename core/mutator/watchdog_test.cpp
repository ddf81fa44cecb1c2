// The watchdog: each kind of wait that does not end is named within the bound, in a child process.
#include "core/mutator/watchdog.hpp"

#include <atomic>
#include <chrono>
#include <latch>
#include <thread>

#include "barriers/none.hpp"
#include "tools/testing/bench_heap.hpp"
#include "tools/testing/forked.hpp"

using namespace tricolour;

namespace {

using Late = WatchdogPolicy::Late;
constexpr Nanoseconds bound_ns = 40'000'000;

struct TestHeap : bench::BenchHeap<bench::NoCollection> {
  TestHeap() : BenchHeap(std::size_t{4} << 20) {}
};

void stop(Heap& heap) {
  World::Exclusive world(heap.world, nullptr);
  world.stop({PauseKind::full, Cause::explicit_request}, [](Pause&) {});
}

/// A mutator that polls only when it is let go.
class Deaf {
 public:
  explicit Deaf(Heap& heap)
      : thread_([this, &heap] {
          Mutator<None> m(heap);
          born_.count_down();
          let_go_.wait();
          m.poll();
        }) {
    born_.wait();
  }
  void let_go() { let_go_.count_down(); }

 private:
  std::latch born_{1};
  std::latch let_go_{1};
  std::jthread thread_;
};

/// `work` with a short bound; where nothing is late it ends by itself.
template <class Work>
ChildEnding watched(Late late, Work work) {
  return in_forked_child([&] {
    WatchdogPolicy::set(bound_ns, late);
    work();
  });
}

}  // namespace

TEST_CASE("a newborn mutator that never polls is named by the stop that waits for it",
          "[watchdog]") {
  const ChildEnding ending = watched(Late::aborts, [] {
    TestHeap test;
    Deaf newborn(test.heap);
    stop(test.heap);
  });
  CAPTURE(ending.said);
  CHECK(ending.aborted());
  CHECK(ending.says("a wait is late: for mutator 0 to reach a safepoint"));
  CHECK(ending.says(" waits for mutator 0 to reach a safepoint"));
  CHECK(ending.says("mutator 0, running, asked to come to a safepoint"));
  CHECK(ending.says("the lock of the registry, by thread"));
  CHECK(ending.says("phase: idle, cycle 0"));
}

TEST_CASE("a mutator that waits is named by its number", "[watchdog]") {
  const ChildEnding ending = watched(Late::aborts, [] {
    TestHeap test;
    Deaf newborn(test.heap);
    Mutator<None> self(test.heap);
    World::Exclusive world(test.heap.world, &context_of(self));
    world.stop({}, [](Pause&) {});
  });
  CAPTURE(ending.said);
  CHECK(ending.says(" (of mutator 1) waits for mutator 0 to reach a safepoint"));
}

TEST_CASE("a report says for how long the wait has lasted", "[watchdog]") {
  const Nanoseconds begin_ns = now_ns();
  const ChildEnding ending = watched(Late::aborts, [] {
    TestHeap test;
    Deaf newborn(test.heap);
    stop(test.heap);
  });
  const double most_s = static_cast<double>(now_ns() - begin_ns) / 1e9;
  const std::string words = "so that the world stops, ";
  CAPTURE(ending.said);
  REQUIRE(ending.says(words));
  const double told_s = std::stod(ending.said.substr(ending.said.find(words) + words.size()));
  constexpr double last_digit = 0.01;
  CHECK(told_s >= static_cast<double>(bound_ns) / 1e9 - last_digit);
  CHECK(told_s <= most_s + last_digit);
}

TEST_CASE("a mutator that does not come to a handshake is named", "[watchdog]") {
  const ChildEnding ending = watched(Late::aborts, [] {
    TestHeap test;
    Deaf mutator(test.heap);
    World::Exclusive world(test.heap.world, nullptr);
    world.handshake([](MutatorContext&) {});
  });
  CAPTURE(ending.said);
  CHECK(ending.aborted());
  CHECK(ending.says("a wait is late: for mutator 0 to take part in a handshake"));
  CHECK(ending.says("for a handshake"));
}

TEST_CASE("a wait in parts that end at once is late like any other", "[watchdog]") {
  const ChildEnding ending = watched(Late::aborts, [] {
    Watchdog watchdog;
    for (Wait wait(watchdog, Awaited::collection);; wait.look()) std::this_thread::yield();
  });
  CAPTURE(ending.said);
  CHECK(ending.aborted());
  CHECK(ending.says("a wait is late: for a collection to complete"));
}

TEST_CASE("a wait that looks after each slice is late like any other", "[watchdog]") {
  const ChildEnding ending = watched(Late::aborts, [] {
    Watchdog watchdog;
    Mutex mutex;
    std::condition_variable never_notified;
    std::unique_lock<std::mutex> lock(mutex);
    for (Wait wait(watchdog, Awaited::workers);;) wait.once(never_notified, lock);
  });
  CAPTURE(ending.said);
  CHECK(ending.aborted());
  CHECK(ending.says("a wait is late: for the other workers to finish"));
}

TEST_CASE("a lock that is not given back is named with its holder", "[watchdog]") {
  const ChildEnding ending = watched(Late::aborts, [] {
    TestHeap test;
    const World::Exclusive world(test.heap.world, nullptr);
    std::thread([&] { const Mutator<None> m(test.heap); }).join();
  });
  CAPTURE(ending.said);
  CHECK(ending.aborted());
  CHECK(ending.says("for the lock of the registry, which thread"));
}

TEST_CASE("a stop that does not end is told by the mutator that waits for it", "[watchdog]") {
  const ChildEnding ending = watched(Late::aborts, [] {
    TestHeap test;
    std::atomic<bool> done{false};
    std::latch born(1);
    std::thread mutator([&] {
      Mutator<None> m(test.heap);
      born.count_down();
      while (!done) m.poll();
    });
    born.wait();
    World::Exclusive world(test.heap.world, nullptr);
    world.stop({}, [&](Pause&) { std::latch(1).wait(); });
  });
  CAPTURE(ending.said);
  CHECK(ending.aborted());
  CHECK(ending.says("a wait is late: for a stop or a collector's claim to end"));
  CHECK(ending.says("mutator 0, stopped"));
}

TEST_CASE("a turn to allocate that is not given back is told", "[watchdog]") {
  const ChildEnding ending = watched(Late::aborts, [] {
    TestHeap test;
    Mutator<None> first(test.heap);
    const AllocationTurns::Turn turn(test.heap.turns, context_of(first));
    first.blocking([&] {
      std::thread([&] {
        Mutator<None> second(test.heap);
        test.heap.turns.let_others_first(context_of(second));
      }).join();
    });
  });
  CAPTURE(ending.said);
  CHECK(ending.aborted());
  CHECK(ending.says("a wait is late: for another mutator's turn to allocate to end"));
  CHECK(ending.says("mutator 1, blocked"));
}

TEST_CASE("an embedder's program is told once of a late mutator, and goes on", "[watchdog]") {
  const ChildEnding ending = watched(Late::is_said, [] {
    TestHeap test;
    Deaf mutator(test.heap);
    std::jthread later([&] {
      std::this_thread::sleep_for(std::chrono::nanoseconds(4 * bound_ns));
      mutator.let_go();
    });
    stop(test.heap);
  });
  CAPTURE(ending.said);
  CHECK(ending.done());
  CHECK(ending.says("a wait is late: for mutator 0 to reach a safepoint"));
  CHECK(ending.said.find("is late") == ending.said.rfind("is late"));
}

TEST_CASE("an embedder's program is told of no wait that a long collection explains",
          "[watchdog]") {
  const ChildEnding ending = watched(Late::is_said, [] {
    TestHeap test;
    const auto held_long = [&] {
      const World::Exclusive world(test.heap.world, nullptr);
      std::this_thread::sleep_for(std::chrono::nanoseconds(4 * bound_ns));
    };
    std::jthread holder(held_long);
    std::this_thread::sleep_for(std::chrono::nanoseconds(bound_ns));
    stop(test.heap);
  });
  CAPTURE(ending.said);
  CHECK(ending.done());
  CHECK(ending.said == "");
}

TEST_CASE("a wait is listed when it is long, and until it ends", "[watchdog]") {
  const ChildEnding ending = watched(Late::is_said, [] {
    TestHeap test;
    Deaf mutator(test.heap);
    const auto listed = [&] {
      return test.heap.watchdog.report().find("thread") != std::string::npos;
    };
    std::jthread later([&] {
      while (!listed()) std::this_thread::yield();
      mutator.let_go();
    });
    stop(test.heap);
    later.join();
    if (listed()) throw std::runtime_error("a wait that is over is listed");
  });
  CAPTURE(ending.said);
  CHECK(ending.done());
}
