// Faults in claims of blocked mutators and in what may be waited for: killed by the stress of
// handshakes, or named by the watchdog in a child process that would hang.
#include <latch>
#include <thread>

#include "barriers/yuasa.hpp"
#include "tools/testing/bench_heap.hpp"
#include "tools/testing/fault_test.hpp"
#include "tools/testing/forked.hpp"
#include "tools/testing/handshake_stress.hpp"

namespace tricolour {
namespace {

/// What the watchdog says of `work`, which hangs; empty when it ends.
template <class Work>
Sighting watched(Work work, const std::string& words) {
  const ChildEnding ending = in_forked_child([&] {
    WatchdogPolicy::abort_after(100'000'000);
    work();
  });
  if (ending.done()) return {};
  CAPTURE(ending.said);
  CHECK(ending.aborted());
  CHECK(ending.says(words));
  return {ending.said};
}

struct Heap4 : bench::BenchHeap<bench::NoCollection> {
  Heap4() : BenchHeap(std::size_t{4} << 20) {}
};

void stop_fully(Heap& heap) {
  World::Exclusive world(heap.world, nullptr);
  world.stop({PauseKind::full, Cause::explicit_request}, [](Pause&) {});
}

/// A mutator fills its buffer while a stop waits for it.
void shade_during_stop() {
  Heap4 test;
  std::atomic<bool> asked{false};
  std::latch born(1);
  const Visit visit(Window::between_request_and_arrival, [&] { asked = true; });
  std::jthread mutator([&] {
    Mutator<Yuasa> m(test.heap);
    constexpr std::uint32_t shades = 1000;
    const Root object(m, m.allocate(0, 0));
    PhaseState phase = test.heap.phase();
    phase.marking = true;
    context_of(m).adopt(phase);
    born.count_down();
    while (!asked) std::this_thread::yield();
    for (std::uint32_t i = 0; i < shades; ++i) {
      phase.sense = phase.sense.flipped();
      context_of(m).adopt(phase);
      context_of(m).shade(object);
    }
    m.poll();
  });
  born.wait();
  stop_fully(test.heap);
}

void stop_while_blocked() {
  Heap4 test;
  std::latch blocked(1);
  std::latch stopped(1);
  std::jthread mutator([&] {
    Mutator<Yuasa> m(test.heap);
    m.blocking([&] {
      blocked.count_down();
      stopped.wait();
    });
  });
  blocked.wait();
  stop_fully(test.heap);
  stopped.count_down();
}

Sighting handshakes() {
  Schedule::seed(1);
  Sighting sighting{HandshakeStress(3).run(2000)};
  Schedule::seed(0);
  return sighting;
}

}  // namespace

TEST_CASE("fault full_buffer_locks: the lock is held while a mutator is awaited", "[fault]") {
  const auto scenario = [] {
    return watched(shade_during_stop, "waits for mutator 0 to reach a safepoint");
  };
  check_kill(Fault::full_buffer_locks, scenario, "watchdog");
  const FaultSwitch on(Fault::full_buffer_locks);
  CHECK(
      scenario().failure.find("(of mutator 0) waits for the lock of the registry, which thread") !=
      std::string::npos);
}

TEST_CASE("fault blocked_never_claimed: a stop waits for a mutator that is blocked", "[fault]") {
  const auto scenario = [] { return watched(stop_while_blocked, "mutator 0, blocked"); };
  check_kill(Fault::blocked_never_claimed, scenario, "watchdog");
}

TEST_CASE("fault claim_released_early: a mutator runs while a collector acts for it", "[fault]") {
  check_kill(Fault::claim_released_early, handshakes, "handshake stress");
}

}  // namespace tricolour
