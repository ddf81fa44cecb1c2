// Stops, handshakes, blocked regions, and mutators that come and go.
#include "core/mutator/safepoint.hpp"

#include <algorithm>
#include <latch>
#include <numeric>
#include <thread>

#include "barriers/none.hpp"
#include "barriers/yuasa.hpp"
#include "core/mutator/context_of.hpp"
#include "core/mutex.hpp"
#include "tools/testing/bench_heap.hpp"
#include "tools/testing/catch.hpp"
#include "tools/testing/kept_events.hpp"

using namespace tricolour;

namespace {
struct ObservedHeap {
  explicit ObservedHeap(EventListener* listener = nullptr)
      : heap(HeapOptions{.bytes = std::size_t{8} << 20}, listener) {
    heap.attach(hooks, nullptr);
  }
  bench::NoCollection hooks;
  Heap heap;
};

struct RefusesMutators final : HeapObserver {
  void on_event(const Event&) override {}
  void allocated(Object*) override {}
  void freed(Object*, std::size_t) override {}
  void mutator_started(MutatorContext&) override { throw Misuse("no more mutators"); }
  void mutator_ended(MutatorContext&) override {}
};
}  // namespace

TEST_CASE("in a stop no mutator runs, and afterwards all do", "[safepoint]") {
  ObservedHeap test;
  constexpr int threads = 3;
  std::atomic<bool> done{false};
  std::vector<std::atomic<std::uint64_t>> counters(threads);
  std::latch started(threads);
  std::vector<std::thread> mutators;
  for (int i = 0; i < threads; ++i) {
    mutators.emplace_back([&, i] {
      Mutator<None> m(test.heap);
      started.count_down();
      while (!done.load()) {
        counters[static_cast<std::size_t>(i)].fetch_add(1);
        m.poll();
      }
    });
  }
  started.wait();
  int moved_while_stopped = 0;
  for (int round = 0; round < 300; ++round) {
    World::Exclusive world(test.heap.world, nullptr);
    world.stop({PauseKind::full, Cause::explicit_request}, [&](Pause&) {
      std::vector<std::uint64_t> before(counters.begin(), counters.end());
      for (int spin = 0; spin < 2000; ++spin) std::atomic_signal_fence(std::memory_order_seq_cst);
      for (std::size_t i = 0; i < before.size(); ++i)
        moved_while_stopped += counters[i].load() != before[i];
    });
  }
  const std::vector<std::uint64_t> before(counters.begin(), counters.end());
  bool all_moved = false;
  while (!all_moved) {
    all_moved = true;
    for (std::size_t i = 0; i < before.size(); ++i)
      all_moved = all_moved && counters[i].load() > before[i];
  }
  done = true;
  for (std::thread& mutator : mutators) mutator.join();
  CHECK(moved_while_stopped == 0);
}

TEST_CASE("a handshake visits every mutator once, running or blocked", "[safepoint]") {
  ObservedHeap test;
  constexpr std::uint32_t each = 3;
  std::atomic<bool> done{false};
  std::latch ready(2 * each);
  std::vector<std::thread> mutators;
  for (std::uint32_t i = 0; i < each; ++i) {
    mutators.emplace_back([&] {
      Mutator<None> m(test.heap);
      ready.count_down();
      while (!done.load()) m.poll();
    });
    mutators.emplace_back([&] {
      Mutator<None> m(test.heap);
      m.blocking([&] {
        ready.count_down();
        while (!done.load()) std::this_thread::yield();
      });
    });
  }
  ready.wait();
  std::vector<std::uint32_t> all(2 * each);
  std::iota(all.begin(), all.end(), 0);
  std::size_t wrong_rounds = 0;
  for (int round = 0; round < 100; ++round) {
    World::Exclusive world(test.heap.world, nullptr);
    Mutex lock;
    std::vector<std::uint32_t> visited;
    world.handshake([&](MutatorContext& mutator) {
      std::scoped_lock guard(lock);
      visited.push_back(mutator.index());
    });
    std::sort(visited.begin(), visited.end());
    wrong_rounds += visited != all;
  }
  done = true;
  for (std::thread& mutator : mutators) mutator.join();
  CHECK(wrong_rounds == 0);
}

TEST_CASE("mutators that ask for a stop at the same time all get one", "[safepoint]") {
  ObservedHeap test;
  constexpr int threads = 4;
  constexpr int rounds = 200;
  int stops = 0;  // only ever touched while the world is stopped
  std::vector<std::thread> mutators;
  for (int i = 0; i < threads; ++i) {
    mutators.emplace_back([&] {
      Mutator<None> m(test.heap);
      for (int round = 0; round < rounds; ++round) {
        World::Exclusive world(test.heap.world, &context_of(m));
        world.stop({PauseKind::full, Cause::explicit_request}, [&](Pause&) { ++stops; });
      }
    });
  }
  for (std::thread& mutator : mutators) mutator.join();
  CHECK(stops == threads * rounds);
}

TEST_CASE("return from a blocked region waits for the collector that claimed it", "[safepoint]") {
  ObservedHeap test;
  std::atomic<bool> done{false};
  std::atomic<bool> stopped{false};
  std::atomic<int> ran_while_stopped{0};
  std::thread mutator([&] {
    Mutator<None> m(test.heap);
    while (!done.load()) {
      m.blocking([] {});
      ran_while_stopped += stopped.load();
    }
  });
  for (int round = 0; round < 500; ++round) {
    World::Exclusive world(test.heap.world, nullptr);
    world.stop({PauseKind::full, Cause::explicit_request}, [&](Pause&) {
      stopped = true;
      std::this_thread::yield();
      stopped = false;
    });
  }
  done = true;
  mutator.join();
  CHECK(ran_while_stopped == 0);
}

namespace {
/// A mutator wants to leave a blocked region while a collector holds its claim. Says whether it
/// came in time to be held up.
bool is_held_up() {
  KeptEvents events;
  ObservedHeap test(&events);
  std::latch entered(1);
  std::atomic<bool> claimed{false};
  std::thread mutator([&] {
    Mutator<None> m(test.heap);
    const Activity interrupted = test.heap.world.enter_blocked(context_of(m), Activity::stalled);
    entered.count_down();
    while (!claimed) std::this_thread::yield();
    test.heap.world.leave_blocked(context_of(m), interrupted);
  });
  entered.wait();
  std::size_t said = 0;
  {
    World::Exclusive world(test.heap.world, nullptr);
    world.stop({PauseKind::full, Cause::explicit_request}, [&](Pause&) {
      claimed = true;
      for (int looks = 0; said == 0 && looks < 1000; ++looks) {
        std::this_thread::yield();
        said = events.of<MutatorInterval>().size();
      }
      ++test.heap.phase(world).cycle;
      for (MutatorContext* each : world.mutators()) each->adopt(test.heap.phase());
    });
  }
  mutator.join();
  CHECK(said == 0);
  auto intervals = events.of<MutatorInterval>();
  std::erase_if(intervals, [](const MutatorInterval& one) {
    return one.activity == Activity::registry_lock;
  });  // its removal's
  REQUIRE(intervals.size() >= 1);
  CHECK(intervals[0].activity == Activity::stalled);
  if (intervals.size() == 1) return false;
  CHECK(intervals[1].activity == Activity::paused);
  CHECK(intervals[0].end_ns == intervals[1].begin_ns);
  const Nanoseconds resumed_ns = events.of<PauseEvent>().front().end_ns;
  CHECK(intervals[1].begin_ns < resumed_ns);
  if (intervals.size() == 2) return true;
  // The stop was over, and the system did not let this thread run for some microseconds.
  REQUIRE(intervals.size() == 3);
  CHECK(intervals[2].activity == Activity::run_delay);
  CHECK(intervals[1].end_ns == resumed_ns);
  CHECK(intervals[2].begin_ns == resumed_ns);
  return true;
}
}  // namespace

TEST_CASE(
    "a mutator that wants to leave a blocked region says nothing of it while a collector holds its "
    "claim",
    "[safepoint][race]") {
  // On a busy machine the stop may be over before the mutator's thread comes to run.
  while (!is_held_up()) continue;
}

TEST_CASE("a failure inside a stop resumes the world", "[safepoint]") {
  ObservedHeap test;
  Mutator<None> m(test.heap);
  const auto fail = [&] {
    World::Exclusive world(test.heap.world, &context_of(m));
    world.stop({PauseKind::full, Cause::explicit_request},
               [](Pause&) { throw InvariantViolated("on purpose"); });
  };
  CHECK_THROWS_AS(fail(), InvariantViolated);
  CHECK_THROWS_AS(fail(), InvariantViolated);
  m.poll();
  CHECK(m.allocate(1, 0) != nullptr);
}

TEST_CASE("a mutator that ends reports its wait for a stop as a wait for the registry's lock",
          "[safepoint]") {
  KeptEvents events;
  ObservedHeap test(&events);
  std::latch ready(1);
  std::latch held(1);
  std::thread ending([&] {
    Mutator<None> m(test.heap);
    ready.count_down();
    held.wait();
  });
  ready.wait();
  {
    // It never polls: the stop begins when it waits for its removal.
    World::Exclusive world(test.heap.world, nullptr);
    held.count_down();
    world.stop({PauseKind::full, Cause::explicit_request},
               [](Pause&) { wait_busily(2 * ActivityClock::least_slow_path_ns); });
  }
  ending.join();
  const auto waited = events.of<MutatorInterval>();
  const auto stops = events.of<PauseEvent>();
  REQUIRE(stops.size() == 1);
  REQUIRE(waited.size() == 1);
  CHECK(waited.front().activity == Activity::registry_lock);
  CHECK(waited.front().begin_ns <= stops.front().stopped_ns);
}

TEST_CASE(
    "a mutator that stops the world is paused, and its wait for the right to do so is named by "
    "itself",
    "[safepoint]") {
  KeptEvents events;
  ObservedHeap test(&events);
  Mutator<None> m(test.heap);
  { World::Exclusive free(test.heap.world, &context_of(m)); }
  auto intervals = events.of<MutatorInterval>();
  REQUIRE(intervals.size() == 1);
  CHECK(intervals[0].activity == Activity::paused);
  std::latch held(1);
  std::thread holder([&] {
    World::Exclusive world(test.heap.world, nullptr);
    held.count_down();
    while (context_of(m).safepoint.status.load() != MutatorStatus::blocked) {
    }
    wait_busily(2 * ActivityClock::least_slow_path_ns);
  });
  held.wait();
  { World::Exclusive late(test.heap.world, &context_of(m)); }
  holder.join();
  intervals = events.of<MutatorInterval>();
  REQUIRE(intervals.size() == 3);
  CHECK(intervals[1].activity == Activity::registry_lock);
  CHECK(intervals[1].end_ns - intervals[1].begin_ns >= 2 * ActivityClock::least_slow_path_ns);
  CHECK(intervals[2].activity == Activity::paused);
  CHECK(intervals[2].begin_ns == intervals[1].end_ns);
}

TEST_CASE("a pause names the mutator that it stops when there is no other, a blocked one included",
          "[safepoint]") {
  KeptEvents events;
  ObservedHeap test(&events);
  Mutator<None> m(test.heap);
  const auto stop = [&] {
    World::Exclusive world(test.heap.world, &context_of(m));
    world.stop({}, [](Pause&) {});
    return events.of<PauseEvent>().back().mutator;
  };
  CHECK(stop() == context_of(m).index());
  {
    const Child<None> child(m, {});
    CHECK(stop() == every_mutator);
  }
  CHECK(stop() == context_of(m).index());
}

TEST_CASE("a child's time before it attaches is blocked, and its activities add up",
          "[safepoint]") {
  KeptEvents events;
  ObservedHeap test(&events);
  Mutator<None> parent(test.heap);
  const Nanoseconds made_after = now_ns();
  Child<None> child(parent, {});
  const Nanoseconds made_before = now_ns();
  Nanoseconds attached = 0, end = 0;
  ActivityClock::Times times{};
  std::thread thread([&] {
    attached = now_ns();
    Mutator<None>& m = child.attach();
    end = now_ns();
    times = context_of(m).time_by_activity(end);
    child.end();
  });
  parent.blocking([&] { thread.join(); });
  const Nanoseconds total = std::accumulate(times.begin(), times.end(), Nanoseconds{0});
  CHECK(times[static_cast<std::size_t>(Activity::running)] <= end - attached);
  CHECK(total <= end - made_after);
  CHECK(total >= end - made_before);
}

TEST_CASE("a child is born blocked with its arguments, and attaches on its own thread",
          "[safepoint]") {
  ObservedHeap test;
  Mutator<None> parent(test.heap);
  Root argument(parent, parent.allocate(0, 8));
  *argument->payload<std::uint64_t>() = 42;
  Child<None> child(parent, {&argument});
  std::uint64_t seen = 0;
  std::thread thread([&] {
    child.attach();
    seen = *child.argument(0)->payload<std::uint64_t>();
    child.end();
  });
  parent.blocking([&] { thread.join(); });
  CHECK(seen == 42);
}

TEST_CASE("a child that ends without having attached leaves a collector's claim alone",
          "[safepoint]") {
  ObservedHeap test;
  std::optional<Child<None>> child;
  std::thread([&] {
    Mutator<None> parent(test.heap);
    child.emplace(parent, std::initializer_list<const Root*>{});
  }).join();
  std::thread end;
  bool kept = true;
  {
    World::Exclusive world(test.heap.world, nullptr);
    world.stop({}, [&](Pause&) {
      const SafepointState& state = world.mutators().front()->safepoint;
      end = std::thread([&] { child->end(); });
      for (int looks = 0; looks < 20'000 && kept; ++looks) {
        kept = state.status.load() == MutatorStatus::claimed;
        std::this_thread::yield();
      }
    });
  }
  end.join();
  CHECK(kept);
}

TEST_CASE("what was shaded for a child that is refused is kept", "[safepoint]") {
  ObservedHeap test;
  Mutator<Yuasa> parent(test.heap);
  const Root argument(parent, parent.allocate(1, 0));
  bench::change_phase(test.heap, [](PhaseState& phase) {
    phase.sense = phase.sense.flipped();
    phase.marking = true;
  });
  context_of(parent).adopt(test.heap.phase());
  RefusesMutators observer;
  test.heap.observe(&observer);
  CHECK_THROWS_AS((Child<Yuasa>(parent, {&argument})), Misuse);
  test.heap.observe(nullptr);
  CHECK_FALSE(context_of(parent).is_white(argument));
  CHECK_FALSE(test.heap.grey_set.empty());
}
