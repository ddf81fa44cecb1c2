// A log-linear histogram of non-negative 64-bit values.
//
// Purpose: quantiles of any number of values in fixed memory. Invariant: a quantile is at most 1/64
// above the exact one, and never below it; the maximum is exact. Ownership: one thread;
// `add(other)` when the other's thread has ended. Source: the bucket layout of HdrHistogram (G.
// Tene).
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <vector>

#include "harness/record/ranked.hpp"

namespace tricolour {

class Histogram {
 public:
  Histogram() : counts_(bucket_of(~std::uint64_t{0}) + 1) {}

  void record(std::uint64_t value, std::uint64_t times = 1) {
    counts_[bucket_of(value)] += times;
    total_ += times;
    largest_ = std::max(largest_, value);
  }
  void add(const Histogram& other) {
    for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
    total_ += other.total_;
    largest_ = std::max(largest_, other.largest_);
  }
  std::uint64_t count() const { return total_; }
  std::uint64_t max() const { return largest_; }
  /// The least bucket end that at least a share of `p` (0 to 1) of the values lie at or below; 0
  /// when there are none.
  std::uint64_t quantile(double p) const {
    if (total_ == 0) return 0;
    const std::uint64_t wanted = rank_of(p, total_);
    std::size_t bucket = 0;
    for (std::uint64_t seen = counts_[0]; seen < wanted;) seen += counts_[++bucket];
    return std::min(last_of(bucket), largest_);
  }

 private:
  /// Values below 2^bits have a bucket each; every later power of two has 2^(bits - 1).
  static constexpr unsigned bits = 7;
  static constexpr std::uint64_t half = std::uint64_t{1} << (bits - 1);

  static std::size_t bucket_of(std::uint64_t value) {
    const auto width = static_cast<unsigned>(std::bit_width(value));
    if (width <= bits) return value;
    const unsigned shift = width - bits;
    return shift * half + (value >> shift);
  }
  static std::uint64_t last_of(std::size_t bucket) {
    if (bucket < 2 * half) return bucket;
    const std::size_t shift = bucket / half - 1;
    const std::uint64_t first = (bucket - shift * half) << shift;
    return first + ((std::uint64_t{1} << shift) - 1);
  }

  std::vector<std::uint64_t> counts_;
  std::uint64_t total_ = 0;
  std::uint64_t largest_ = 0;
};

}  // namespace tricolour
