#include "harness/figures/quantile_curve.hpp"

#include <algorithm>
#include <cmath>

#include "harness/record/ranked.hpp"

namespace tricolour {
namespace {

constexpr std::size_t values_beyond = 10;

std::vector<double> probabilities_by_nines() {
  std::vector<double> all;
  for (unsigned i = 0; i <= most_nines * steps_per_nine; ++i)
    all.push_back(1 - std::pow(10.0, -static_cast<double>(i) / steps_per_nine));
  return all;
}

/// The share of the whole weight that is not beyond the last possible quantile.
double highest_possible(const std::vector<std::uint64_t>& reached) {
  if (reached.size() <= values_beyond) return 0;
  return static_cast<double>(reached[reached.size() - values_beyond - 1]) /
         static_cast<double>(reached.back());
}

}  // namespace

std::vector<double> quantiles(std::vector<WeightedValue> values,
                              std::span<const double> probabilities) {
  std::vector<double> found;
  if (values.size() < values_beyond) return found;
  std::ranges::stable_sort(values, {}, &WeightedValue::value);
  std::vector<std::uint64_t> reached;
  std::uint64_t weight = 0;
  for (const WeightedValue& one : values) reached.push_back(weight += one.weight);
  const double highest = highest_possible(reached) + rank_rounding;
  std::size_t at = 0;
  for (const double p : probabilities) {
    if (p > highest) break;
    const std::uint64_t rank = rank_of(p, weight);
    while (reached[at] < rank) ++at;
    found.push_back(values[at].value);
  }
  return found;
}

std::vector<double> quantile_curve(std::vector<WeightedValue> values) {
  static const std::vector<double> by_nines = probabilities_by_nines();
  return quantiles(std::move(values), by_nines);
}

}  // namespace tricolour
