// Saturating arithmetic on sizes: what does not fit is the largest size, which no heap has.
//
// Source: std::add_sat and std::mul_sat of C++26.
#pragma once

#include <cstddef>
#include <limits>

namespace tricolour {

inline constexpr std::size_t largest_size = std::numeric_limits<std::size_t>::max();

constexpr std::size_t add_sat(std::size_t one, std::size_t other) {
  std::size_t sum = 0;
  return __builtin_add_overflow(one, other, &sum) ? largest_size : sum;
}

constexpr std::size_t mul_sat(std::size_t one, std::size_t other) {
  std::size_t product = 0;
  return __builtin_mul_overflow(one, other, &product) ? largest_size : product;
}

/// The next multiple of `alignment`; the largest one where there is no next.
constexpr std::size_t round_up(std::size_t value, std::size_t alignment) {
  return add_sat(value, alignment - 1) / alignment * alignment;
}

}  // namespace tricolour
