// For how long mutators were held, from events made by hand.
#include "harness/figures/held_figures.hpp"

#include "harness/figures/pause_figures.hpp"
#include "tools/testing/catch.hpp"
#include "tools/testing/recorded_events.hpp"

namespace tricolour {
namespace {

constexpr Interval region{1000, 9000};

HeldFigures held(const std::vector<RecordedEvent>& events, unsigned mutators) {
  return held_figures(events, region, mutators);
}
RecordedEvent handshake(Nanoseconds begin, Nanoseconds end, std::uint32_t mutator = 0) {
  return interval(Activity::handshake, begin, end, mutator);
}
RecordedEvent paused(Nanoseconds begin, Nanoseconds end, std::uint32_t mutator = 0) {
  return interval(Activity::paused, begin, end, mutator);
}
/// Of fewer than a hundred stretches, whose upper percentiles are the longest.
HeldFigures of_few(std::uint64_t count, Nanoseconds total, Nanoseconds median,
                   Nanoseconds longest) {
  return {count, total, median, longest, longest, longest};
}

}  // namespace

TEST_CASE("a run without events held no mutator") {
  CHECK(held({}, 3) == HeldFigures{});
  CHECK(held({interval(Activity::assisting, 2000, 3000), interval(Activity::stalled, 4000, 4500),
              interval(Activity::blocked, 5000, 6000)},
             1) == HeldFigures{});
}

TEST_CASE("a mutator that is held twice has two stretches") {
  CHECK(held({handshake(2000, 2010), handshake(3000, 3040)}, 1) == of_few(2, 50, 10, 40));
}

TEST_CASE("a handshake of one mutator costs another nothing") {
  const std::vector<RecordedEvent> events{handshake(2000, 2010), handshake(2005, 2025, 1),
                                          handshake(2005, 2900, 5)};
  CHECK(held(events, 1) == of_few(1, 10, 10, 10));
  CHECK(held(events, 2) == of_few(2, 30, 10, 20));
}

TEST_CASE("a pause of all holds each of three mutators from the request") {
  CHECK(held({stop(2000, 2100, 2300)}, 3) == of_few(3, 900, 300, 300));
}

TEST_CASE("a pause of the only mutator holds it from its stop, and no other") {
  CHECK(held({stop(2000, 2100, 2300, 0)}, 1) == of_few(1, 200, 200, 200));
  CHECK(held({stop(2000, 2100, 2300, 5)}, 1) == HeldFigures{});
}

TEST_CASE("without handshakes one mutator is held for as long as its run was paused") {
  const std::vector<RecordedEvent> events{
      stop(400, 500, 1100, 0), stop(2000, 2010, 2250, 0, PauseKind::quantum),
      stop(3000, 3040, 3900, 0), stop(8900, 8950, 9500, 0, PauseKind::termination)};
  const PauseFigures pauses = pause_figures(events, region);
  const HeldFigures found = held(events, 1);
  CHECK(found.count == pauses.count);
  CHECK(found.total_ns == pauses.total_ns);
  CHECK(found.p50_ns == pauses.p50_ns);
  CHECK(found.p99_ns == pauses.p99_ns);
  CHECK(found.max_ns == pauses.max_ns);
}

TEST_CASE("a stretch that touches the region counts whole, and one beside it does not") {
  CHECK(held({handshake(900, 1000), stop(800, 850, 1000), handshake(9000, 9100),
              stop(9000, 9010, 9100)},
             1) == HeldFigures{});
  CHECK(held({handshake(900, 1001), handshake(8999, 9200)}, 1) == of_few(2, 302, 101, 201));
  CHECK(held({stop(500, 600, 1001), stop(8999, 9050, 9300)}, 1) == of_few(2, 802, 301, 501));
}

TEST_CASE("a stop of the oracle holds no mutator, and what mutators say of it neither") {
  CHECK(held({stop(2000, 2100, 2900, every_mutator, PauseKind::verify), paused(2050, 2900),
              paused(2090, 2900, 1)},
             2) == HeldFigures{});
}

TEST_CASE("what a mutator says of a pause is that pause") {
  // The second asked for the stop itself: it is paused from before the request until after the end.
  const std::vector<RecordedEvent> events{stop(2000, 2100, 2300), paused(2040, 2300),
                                          paused(1990, 2310, 1)};
  CHECK(held(events, 2) == of_few(2, 600, 300, 300));
}

TEST_CASE("a mutator that waits without a stop of the world is held") {
  // Claimed for a handshake when it came back; the stop is of another, the only one at its time.
  const std::vector<RecordedEvent> events{paused(2000, 2070), stop(2010, 2020, 2060, 5),
                                          stop(2070, 2080, 2100, 5)};
  CHECK(held(events, 1) == of_few(1, 70, 70, 70));
  CHECK(held({paused(2000, 2070), stop(2070, 2080, 2100, 0)}, 1) == of_few(2, 90, 20, 70));
}

TEST_CASE("a handshake beside a pause is a stretch of its own, one that reaches into it is not") {
  CHECK(held({handshake(2000, 2050), stop(2060, 2100, 2160)}, 1) == of_few(2, 150, 50, 100));
  // The mutator had reported, and did not run again before it was to stop.
  CHECK(held({handshake(2000, 2090), stop(2060, 2100, 2160)}, 1) == of_few(1, 160, 160, 160));
  CHECK(held({handshake(2000, 2090), stop(2060, 2100, 2160)}, 2) == of_few(2, 260, 100, 160));
}

TEST_CASE("percentiles of what was held are by nearest rank") {
  std::vector<RecordedEvent> events;
  for (Nanoseconds i = 0; i < 1500; ++i)
    events.push_back(handshake(2000 + 2 * i, 2000 + 2 * i + 1));
  events.push_back(handshake(6000, 6007));
  events.push_back(handshake(7000, 7500));
  // Of 1502: rank 751, 1486.98 -> 1487, 1500.498 -> 1501.
  CHECK(held(events, 1) == HeldFigures{1502, 1500 + 507, 1, 1, 7, 500});
}

}  // namespace tricolour
