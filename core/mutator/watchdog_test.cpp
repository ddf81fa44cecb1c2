// The watchdog: each kind of wait that does not end is named within the bound, in a child process.
#include "core/mutator/watchdog.hpp"

#include <pthread.h>

#include <atomic>
#include <chrono>
#include <latch>
#include <stdexcept>
#include <thread>

#include "barriers/none.hpp"
#include "core/sanitizers.hpp"
#include "tools/testing/bench_heap.hpp"
#include "tools/testing/forked.hpp"
#include "tools/testing/known_place.hpp"
#include "tools/testing/overheard.hpp"

using namespace tricolour;

namespace {

constexpr Nanoseconds bound_ns = 40'000'000;

struct WatchedHeap : bench::BenchHeap<bench::NoCollection> {
  WatchedHeap() : BenchHeap(std::size_t{4} << 20) {}
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

const std::string late_stop =
    "a wait is late: for mutator 0 to reach a safepoint, so that the world stops, ";
constexpr double last_digit_s = 0.01;

/// For how long the stop has waited, says the report whose `late_stop` is at this place.
double told_s(const std::string& said, std::size_t at) {
  return std::stod(said.substr(at + late_stop.size()));
}

/// `work` with a short bound, which `set` sets; where nothing is late it ends by itself.
template <class Work>
ChildEnding watched(void (*set)(Nanoseconds), Work work) {
  return in_forked_child([&] {
    set(bound_ns);
    work();
  });
}

}  // namespace

TEST_CASE("a newborn mutator that never polls is named by the stop that waits for it",
          "[watchdog]") {
  const ChildEnding ending = watched(WatchdogPolicy::abort_after, [] {
    WatchedHeap test;
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
  const ChildEnding ending = watched(WatchdogPolicy::abort_after, [] {
    WatchedHeap test;
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
  const ChildEnding ending = watched(WatchdogPolicy::abort_after, [] {
    WatchedHeap test;
    Deaf newborn(test.heap);
    stop(test.heap);
  });
  const double most_s = static_cast<double>(now_ns() - begin_ns) / 1e9;
  CAPTURE(ending.said);
  REQUIRE(ending.says(late_stop));
  const double told = told_s(ending.said, ending.said.find(late_stop));
  CHECK(told >= static_cast<double>(bound_ns) / 1e9 - last_digit_s);
  CHECK(told <= most_s + last_digit_s);
}

TEST_CASE("a mutator that does not come to a handshake is named", "[watchdog]") {
  const ChildEnding ending = watched(WatchdogPolicy::abort_after, [] {
    WatchedHeap test;
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
  const ChildEnding ending = watched(WatchdogPolicy::abort_after, [] {
    Watchdog watchdog;
    for (Wait wait(watchdog, Awaited::collection);; wait.look()) std::this_thread::yield();
  });
  CAPTURE(ending.said);
  CHECK(ending.aborted());
  CHECK(ending.says("a wait is late: for a collection to complete"));
}

TEST_CASE("a wait that looks after each slice is late like any other", "[watchdog]") {
  const ChildEnding ending = watched(WatchdogPolicy::abort_after, [] {
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
  const ChildEnding ending = watched(WatchdogPolicy::abort_after, [] {
    WatchedHeap test;
    const World::Exclusive world(test.heap.world, nullptr);
    std::thread([&] { const Mutator<None> m(test.heap); }).join();
  });
  CAPTURE(ending.said);
  CHECK(ending.aborted());
  CHECK(ending.says("for the lock of the registry, which thread"));
}

TEST_CASE("a stop that does not end is told by the mutator that waits for it", "[watchdog]") {
  const ChildEnding ending = watched(WatchdogPolicy::abort_after, [] {
    WatchedHeap test;
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
  const ChildEnding ending = watched(WatchdogPolicy::abort_after, [] {
    WatchedHeap test;
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
  const ChildEnding ending = watched(WatchdogPolicy::say_after, [] {
    WatchedHeap test;
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

TEST_CASE("a mutator that does not poll is reported by name and place, and the wait goes on",
          "[watchdog]") {
  const ChildEnding ending = watched(WatchdogPolicy::say_after, [] {
    WatchedHeap test;
    KnownPlace place;
    std::jthread mutator([&] {
      ::pthread_setname_np(::pthread_self(), "deaf");
      Mutator<None> m(test.heap);
      place.stay();
      m.poll();
    });
    place.thread();
    Overheard overheard;
    std::atomic<bool> stopped{false};
    std::jthread stopper([&] {
      stop(test.heap);
      stopped = true;
    });
    overheard.await("last events:");
    const bool goes_on = !stopped;
    place.let_go();
    if (!goes_on) throw std::runtime_error("the wait is over before the mutator polls");
  });
  CAPTURE(ending.said);
  CHECK(ending.done());
  CHECK(ending.says(late_stop));
  const std::string name = " \"deaf\" (of mutator 0)";
  const bool is_known = ending.says(name + " executes\n") && ending.says(KnownPlace::function);
  // ThreadSanitizer may hold a signal back for as long as a thread makes no call to the system.
  const bool is_held_back =
      TRICOLOUR_THREAD_SANITIZER && ending.says(name + ": its place is not known\n");
  CHECK((is_known || is_held_back));
}

TEST_CASE("a wait that is said to be late is aborted at its own bound", "[watchdog]") {
  constexpr Nanoseconds abort_after_ns = 4 * bound_ns;
  const ChildEnding ending = watched(WatchdogPolicy::say_after, [] {
    WatchdogPolicy::abort_after(abort_after_ns);
    WatchedHeap test;
    Deaf mutator(test.heap);
    stop(test.heap);
  });
  CAPTURE(ending.said);
  CHECK(ending.aborted());
  REQUIRE(ending.says(late_stop));
  const std::size_t first = ending.said.find(late_stop), last = ending.said.rfind(late_stop);
  CHECK(first < last);
  CHECK(told_s(ending.said, first) <= told_s(ending.said, last));
  CHECK(told_s(ending.said, last) >= static_cast<double>(abort_after_ns) / 1e9 - last_digit_s);
}

TEST_CASE("an embedder's program is told of no wait that a long collection explains",
          "[watchdog]") {
  const ChildEnding ending = watched(WatchdogPolicy::say_after, [] {
    WatchedHeap test;
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
  const ChildEnding ending = watched(WatchdogPolicy::say_after, [] {
    WatchedHeap test;
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
