// Searching the metadata bytes of a block while markers may be changing the colours of its objects.
//
// Memory ordering: relaxed loads of aligned words. Only whether a byte is zero matters, and that changes for nobody but the block's owner.
#pragma once

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstdint>

#include "core/colour.hpp"

namespace tricolour {

class MetadataScan {
 public:
  /// Index of the first non-zero byte among the `count` at `begin`, or `count`.
  static std::size_t zero_run(ColourByte* begin, std::size_t count) {
    for (std::size_t i = 0; i < count;) {
      std::size_t skipped = 0;
      const std::uint64_t word = word_at(begin + i, skipped);
      if (word != 0) return std::min(count, i + static_cast<std::size_t>(std::countr_zero(word)) / 8);
      i += word_bytes - skipped;
    }
    return count;
  }

  /// How many of the `count` bytes at `begin` are not zero.
  static std::size_t count_starts(ColourByte* begin, std::size_t count) {
    std::size_t starts = 0;
    for (std::size_t i = 0; i < count;) {
      std::size_t skipped = 0;
      std::uint64_t word = word_at(begin + i, skipped);
      const std::size_t bytes = std::min(word_bytes - skipped, count - i);
      if (bytes < word_bytes) word &= (std::uint64_t{1} << (8 * bytes)) - 1;
      constexpr std::uint64_t low_bits = 0x7f7f7f7f7f7f7f7f;
      starts += static_cast<std::size_t>(std::popcount((((word & low_bits) + low_bits) | word) & ~low_bits));
      i += bytes;
    }
    return starts;
  }

 private:
  static constexpr std::size_t word_bytes = 8;

  /// The aligned word around `byte`, shifted so that `byte` comes first; `skipped` bytes before it were dropped.
  static std::uint64_t word_at(ColourByte* byte, std::size_t& skipped) {
    static_assert(std::endian::native == std::endian::little);
    const auto address = reinterpret_cast<std::uintptr_t>(byte);
    skipped = address % word_bytes;
    auto* const word = reinterpret_cast<std::uint64_t*>(address - skipped);
    return std::atomic_ref<std::uint64_t>(*word).load(std::memory_order_relaxed) >> (8 * skipped);
  }
};

}  // namespace tricolour
