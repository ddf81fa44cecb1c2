// Percentiles by nearest rank: the least value that at least the share p of the values does not
// exceed.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "core/observe/clock.hpp"

namespace tricolour {

/// Of a whole: a product that rounding has lifted above a whole number has that rank all the same.
inline constexpr double rank_rounding = 1e-12;

/// The rank of percentile `p` (0 to 1) among `count` values, from 1; `count` is not 0.
inline std::uint64_t rank_of(double p, std::uint64_t count) {
  const double rank = std::ceil((p - rank_rounding) * static_cast<double>(count));
  return rank < 1 ? 1 : std::min(static_cast<std::uint64_t>(rank), count);
}

inline Nanoseconds ranked(const std::vector<Nanoseconds>& sorted, double p) {
  return sorted.empty() ? 0 : sorted[rank_of(p, sorted.size()) - 1];
}

}  // namespace tricolour
