#include "harness/figures/utilisation.hpp"

#include <algorithm>

namespace tricolour {

std::vector<Interval> merged(std::vector<Interval> intervals, Interval region) {
  for (Interval& one : intervals)
    one = {std::max(one.begin, region.begin), std::min(one.end, region.end)};
  std::erase_if(intervals, [](const Interval& one) { return one.end <= one.begin; });
  std::ranges::sort(intervals, {}, &Interval::begin);
  std::vector<Interval> united;
  for (const Interval& one : intervals) {
    if (!united.empty() && one.begin <= united.back().end) {
      united.back().end = std::max(united.back().end, one.end);
    } else {
      united.push_back(one);
    }
  }
  return united;
}

LostTime::LostTime(std::vector<Interval> intervals, Interval region)
    : region_(region), lost_(merged(std::move(intervals), region)), before_{0} {
  for (const Interval& one : lost_) before_.push_back(before_.back() + one.end - one.begin);
}

Nanoseconds LostTime::until(Nanoseconds time) const {
  const auto next = std::ranges::upper_bound(lost_, time, {}, &Interval::begin);
  const auto index = static_cast<std::size_t>(next - lost_.begin());
  if (index == 0) return 0;
  return before_[index - 1] + std::min(time, lost_[index - 1].end) - lost_[index - 1].begin;
}

std::optional<double> LostTime::mmu(Nanoseconds window) const {
  const Nanoseconds last_start = region_.end - window;
  if (window <= 0 || last_start < region_.begin) return std::nullopt;
  Nanoseconds worst = 0;
  const auto try_start = [&](Nanoseconds start) {
    start = std::clamp(start, region_.begin, last_start);
    worst = std::max(worst, until(start + window) - until(start));
  };
  for (const Interval& one : lost_) {
    try_start(one.begin);
    try_start(one.end - window);
  }
  return 1.0 - static_cast<double>(worst) / static_cast<double>(window);
}

}  // namespace tricolour
