// Quantiles of weighted values against the number of nines, only as far as the sample allows.
//
// Purpose: the curve of pauses and of request latencies. Invariant: quantile p is the least value
// with a cumulative weight that reaches p times the whole. It exists where ten values are beyond
// it, which is 1 - 10/n for n values of weight 1: a value that represents many is one observation.
// What the sample does not allow is left out, never extrapolated.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace tricolour {

struct WeightedValue {
  double value;
  std::uint64_t weight = 1;
};

/// Steps of the curve's axis for each nine, and how many nines it has: point i is the quantile at
/// 1 - 10^(-i / steps_per_nine).
inline constexpr unsigned steps_per_nine = 20;
inline constexpr unsigned most_nines = 8;

/// The quantiles at rising `probabilities`, as many as the sample allows.
std::vector<double> quantiles(std::vector<WeightedValue> values,
                              std::span<const double> probabilities);

/// The quantiles at the points of the axis, as many as the sample allows.
std::vector<double> quantile_curve(std::vector<WeightedValue> values);

}  // namespace tricolour
