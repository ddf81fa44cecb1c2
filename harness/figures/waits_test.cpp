#include "harness/figures/waits.hpp"

#include <map>

#include "harness/figures/request_figures.hpp"
#include "tools/testing/catch.hpp"
#include "tools/testing/recorded_events.hpp"

namespace tricolour {
namespace {

using Times = std::map<std::string_view, Nanoseconds>;

Times named(const CauseTimes& times) {
  Times found;
  for (std::size_t i = 0; i < times.size(); ++i) {
    if (times[i] != 0) found[to_string(static_cast<WaitCause>(i))] = times[i];
  }
  return found;
}

}  // namespace

TEST_CASE("of nested waits the innermost counts, and each nanosecond once") {
  const Waits waits({{WaitCause::search, {100, 1100}},
                     {WaitCause::sweep, {200, 400}},
                     {WaitCause::pause, {300, 350}},
                     {WaitCause::assist, {1000, 1200}},
                     {WaitCause::stall, {5000, 6000}}},
                    {}, false);
  CHECK(named(waits.within({0, 10'000})) == Times{{"search", 700},
                                                  {"lazy_sweeping", 150},
                                                  {"paused", 50},
                                                  {"assist", 200},
                                                  {"stall", 1000}});
  CHECK(named(waits.within({320, 380})) == Times{{"paused", 30}, {"lazy_sweeping", 30}});
  CHECK(named(waits.within({1200, 5000})).empty());
  CHECK(named(waits.within({5500, 5600})) == Times{{"stall", 100}});
}

TEST_CASE("a mutator's waits are its own, and running is none") {
  const std::vector<RecordedEvent> events{
      interval(Activity::search, 10, 20, 1), interval(Activity::lazy_sweeping, 20, 40),
      interval(Activity::running, 40, 100), interval(Activity::page_fault, 100, 110)};
  const Waits waits(named_waits(events, 0), {}, false);
  CHECK(named(waits.within({0, 1000})) == Times{{"lazy_sweeping", 20}, {"page_fault", 10}});
}

TEST_CASE("a wait for the registry's lock is a pause as long as the world was stopped") {
  const std::vector<RecordedEvent> events{stop(0, 10, 90), stop(150, 160, 300),
                                          interval(Activity::registry_lock, 50, 400),
                                          stop(500, 510, 600)};
  const Waits waits(named_waits(events, 0), {}, false);
  CHECK(named(waits.within({0, 1000})) ==
        Times{{"paused", 40 + 140}, {"registry_lock", 350 - 180}});
}

TEST_CASE("run delay counts as far as it surely fell into the span") {
  // 500 of delay somewhere in 1000 to 2000; at most 100 of it in requests before the one under way
  // at 2000.
  const std::vector<TakenTime> windows{{Taker::scheduler, 1000, 2000, 500, 100}};
  const Waits closed({}, windows, false);
  CHECK(named(closed.within({1000, 2000})) == Times{{"run_delay", 500}});
  CHECK(named(closed.within({1050, 2000})) == Times{{"run_delay", 450}});
  CHECK(named(closed.within({1400, 2000})) ==
        Times{{"run_delay", 400}});  // all but what the others may have had
  CHECK(named(closed.within({1800, 2000})) ==
        Times{{"run_delay", 200}});  // never more than its length
  CHECK(named(closed.within({1000, 1900})) == Times{{"run_delay", 400}});
  CHECK(named(closed.within({2000, 3000})).empty());
  CHECK(named(closed.within({0, 1000})).empty());
  // In an open loop the time between requests may hold it too.
  const Waits open({}, windows, true);
  CHECK(named(open.within({1000, 2000})) == Times{{"run_delay", 500}});
  CHECK(named(open.within({1400, 2000})) == Times{{"run_delay", 100}});
  CHECK(named(open.within({1600, 2000})).empty());
}

TEST_CASE("run delay within a named wait is that wait, not a second cause") {
  const Waits waits(
      {{WaitCause::pause, {1100, 1500}}},
      {{Taker::scheduler, 1000, 2000, 500, 0}, {Taker::scheduler, 3000, 3100, 100, 0}}, false);
  CHECK(named(waits.within({1000, 2000})) == Times{{"paused", 400}, {"run_delay", 100}});
  CHECK(named(waits.within({900, 4000})) == Times{{"paused", 400}, {"run_delay", 200}});
  CHECK(sum(waits.within({1100, 1500})) == 400);
}

TEST_CASE("steal time counts as run delay does, under a name of its own") {
  const std::vector<TakenTime> windows{{Taker::scheduler, 1000, 2000, 300, 0},
                                       {Taker::machine, 1000, 2000, 500, 0}};
  const Waits closed({}, windows, false);
  CHECK(named(closed.within({1000, 2000})) == Times{{"run_delay", 300}, {"steal", 500}});
  const Waits open({}, windows, true);
  CHECK(named(open.within({1400, 2000})) == Times{{"steal", 100}});
  const Waits paused({{WaitCause::pause, {1100, 1500}}}, windows, false);
  CHECK(named(paused.within({1000, 2000})) == Times{{"paused", 400}, {"steal", 100}});
}

TEST_CASE("slow requests are explained by the waits of their own mutator") {
  constexpr Nanoseconds ms = 1'000'000;
  Pass pass(2, std::nullopt, 100);
  std::uint64_t number[2] = {0, 0};
  const auto request = [&](unsigned mutator, Nanoseconds start, Nanoseconds end) {
    pass.requests(mutator)->look_at(number[mutator]++, start, start, end);
  };
  request(0, 0, 4 * ms);
  request(0, 4 * ms, 4 * ms + 500);
  request(0, 5 * ms, 6 * ms - 1);  // not slow, and the longest gap of all has a name
  request(1, 0, 2 * ms);
  const std::vector<RecordedEvent> events{interval(Activity::search, 0, 3 * ms),
                                          interval(Activity::paused, 0, ms, 1),
                                          interval(Activity::stalled, 5 * ms, 6 * ms)};
  const RequestFigures figures = *request_figures(pass, events);
  CHECK(figures.slow_count == 2);
  CHECK(figures.slow_total_ns == 6 * ms);
  CHECK(named(figures.slow_causes) == Times{{"search", 3 * ms}, {"paused", ms}});
  REQUIRE(figures.slow.size() == 2);
  CHECK(figures.slow[0].thread == 0);
  CHECK(figures.slow[0].duration_ns == 4 * ms);
  CHECK(named(figures.slow[0].causes) == Times{{"search", 3 * ms}});
  CHECK(named(figures.slow[1].causes) == Times{{"paused", ms}});
  CHECK(figures.longest_unexplained_ns == ms);
  CHECK_FALSE(figures.from_intended);
  CHECK_FALSE(figures.explained_share.has_value());  // taken time was never read
}

TEST_CASE("a request of exactly the time from which one is slow is slow") {
  for (const Nanoseconds less : {0, 1}) {
    Pass pass(1, std::nullopt, 100);
    pass.requests(0)->look_at(0, 0, 0, RequestLog::slow_ns - less);
    CHECK(request_figures(pass, {})->slow_count == 1u - static_cast<unsigned>(less));
  }
}

TEST_CASE("the longest unexplained gap may be that of any request") {
  const Nanoseconds first = GENERATE(100, 3'000'000);
  const Nanoseconds last = 3'000'100 - first;
  Pass pass(1, std::nullopt, 100);
  pass.requests(0)->look_at(0, 0, 0, first);
  pass.requests(0)->look_at(1, first, first, first + last);
  CHECK(request_figures(pass, {})->longest_unexplained_ns == std::max(first, last));
}

TEST_CASE("percentiles that few requests do not have are not given") {
  for (const std::uint64_t requests : {99'999U, 100'000U, 1'000'000U}) {
    Pass pass(1, std::nullopt, 100);
    for (std::uint64_t i = 0; i < requests; ++i) pass.requests(0)->look_at(i, 0, 0, 100);
    const RequestFigures figures = *request_figures(pass, {});
    CHECK(figures.count == requests);
    CHECK(figures.p9999_ns.has_value() == (requests >= 100'000));
    CHECK(figures.p99999_ns.has_value() == (requests >= 1'000'000));
    CHECK(figures.slow_count == 0);
    CHECK_FALSE(figures.explained_share.has_value());
  }
  CHECK_FALSE(request_figures(Pass(1, std::nullopt, 100), {}).has_value());
}

}  // namespace tricolour
