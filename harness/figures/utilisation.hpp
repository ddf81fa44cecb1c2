// Minimum mutator utilisation, exactly.
//
// Purpose: MMU(w), the least fraction of any window of length w inside the run in which the mutator
// ran, and BMU(w), the least MMU of all windows of length w or more.
//
// Invariant: lost time is piecewise linear in time, so a worst window of length w begins where lost
// time begins, or ends with the run; all of those are tried, with prefix sums and two pointers, in
// O(n) per length. A worst window that may be longer runs from a begin of lost time to an end of
// it, or is as short as it may be. Sources: Cheng, Blelloch 2001; Sachindran et al. 2004.
//
// Ownership: immutable once made.
#pragma once

#include <optional>
#include <vector>

#include "core/observe/clock.hpp"

namespace tricolour {

struct Interval {
  Nanoseconds begin;
  Nanoseconds end;
  friend bool operator==(const Interval&, const Interval&) = default;
};

/// Clipped to `region`, sorted, disjoint, none empty.
std::vector<Interval> merged(std::vector<Interval> intervals, Interval region);

/// The lost time of one mutator in `region`.
class LostTime {
 public:
  LostTime(std::vector<Interval> intervals, Interval region);
  Nanoseconds total() const { return before_.back(); }
  const std::vector<Interval>& intervals() const { return lost_; }
  /// Nothing for a window longer than the region, or not longer than 0.
  std::optional<double> mmu(Nanoseconds window) const;
  std::optional<double> bmu(Nanoseconds window) const;
  /// The greatest lost share of all windows of `window` or more, if it is above `at_least`, else
  /// `at_least`. `window` is longer than 0, and no longer than the region.
  double greatest_loss(Nanoseconds window, double at_least) const;

 private:
  /// A window from a begin of lost time to an end of it, by their indices.
  struct Window {
    std::size_t first, last;
    double gain;  ///< what it has lost beyond a share of its length
  };
  /// Lost nanoseconds from the region's begin to `time`.
  Nanoseconds until(Nanoseconds time) const;
  double loss_of(const Window& window) const;
  /// Of those of at least `window` the one with the greatest gain at `share`; nothing without any.
  std::optional<Window> best_window(Nanoseconds window, double share) const;

  Interval region_;
  std::vector<Interval> lost_;
  std::vector<Nanoseconds> before_;  ///< lost before interval i; one more at the end
};

/// MMU and BMU, the minimum over mutators, at each window of the axis that the run is long enough
/// for: 10 us to 100 s, evenly spaced on a logarithmic scale.
struct UtilisationCurves {
  std::vector<double> mmu, bmu;
};
inline constexpr unsigned windows_per_decade = 10;
inline constexpr unsigned most_windows = 7 * windows_per_decade + 1;
/// The window of point `i` of the axis: 10 us * 10^(i / windows_per_decade), to the nanosecond.
Nanoseconds window_at(unsigned i);

UtilisationCurves utilisation_curves(const std::vector<LostTime>& mutators, Interval region);

}  // namespace tricolour
