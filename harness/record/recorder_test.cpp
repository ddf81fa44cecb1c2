#include "harness/record/recorder.hpp"

#include <thread>

#include "harness/figures/figures.hpp"
#include "harness/record/rendezvous.hpp"
#include "tools/testing/catch.hpp"

namespace tricolour {
namespace {

PauseEvent pause(Nanoseconds request, Nanoseconds stopped, Nanoseconds end, std::uint32_t mutator) {
  return {.mutator = mutator,
          .begin_ns = request,
          .stopped_ns = stopped,
          .end_ns = end,
          .cpu_ns = end - stopped};
}

}  // namespace

TEST_CASE("no event is lost or reordered, whichever threads emit") {
  Recorder recorder;
  constexpr int per_thread = 20'000;
  std::vector<std::jthread> threads;
  for (std::uint32_t t = 0; t < 4; ++t) {
    threads.emplace_back([&recorder, t] {
      if (t % 2 == 0) recorder.adopt_mutator_thread();
      for (int i = 0; i < per_thread; ++i)
        recorder.on_event(MutatorInterval{.mutator = t, .end_ns = i});
    });
  }
  threads.clear();
  const auto events = recorder.events();
  REQUIRE(events.size() == 4 * per_thread);
  CHECK(recorder.bytes() == events.size() * sizeof(Event));
  std::vector<Nanoseconds> next(4, 0);
  bool in_order = true;
  bool marked = true;
  for (const RecordedEvent& one : events) {
    const auto& interval = std::get<MutatorInterval>(one.event);
    in_order = in_order && interval.end_ns == next[interval.mutator]++;
    marked = marked && one.on_mutator_thread == (interval.mutator % 2 == 0);
  }
  CHECK(in_order);
  CHECK(marked);
}

TEST_CASE("two recorders on one thread keep their events apart") {
  Recorder one;
  Recorder other;
  for (int i = 0; i < 10; ++i) {
    one.on_event(PauseEvent{.end_ns = i});
    if (i < 3) other.on_event(PauseEvent{.end_ns = i});
  }
  CHECK(one.events().size() == 10);
  CHECK(other.events().size() == 3);
}

TEST_CASE("a pause of the only mutator counts from its stop, one of several from the request") {
  const PauseEvent of_one = pause(10, 15, 30, 4);
  CHECK(pause_begin(of_one) == 15);
  CHECK(stops(of_one, 4));
  CHECK_FALSE(stops(of_one, 3));
  const PauseEvent of_all = pause(10, 15, 30, every_mutator);
  CHECK(pause_begin(of_all) == 10);
  CHECK(stops(of_all, 3));
}

TEST_CASE("a rendezvous lets all go together, again and again") {
  Rendezvous place(3);
  std::atomic<int> completions{0};
  std::vector<std::jthread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&] {
      for (int round = 0; round < 100; ++round) place.arrive([&] { ++completions; });
    });
  }
  threads.clear();
  CHECK(completions == 100);
}

TEST_CASE("an abandoned rendezvous holds no thread") {
  Rendezvous place(2);
  std::atomic<bool> thrown{false};
  std::jthread waiting([&] {
    try {
      place.arrive();
    } catch (const RunAbandoned&) {
      thrown = true;
    }
  });
  place.abandon();
  waiting.join();
  CHECK(thrown);
  CHECK_THROWS_AS(place.arrive(), RunAbandoned);
}

}  // namespace tricolour
