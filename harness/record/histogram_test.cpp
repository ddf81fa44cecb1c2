#include "harness/record/histogram.hpp"

#include <random>

#include "tools/testing/catch.hpp"

namespace tricolour {
namespace {

std::uint64_t exact_quantile(std::vector<std::uint64_t> values, double p) {
  std::sort(values.begin(), values.end());
  const auto rank = static_cast<std::size_t>(std::ceil(p * static_cast<double>(values.size())));
  return values[std::max<std::size_t>(rank, 1) - 1];
}

}  // namespace

TEST_CASE("a quantile is never below the exact one, and at most a sixty-fourth above") {
  std::mt19937_64 random(7);
  Histogram histogram;
  std::vector<std::uint64_t> values;
  for (int i = 0; i < 20'000; ++i) {
    values.push_back(random() >> (random() % 64));
    histogram.record(values.back());
  }
  for (const double p : {0.0, 0.001, 0.1, 0.5, 0.9, 0.99, 0.999, 1.0}) {
    const std::uint64_t exact = exact_quantile(values, p);
    CHECK(histogram.quantile(p) >= exact);
    CHECK(histogram.quantile(p) - exact <= exact / 64);
  }
  CHECK(histogram.count() == values.size());
  CHECK(histogram.max() == exact_quantile(values, 1));
}

TEST_CASE("the quantile of a value is the last that shares its bucket") {
  const auto told = [](std::uint64_t value) {
    Histogram histogram;
    histogram.record(value, 2);
    histogram.record(2 * value + 1);
    return histogram.quantile(0.5);
  };
  CHECK(told(127) == 127);
  CHECK(told(128) == 129);
  CHECK(told(255) == 255);
  CHECK(told(256) == 259);
}

TEST_CASE("small values are exact, and histograms add up") {
  Histogram one;
  Histogram other;
  for (std::uint64_t value = 0; value < 100; ++value) (value % 2 == 0 ? one : other).record(value);
  one.add(other);
  CHECK(one.count() == 100);
  CHECK(one.quantile(0.5) == 49);
  CHECK(one.quantile(1) == 99);
  CHECK(Histogram{}.quantile(0.5) == 0);
  Histogram extreme;
  extreme.record(~std::uint64_t{0});
  CHECK(extreme.quantile(0.5) == ~std::uint64_t{0});
}

}  // namespace tricolour
