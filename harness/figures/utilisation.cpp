#include "harness/figures/utilisation.hpp"

#include <algorithm>
#include <cmath>
#include <ranges>

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
  Nanoseconds worst = total() - until(last_start);
  std::size_t behind = 0;  // the first interval that begins behind the window
  for (std::size_t first = 0; first < lost_.size() && lost_[first].begin < last_start; ++first) {
    const Nanoseconds end = lost_[first].begin + window;
    while (behind < lost_.size() && lost_[behind].begin < end) ++behind;
    const Nanoseconds outside = std::max<Nanoseconds>(0, lost_[behind - 1].end - end);
    worst = std::max(worst, before_[behind] - outside - before_[first]);
  }
  return 1.0 - static_cast<double>(worst) / static_cast<double>(window);
}

std::optional<double> LostTime::bmu(Nanoseconds window) const {
  if (!mmu(window)) return std::nullopt;
  return 1.0 - greatest_loss(window, 0);
}

double LostTime::loss_of(const Window& window) const {
  return static_cast<double>(before_[window.last + 1] - before_[window.first]) /
         static_cast<double>(lost_[window.last].end - lost_[window.first].begin);
}

std::optional<LostTime::Window> LostTime::best_window(Nanoseconds window, double share) const {
  // Times from the region's begin, so that a double holds every nanosecond.
  const auto score = [&](Nanoseconds lost, Nanoseconds time) {
    return static_cast<double>(lost) - share * static_cast<double>(time - region_.begin);
  };
  std::optional<Window> best;
  std::size_t next = 0, first = 0;
  double least = 0;  // of the begins that are early enough, at `first`
  for (std::size_t last = 0; last < lost_.size(); ++last) {
    for (; next < lost_.size() && lost_[next].begin + window <= lost_[last].end; ++next) {
      const double one = score(before_[next], lost_[next].begin);
      if (next == 0 || one < least) {
        least = one;
        first = next;
      }
    }
    if (next == 0) continue;
    const double gain = score(before_[last + 1], lost_[last].end) - least;
    if (!best || gain > best->gain) best = {first, last, gain};
  }
  return best;
}

double LostTime::greatest_loss(Nanoseconds window, double at_least) const {
  constexpr double rounding = 1e-12;
  double worst = std::max(at_least, 1.0 - *mmu(window));
  // Dinkelbach's iteration: the window that gains most at a share has a greater one, or the share
  // is the greatest.
  while (const auto found = best_window(window, worst)) {
    const double loss = loss_of(*found);
    if (loss <= worst * (1 + rounding)) break;
    worst = loss;
  }
  return worst;
}

Nanoseconds window_at(unsigned i) {
  return std::llround(1e4 * std::pow(10.0, static_cast<double>(i) / windows_per_decade));
}

UtilisationCurves utilisation_curves(const std::vector<LostTime>& mutators, Interval region) {
  UtilisationCurves curves;
  for (unsigned i = 0; i < most_windows && window_at(i) <= region.end - region.begin; ++i) {
    double least = 1;
    for (const LostTime& one : mutators) least = std::min(least, *one.mmu(window_at(i)));
    curves.mmu.push_back(least);
  }
  // From the longest window down: what is worst there is allowed to all that are shorter.
  double worst = 0;
  curves.bmu.resize(curves.mmu.size());
  for (std::size_t i = curves.mmu.size(); i-- > 0;) {
    for (const LostTime& one : mutators)
      worst = one.greatest_loss(window_at(static_cast<unsigned>(i)), worst);
    curves.bmu[i] = 1 - worst;
  }
  return curves;
}

}  // namespace tricolour
