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
