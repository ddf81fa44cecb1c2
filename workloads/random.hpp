// Random numbers and check words for the workloads.
//
// Purpose: a generator of one multiplication and a few shifts, so that drawing costs a request
// nothing, and the hash by which a workload recognises its own data.
//
// Source: G. Steele, D. Lea, C. Flood, "Fast splittable pseudorandom number generators" (2014).
#pragma once

#include <cstdint>

namespace tricolour {

/// A bijection on words in which every bit depends on every bit.
constexpr std::uint64_t mix(std::uint64_t word) {
  word = (word ^ word >> 30) * 0xbf58476d1ce4e5b9u;
  word = (word ^ word >> 27) * 0x94d049bb133111ebu;
  return word ^ word >> 31;
}

class SplitMix {
 public:
  explicit SplitMix(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() { return mix(state_ += 0x9e3779b97f4a7c15u); }
  /// Uniform in [0, bound); the bias of at most bound / 2^64 is of no account here.
  std::uint64_t below(std::uint64_t bound) {
    return static_cast<std::uint64_t>(static_cast<unsigned __int128>(next()) * bound >> 64);
  }
  /// Uniform in (0, 1].
  double fraction() { return static_cast<double>((next() >> 11) + 1) * 0x1p-53; }
  /// True once in `times`.
  bool once_in(std::uint64_t times) { return below(times) == 0; }

 private:
  std::uint64_t state_;
};

}  // namespace tricolour
