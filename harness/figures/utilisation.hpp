// Minimum mutator utilisation, exactly.
//
// Purpose: MMU(w), the least fraction of any window of length w inside the run in which the mutator
// ran. Invariant: lost time is piecewise linear in time, so a worst window begins where lost time
// begins or ends where lost time ends; all of those are tried, with prefix sums, in O(n log n) per
// window length. Source: Cheng, Blelloch 2001.
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
  /// Nothing for a window longer than the region, or not longer than 0.
  std::optional<double> mmu(Nanoseconds window) const;

 private:
  /// Lost nanoseconds from the region's begin to `time`.
  Nanoseconds until(Nanoseconds time) const;

  Interval region_;
  std::vector<Interval> lost_;
  std::vector<Nanoseconds> before_;  ///< lost before interval i; one more at the end
};

}  // namespace tricolour
