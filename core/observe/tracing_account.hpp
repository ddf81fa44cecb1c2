// How much of a mutator's time and allocation fell into cycles.
//
// Purpose: the speed of mutators while something is marked, which a throughput over everything
// hides. Invariant: a stretch lasts from where the mutator is told that a cycle has begun to where
// it is told that marking is over, its own stops in between included; a collection in one stop is a
// stretch in which it allocates nothing. Ownership: the mutator's, as its phase is. Memory
// ordering: none of its own.
#pragma once

#include <cstdint>

#include "core/observe/clock.hpp"

namespace tricolour {

struct TracingTotals {
  Nanoseconds mutator_time_ns = 0;
  std::uint64_t allocated_bytes = 0;

  TracingTotals& operator+=(const TracingTotals& more) {
    mutator_time_ns += more.mutator_time_ns;
    allocated_bytes += more.allocated_bytes;
    return *this;
  }
  TracingTotals& operator-=(const TracingTotals& less) {
    mutator_time_ns -= less.mutator_time_ns;
    allocated_bytes -= less.allocated_bytes;
    return *this;
  }
};

class TracingAccount {
 public:
  /// A stretch begins, or ends. `now`: clock and allocation so far.
  void change(bool tracing, const TracingTotals& now) {
    tracing ? sums_ -= now : sums_ += now;
    tracing_ = tracing;
  }
  TracingTotals totals(const TracingTotals& now) const {
    TracingTotals all = sums_;
    return tracing_ ? all += now : all;
  }

 private:
  TracingTotals sums_;  ///< less what there was when the present stretch began
  bool tracing_ = false;
};

}  // namespace tricolour
