// Searching the metadata bytes of a block while markers may be changing the colours of its objects.
//
// Memory ordering: relaxed loads of aligned words. Only whether a byte is zero matters, and that is
// changed by the block's owner alone: a walk on another thread sees an object that is allocated
// meanwhile, or does not.
#pragma once

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstdint>

#include "core/heap/colour.hpp"

namespace tricolour {

class MetadataScan {
 public:
  /// Index of the first non-zero byte among the `count` at `begin`, or `count`.
  static std::size_t zero_run(ColourByte* begin, std::size_t count) {
    std::size_t i = 0;
    if (const std::uint64_t word = head(begin, i); word != 0)
      return std::min(count, first_byte(word));
    // Four words a step: most of what is searched is empty.
    for (; i + 4 * word_bytes <= count; i += 4 * word_bytes) {
      if ((load(begin + i) | load(begin + i + 8) | load(begin + i + 16) | load(begin + i + 24)) !=
          0)
        break;
    }
    for (; i < count; i += word_bytes) {
      if (const std::uint64_t word = load(begin + i); word != 0)
        return std::min(count, i + first_byte(word));
    }
    return count;
  }

  /// How many of the `count` bytes at `begin` are not zero.
  static std::size_t count_starts(ColourByte* begin, std::size_t count) {
    std::size_t i = 0;
    std::size_t starts = non_zero_bytes(head(begin, i), std::min(count, word_bytes));
    for (; i + word_bytes <= count; i += word_bytes)
      starts += non_zero_bytes(load(begin + i), word_bytes);
    if (i < count) starts += non_zero_bytes(load(begin + i), count - i);
    return starts;
  }

 private:
  static constexpr std::size_t word_bytes = 8;
  static_assert(std::endian::native == std::endian::little);

  static std::uint64_t load(ColourByte* aligned) {
    return std::atomic_ref<std::uint64_t>(*reinterpret_cast<std::uint64_t*>(aligned))
        .load(std::memory_order_relaxed);
  }
  /// The bytes from `begin` to the next word boundary, lowest first; sets `taken` to their number,
  /// 0 when `begin` is aligned.
  static std::uint64_t head(ColourByte* begin, std::size_t& taken) {
    const std::size_t before = reinterpret_cast<std::uintptr_t>(begin) % word_bytes;
    if (before == 0) return 0;
    taken = word_bytes - before;
    return load(begin - before) >> (8 * before);
  }
  static std::size_t first_byte(std::uint64_t word) {
    return static_cast<std::size_t>(std::countr_zero(word)) / 8;
  }
  /// Among the lowest `bytes` of `word`.
  static std::size_t non_zero_bytes(std::uint64_t word, std::size_t bytes) {
    if (bytes < word_bytes) word &= (std::uint64_t{1} << (8 * bytes)) - 1;
    constexpr std::uint64_t low_bits = 0x7f7f7f7f7f7f7f7f;
    constexpr std::uint64_t ones = 0x0101010101010101;
    const std::uint64_t high_bits = (((word & low_bits) + low_bits) | word) & ~low_bits;
    return ((high_bits >> 7) * ones) >> 56;
  }
};

}  // namespace tricolour
