// Weighted quantiles are those of the values written out, and end where the sample does.
#include "harness/figures/quantile_curve.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <random>

#include "tools/testing/catch.hpp"

namespace tricolour {
namespace {

using Values = std::vector<WeightedValue>;

Values counted(std::uint64_t count) {
  Values values;
  for (std::uint64_t i = 0; i < count; ++i) values.push_back({static_cast<double>(i)});
  return values;
}
bool has(std::uint64_t count, double p) {
  return !quantiles(counted(count), std::array{p}).empty();
}

}  // namespace

TEST_CASE("a quantile needs ten values beyond it") {
  CHECK_FALSE(has(19, 0.5));
  CHECK(has(20, 0.5));
  CHECK_FALSE(has(999, 0.99));
  CHECK(has(1000, 0.99));
  CHECK_FALSE(has(0, 0.5));
  CHECK_FALSE(has(9, 0.0));
  CHECK(has(10, 0.0));
}

TEST_CASE("a curve stops at its limit") {
  const std::vector<double> curve = quantile_curve(counted(1000));
  REQUIRE(curve.size() == 2 * steps_per_nine + 1);  // up to 99 %
  CHECK(curve.front() == 0);
  CHECK(curve[steps_per_nine] == 899);      // rank 900
  CHECK(curve[2 * steps_per_nine] == 989);  // rank 990
}

TEST_CASE("a quantile is the least value that reaches its share") {
  std::mt19937_64 random(3);
  for (const double p : {0.0, 0.1, 0.5, 0.9, 0.99, 0.999}) {
    Values values;
    for (int i = 0; i < 20'000; ++i)
      values.push_back({static_cast<double>(random() % 300), 1 + random() % 8});
    const double found = quantiles(values, std::array{p}).at(0);
    double whole = 0, reached = 0, below = 0, least = 300;
    for (const auto& [value, weight] : values) {
      whole += static_cast<double>(weight);
      if (value <= found) reached += static_cast<double>(weight);
      if (value < found) below += static_cast<double>(weight);
      least = std::min(least, value);
    }
    CHECK(reached >= p * whole - 1e-3);
    CHECK((below < p * whole || found == least));
  }
}

TEST_CASE("weights count as repeated values") {
  std::mt19937_64 random(4);
  for (const std::uint64_t count : {20u, 1000u, 12'345u}) {
    Values values = counted(count), written_out;
    std::ranges::shuffle(values, random);
    for (WeightedValue& one : values) {
      one.weight = 1 + random() % 49;
      written_out.insert(written_out.end(), one.weight, {one.value});
    }
    const std::vector<double> weighted = quantile_curve(values);
    const std::vector<double> repeated = quantile_curve(written_out);
    REQUIRE_FALSE(weighted.empty());
    REQUIRE(repeated.size() >= weighted.size());
    CHECK(std::ranges::equal(weighted, std::span(repeated).first(weighted.size())));
  }
}

TEST_CASE("a value that represents many is one observation") {
  Values values = counted(1000);
  for (WeightedValue& one : values) one.weight = 1000;
  CHECK(quantiles(values, std::array{0.999}).empty());
  for (std::size_t i = 900; i < 1000; ++i) values[i].weight = 1;  // the longest have their own rows
  CHECK(quantiles(values, std::array{0.9999}).at(0) == Approx(900).margin(11));
}

}  // namespace tricolour
