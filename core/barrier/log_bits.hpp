// Log bits: one bit for every word of heap, which says whether the slot there was logged in this
// cycle.
//
// Invariant: when marking begins every bit is clear.
//
// Ownership: mutators set bits while they mark; the cycle clears all of them while nothing is
// marked.
//
// Memory ordering: relaxed throughout. A mutator that finds a bit set and stores (release) cannot
// have stored what the bit's winner had read (acquire) before it set the bit: that read would be
// ordered after the set bit it preceded. Clearing is ordered by the stop or the handshakes that
// begin the next cycle. Source: Zhao, Blackburn, McKinley 2022.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "core/heap/object.hpp"
#include "core/seams/schedule_window.hpp"

namespace tricolour {

class LogBits {
 public:
  static constexpr std::size_t bytes_for(std::size_t heap_bytes) {
    return heap_bytes / sizeof(Slot) / 8;
  }

  LogBits() = default;
  /// `bits`, zeroed, cover the heap that starts at `heap_base`.
  LogBits(std::byte* bits, const std::byte* heap_base)
      : bias_(reinterpret_cast<std::uintptr_t>(bits) -
              (reinterpret_cast<std::uintptr_t>(heap_base) >> word_shift) * sizeof(std::uint64_t)) {
  }

  bool test(const Slot& slot) const {
    return (word_of(slot).load(std::memory_order_relaxed) & bit_of(slot)) != 0;
  }
  /// True for the one caller that set the bit. A `mask` of 0 sets none: then it is true for
  /// every caller.
  bool try_set(const Slot& slot, std::uint64_t mask) const {
    pass_window(Window::between_old_value_and_log);
    return (word_of(slot).fetch_or(bit_of(slot) & mask, std::memory_order_relaxed) &
            bit_of(slot)) == 0;
  }
  /// Clears the `bytes` of bits at `bits`.
  static void clear(std::byte* bits, std::size_t bytes) {
    for (std::size_t offset = 0; offset < bytes; offset += sizeof(std::uint64_t)) {
      const std::atomic_ref<std::uint64_t> word(*reinterpret_cast<std::uint64_t*>(bits + offset));
      if (word.load(std::memory_order_relaxed) != 0) word.store(0, std::memory_order_relaxed);
    }
  }

 private:
  static constexpr std::size_t word_shift = 9;  // 64 slots of 8 bytes
  std::atomic_ref<std::uint64_t> word_of(const Slot& slot) const {
    return std::atomic_ref<std::uint64_t>(*reinterpret_cast<std::uint64_t*>(
        bias_ + (reinterpret_cast<std::uintptr_t>(&slot) >> word_shift) * sizeof(std::uint64_t)));
  }
  static std::uint64_t bit_of(const Slot& slot) {
    return std::uint64_t{1} << (reinterpret_cast<std::uintptr_t>(&slot) / sizeof(Slot) % 64);
  }

  std::uintptr_t bias_ = 0;
};

}  // namespace tricolour
