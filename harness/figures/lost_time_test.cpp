// Lost time and the explicit wall cost, against a count of each nanosecond.
#include "harness/figures/lost_time.hpp"

#include <random>

#include "harness/figures/pause_figures.hpp"
#include "tools/testing/catch.hpp"
#include "tools/testing/recorded_events.hpp"

namespace tricolour {
namespace {

constexpr Nanoseconds run_length = 300;
constexpr Interval short_region{40, 260};

/// Stops of all that do not overlap, stops of one mutator, and what mutators did.
std::vector<RecordedEvent> random_events(std::mt19937_64& random, unsigned mutators) {
  const auto below = [&](Nanoseconds bound) {
    return static_cast<Nanoseconds>(random() % static_cast<std::uint64_t>(bound));
  };
  std::vector<RecordedEvent> events;
  for (Nanoseconds at = 0; at < run_length - 20; at += 25) {
    const PauseKind kind = below(10) == 0 ? PauseKind::verify : PauseKind::full;
    if (below(10) < 4)
      events.push_back(stop(at, at + below(6), at + 6 + below(14), every_mutator, kind));
  }
  constexpr Activity activities[]{Activity::assisting, Activity::stalled, Activity::handshake,
                                  Activity::running, Activity::blocked};
  for (unsigned i = 0; i < mutators; ++i) {
    for (int count = 0; count < 4; ++count) {
      const Nanoseconds at = below(run_length - 30);
      events.push_back(stop(at, at + 1, at + 1 + below(29), i, PauseKind::quantum));
    }
    for (int count = 0; count < 8; ++count) {
      const Nanoseconds at = below(run_length - 30);
      events.push_back(interval(activities[below(5)], at, at + below(30), i));
    }
  }
  events.push_back(
      {PhaseInterval{.phase = Activity::marking, .role = Role::marker, .end_ns = run_length}, 0,
       false});
  return events;
}

/// Nanoseconds of the region that each mutator, or all of them, lost by `is_lost_in`.
template <class LostIn>
Nanoseconds by_the_nanosecond(const std::vector<RecordedEvent>& events, unsigned first,
                              unsigned last, LostIn lost_in) {
  Nanoseconds total = 0;
  for (Nanoseconds t = short_region.begin; t < short_region.end; ++t) {
    bool all = true;
    for (unsigned mutator = first; mutator <= last; ++mutator) {
      all &= std::ranges::any_of(
          events, [&](const RecordedEvent& one) { return lost_in(one.event, mutator, t); });
    }
    total += all ? 1 : 0;
  }
  return total;
}

bool explicitly_lost(const Event& event, unsigned mutator, Nanoseconds t) {
  if (const auto* const pause = std::get_if<PauseEvent>(&event)) {
    return pause->kind != PauseKind::verify && stops(*pause, mutator) && pause->stopped_ns <= t &&
           t < pause->end_ns;
  }
  const auto* const one = std::get_if<MutatorInterval>(&event);
  return one != nullptr && one->mutator == mutator &&
         (one->activity == Activity::assisting || one->activity == Activity::stalled) &&
         one->begin_ns <= t && t < one->end_ns;
}

bool lost(const Event& event, unsigned mutator, Nanoseconds t) {
  if (const auto* const pause = std::get_if<PauseEvent>(&event)) {
    const Nanoseconds begin = pause->mutator == every_mutator ? pause->begin_ns : pause->stopped_ns;
    return pause->kind != PauseKind::verify && stops(*pause, mutator) && begin <= t &&
           t < pause->end_ns;
  }
  const auto* const one = std::get_if<MutatorInterval>(&event);
  return one != nullptr && one->mutator == mutator && one->activity != Activity::running &&
         one->activity != Activity::blocked && one->begin_ns <= t && t < one->end_ns;
}

std::vector<Interval> lost_by(const std::vector<RecordedEvent>& events, unsigned mutator,
                              Interval within) {
  return lost_times(events, within, mutator + 1)[mutator].intervals();
}

}  // namespace

TEST_CASE("explicit cost is the time in which every mutator was kept, lost time that of each") {
  std::mt19937_64 random(29);
  for (int round = 0; round < 90; ++round) {
    const auto mutators = 1 + static_cast<unsigned>(round) % 3;
    const std::vector<RecordedEvent> events = random_events(random, mutators);
    CHECK(explicit_wall_cost(events, short_region, mutators) ==
          by_the_nanosecond(events, 0, mutators - 1, explicitly_lost));
    const std::vector<LostTime> times = lost_times(events, short_region, mutators);
    for (unsigned i = 0; i < mutators; ++i)
      CHECK(times[i].total() == by_the_nanosecond(events, i, i, lost));
  }
}

TEST_CASE("time to safepoint of several mutators is no explicit cost") {
  CHECK(explicit_wall_cost({stop(50, 70, 90)}, short_region, 2) == 20);
}

TEST_CASE("an assist while another mutator runs costs no wall time") {
  const std::vector<RecordedEvent> events{interval(Activity::assisting, 50, 100),
                                          interval(Activity::stalled, 80, 120, 1)};
  CHECK(explicit_wall_cost(events, short_region, 2) == 20);
  CHECK(explicit_wall_cost(events, short_region, 3) == 0);
}

TEST_CASE("what was timed of the slow path is lost") {
  for (unsigned i = 0; i < mutator_activities; ++i) {
    const auto activity = static_cast<Activity>(i);
    if (!is_slow_path(activity)) continue;
    CAPTURE(to_string(activity));
    const std::vector<RecordedEvent> events{interval(activity, 30, 42), interval(activity, 40, 50),
                                            interval(activity, 60, 61, 1)};
    CHECK(lost_by(events, 0, {0, 100}) == std::vector<Interval>{{30, 50}});
  }
}

TEST_CASE("assists, stalls and handshakes of the mutator itself are lost, phases are not") {
  const std::vector<RecordedEvent> events{
      stop(10, 10, 20),
      stop(60, 60, 70, 1, PauseKind::quantum),
      interval(Activity::assisting, 15, 25),
      interval(Activity::stalled, 40, 45),
      interval(Activity::handshake, 80, 81, 1),
      {PhaseInterval{.phase = Activity::marking, .role = Role::marker, .end_ns = 99}, 0, false},
      {PhaseInterval{.phase = Activity::begin, .begin_ns = 90, .end_ns = 95}, 0, true}};
  CHECK(lost_by(events, 0, {0, 42}) == std::vector<Interval>{{10, 25}, {40, 42}});
  CHECK(lost_by(events, 1, {0, 100}) == std::vector<Interval>{{10, 20}, {60, 70}, {80, 81}});
}

TEST_CASE("a tally counts what touches the region, and its longest as a whole") {
  const std::vector<RecordedEvent> events{
      interval(Activity::stalled, 0, 40), interval(Activity::stalled, 30, 50),
      interval(Activity::stalled, 255, 300), interval(Activity::assisting, 100, 200)};
  CHECK(tally(events, short_region, Activity::stalled) == Tally{2, 15, 45});
  CHECK(tally(events, short_region, Activity::assisting) == Tally{1, 100, 100});
}

TEST_CASE("the only mutator is paused from its own stop, several from the request") {
  const std::vector<RecordedEvent> events{stop(90, 100, 150, 0), stop(200, 210, 260),
                                          stop(300, 310, 320, 1)};
  const PauseFigures figures = pause_figures(events, {0, 1000});
  CHECK(figures.count == 3);
  CHECK(figures.total_ns == 50 + 60 + 10);
  CHECK(figures.max_ns == 60);
}

TEST_CASE("pauses outside the region, and those of the oracle, do not count") {
  const std::vector<RecordedEvent> events{stop(1, 2, 9), stop(2, 3, 10),
                                          stop(20, 21, 30, every_mutator, PauseKind::verify),
                                          stop(40, 41, 50), stop(100, 101, 120)};
  const PauseFigures figures = pause_figures(events, {10, 100});
  CHECK(figures.count == 1);
  CHECK(figures.by_kind[static_cast<std::size_t>(PauseKind::full)] == Tally{1, 10, 10});
  CHECK(figures.by_kind[static_cast<std::size_t>(PauseKind::verify)] == Tally{});
  CHECK_FALSE(counts(std::get<PauseEvent>(events[3].event), std::nullopt));
}

}  // namespace tricolour
