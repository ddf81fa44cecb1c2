// Intervals of one kind in the measured region: how many, for how long.
#pragma once

#include <algorithm>
#include <cstdint>

#include "core/observe/clock.hpp"

namespace tricolour {

struct Tally {
  std::uint64_t count = 0;
  Nanoseconds total_ns = 0;
  Nanoseconds max_ns = 0;

  void add(Nanoseconds length) { add(length, length); }
  /// `counted`: what of the length is in the region.
  void add(Nanoseconds length, Nanoseconds counted) {
    ++count;
    total_ns += counted;
    max_ns = std::max(max_ns, length);
  }
  friend bool operator==(const Tally&, const Tally&) = default;
};

}  // namespace tricolour
