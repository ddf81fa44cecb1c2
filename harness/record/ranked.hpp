// A percentile of sorted values by nearest rank: the least value that at least the share p of them
// does not exceed.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/observe/clock.hpp"

namespace tricolour {

inline Nanoseconds ranked(const std::vector<Nanoseconds>& sorted, double p) {
  if (sorted.empty()) return 0;
  const auto rank = static_cast<std::size_t>(std::ceil(p * static_cast<double>(sorted.size())));
  return sorted[std::max<std::size_t>(rank, 1) - 1];
}

}  // namespace tricolour
