#include "core/observe/activity_clock.hpp"

#include <tuple>
#include <vector>

#include "core/seams/injected_costs.hpp"
#include "tools/testing/catch.hpp"

namespace tricolour {
namespace {

constexpr Nanoseconds least = ActivityClock::least_slow_path_ns;

struct Told {
  ActivityClock clock{Activity::running};
  std::vector<ActivityStretch> stretches;

  explicit Told(Nanoseconds begin) { clock.restart(begin); }
  void change(Activity next, Nanoseconds now) {
    clock.change(next, now, [this](const ActivityStretch& one) { stretches.push_back(one); });
  }
  std::vector<std::tuple<Activity, Nanoseconds, Nanoseconds>> reported() const {
    std::vector<std::tuple<Activity, Nanoseconds, Nanoseconds>> all;
    for (const ActivityStretch& one : stretches)
      all.emplace_back(one.activity, one.begin_ns, one.end_ns);
    return all;
  }
};

}  // namespace

TEST_CASE("every nanosecond belongs to one activity, reported or not", "[activity]") {
  Told told(1000);
  told.change(Activity::search, 1100);
  told.change(Activity::lazy_sweeping, 1130);
  told.change(Activity::search, 1150);
  told.change(Activity::running, 1160);
  told.change(Activity::blocked, 1200);
  const auto times = told.clock.times(1500);
  CHECK(times[static_cast<std::size_t>(Activity::running)] == 140);
  CHECK(times[static_cast<std::size_t>(Activity::search)] == 40);
  CHECK(times[static_cast<std::size_t>(Activity::lazy_sweeping)] == 20);
  CHECK(times[static_cast<std::size_t>(Activity::blocked)] == 300);
  CHECK(told.stretches.empty());
}

TEST_CASE("a long stretch of the slow path is reported, and stops and assists of any length",
          "[activity]") {
  Told told(1000);
  told.change(Activity::search, 2000);
  told.change(Activity::running, 2000 + least - 1);
  told.change(Activity::search, 20'000);
  told.change(Activity::running, 20'000 + least);
  told.change(Activity::paused, 50'000);
  told.change(Activity::running, 50'001);
  told.change(Activity::assisting, 60'000);
  told.change(Activity::running, 60'001);
  told.change(Activity::blocked, 100'000);
  told.change(Activity::running, 199'999);
  told.change(Activity::blocked, 300'000);
  told.change(Activity::running, 400'000);
  CHECK(told.reported() == decltype(told.reported()){{Activity::search, 20'000, 20'000 + least},
                                                     {Activity::paused, 50'000, 50'001},
                                                     {Activity::assisting, 60'000, 60'001},
                                                     {Activity::blocked, 300'000, 400'000}});
}

TEST_CASE("a slow path of short stretches is reported under the name of most of it", "[activity]") {
  Told told(1000);
  Nanoseconds now = 10'000;
  for (int block = 0; block < 100; ++block) {
    told.change(Activity::search, now);
    told.change(Activity::lazy_sweeping, now += 50);
    now += 300;
  }
  told.change(Activity::search, now);
  told.change(Activity::paused, now += 100);  // a stop in the middle ends what was joined
  told.change(Activity::search, now += 500);
  told.change(Activity::running, now += 100);
  CHECK(told.reported() == decltype(told.reported()){{Activity::lazy_sweeping, 10'000, now - 600},
                                                     {Activity::paused, now - 600, now - 100}});
}

TEST_CASE("a long stretch keeps its own name beside short ones", "[activity]") {
  Told told(1000);
  told.change(Activity::search, 10'000);
  told.change(Activity::lazy_sweeping, 10'100);
  told.change(Activity::search, 20'000);
  told.change(Activity::running, 20'100);
  CHECK(told.reported() == decltype(told.reported()){{Activity::lazy_sweeping, 10'100, 20'000}});
}

TEST_CASE("an assist's CPU time is never more than its length, and a short one's all of it",
          "[activity]") {
  Told told(now_ns());
  const Nanoseconds begin = now_ns();
  told.change(Activity::assisting, begin);
  told.change(Activity::running, begin + 100);
  wait_busily(10'000'000);
  told.change(Activity::assisting, now_ns());
  wait_busily(2'000'000);
  told.change(Activity::running, now_ns());
  REQUIRE(told.stretches.size() == 2);
  CHECK(told.stretches[0].cpu_ns == 100);
  const ActivityStretch& busy = told.stretches[1];
  CHECK(busy.cpu_ns > 0);
  CHECK(busy.cpu_ns <= busy.end_ns - busy.begin_ns);
}

}  // namespace tricolour
