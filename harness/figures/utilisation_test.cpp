#include "harness/figures/utilisation.hpp"

#include <algorithm>
#include <random>

#include "tools/testing/catch.hpp"

namespace tricolour {
namespace {

/// Every window at every nanosecond.
double brute_force(const std::vector<Interval>& intervals, Interval region, Nanoseconds window) {
  std::vector<char> lost(static_cast<std::size_t>(region.end - region.begin));
  for (const Interval& one : intervals) {
    for (Nanoseconds t = std::max(one.begin, region.begin); t < std::min(one.end, region.end); ++t)
      lost[static_cast<std::size_t>(t - region.begin)] = 1;
  }
  Nanoseconds worst = 0;
  for (std::size_t start = 0; start + static_cast<std::size_t>(window) <= lost.size(); ++start) {
    worst = std::max<Nanoseconds>(
        worst, std::count(lost.begin() + static_cast<std::ptrdiff_t>(start),
                          lost.begin() + static_cast<std::ptrdiff_t>(start) + window, 1));
  }
  return 1.0 - static_cast<double>(worst) / static_cast<double>(window);
}

}  // namespace

TEST_CASE("MMU agrees with trying every window") {
  std::mt19937_64 random(11);
  const auto below = [&](Nanoseconds bound) {
    return static_cast<Nanoseconds>(random() % static_cast<std::uint64_t>(bound));
  };
  for (int round = 0; round < 60; ++round) {
    const Interval region{1000, 1000 + 50 + below(350)};
    std::vector<Interval> intervals;
    for (Nanoseconds count = below(12); count > 0; --count) {
      const Nanoseconds begin = 950 + below(500);
      intervals.push_back({begin, begin + below(40)});
    }
    const LostTime lost(intervals, region);
    for (Nanoseconds window = 1; window <= region.end - region.begin; window += 7) {
      CHECK(lost.mmu(window).value() ==
            Approx(brute_force(intervals, region, window)).margin(1e-12));
    }
  }
}

TEST_CASE("BMU is the least MMU of all windows that are as long or longer") {
  std::mt19937_64 random(17);
  const auto below = [&](Nanoseconds bound) {
    return static_cast<Nanoseconds>(random() % static_cast<std::uint64_t>(bound));
  };
  for (int round = 0; round < 60; ++round) {
    constexpr Nanoseconds length = 60;
    const Interval region{1000, 1000 + length};
    std::vector<Interval> intervals;
    for (Nanoseconds count = below(8); count > 0; --count) {
      const Nanoseconds begin = region.begin + below(length);
      intervals.push_back({begin, begin + below(12)});
    }
    const LostTime lost(intervals, region);
    double least = 1;
    for (Nanoseconds window = length; window > 0; --window) {
      least = std::min(least, brute_force(intervals, region, window));
      CHECK(lost.bmu(window).value() == Approx(least).margin(1e-12));
    }
  }
}

TEST_CASE("MMU is not monotone, BMU is") {
  const LostTime lost({{0, 10}, {20, 30}, {40, 50}}, {0, 200});
  bool mmu_falls = false, bmu_falls = false;
  for (Nanoseconds window = 1; window < 199; ++window) {
    mmu_falls |= *lost.mmu(window + 1) < *lost.mmu(window) - 1e-12;
    bmu_falls |= *lost.bmu(window + 1) < *lost.bmu(window) - 1e-12;
  }
  CHECK(mmu_falls);
  CHECK_FALSE(bmu_falls);
}

TEST_CASE("nanoseconds late on the clock are not rounded") {
  const Nanoseconds start = (Nanoseconds{1} << 53) + 1;
  const LostTime lost({{start + 3, start + 4}}, {start, start + 10});
  CHECK(lost.mmu(1) == 0.0);
  CHECK(lost.mmu(2) == 0.5);
  CHECK(lost.bmu(1) == 0.0);
  CHECK(lost.bmu(2) == 0.5);
}

TEST_CASE("curves are of the worst mutator, at each window that fits into the run") {
  std::mt19937_64 random(5);
  const Interval region{0, 10'000'000};
  std::vector<LostTime> lost_times{LostTime({}, region)};
  for (int mutator = 0; mutator < 3; ++mutator) {
    std::vector<Interval> intervals;
    for (int i = 0; i < 40; ++i) {
      const auto begin = static_cast<Nanoseconds>(random() % 10'000'000);
      intervals.push_back({begin, begin + static_cast<Nanoseconds>(random() % 100'000)});
    }
    lost_times.emplace_back(intervals, region);
  }
  const UtilisationCurves curves = utilisation_curves(lost_times, region);
  REQUIRE(curves.mmu.size() == 31);  // 10 us to 10 ms
  REQUIRE(curves.bmu.size() == 31);
  for (unsigned i = 0; i < 31; ++i) {
    double mmu = 1, bmu = 1;
    for (const LostTime& one : lost_times) {
      mmu = std::min(mmu, *one.mmu(window_at(i)));
      bmu = std::min(bmu, *one.bmu(window_at(i)));
    }
    CHECK(curves.mmu[i] == mmu);
    CHECK(curves.bmu[i] == Approx(bmu).margin(1e-12));
  }
  CHECK(window_at(0) == 10'000);
  CHECK(window_at(1) == 12'589);
  CHECK(window_at(20) == 1'000'000);
  CHECK(window_at(most_windows - 1) == 100'000'000'000);
  CHECK(utilisation_curves(lost_times, {0, 9'999}).mmu.empty());
}

TEST_CASE("MMU of the simple cases") {
  const Interval region{0, 100};
  CHECK(LostTime({}, region).mmu(10) == 1.0);
  CHECK(LostTime({{0, 100}}, region).mmu(10) == 0.0);
  CHECK(LostTime({{40, 45}}, region).mmu(10) == 0.5);
  CHECK(LostTime({{40, 45}}, region).mmu(100) == 0.95);
  CHECK(LostTime({{40, 45}, {48, 53}}, region).mmu(10) == Approx(0.3));
  CHECK_FALSE(LostTime({}, region).mmu(101).has_value());
  CHECK_FALSE(LostTime({}, region).mmu(0).has_value());
}

TEST_CASE("intervals are clipped, sorted and united") {
  const auto united =
      merged({{30, 40}, {5, 12}, {10, 10}, {35, 50}, {90, 130}, {-5, 2}, {50, 55}}, {0, 100});
  CHECK(united == std::vector<Interval>{{0, 2}, {5, 12}, {30, 55}, {90, 100}});
  CHECK(LostTime({{30, 40}, {35, 50}}, {0, 100}).total() == 20);
}

}  // namespace tricolour
