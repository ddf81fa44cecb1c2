// How many assists are under way.
//
// Purpose: while a mutator that assists holds grey items, the grey set looks emptier than it is. So
// whether nothing is left is asked together with this count.
//
// Invariant: an assist enters before its first look at the grey set and leaves after it gave back
// what was left; entries only grow. A marker that reads that none is inside, finds the grey set
// empty and then reads the same word again has seen an empty grey set at a moment at which no
// assist held anything. With the number alone it could miss an assist that came in between and
// emptied the set.
//
// Ownership: any thread.
//
// Memory ordering: leaving releases to the first read of `none_while`. Entering need not release:
// an assist that took a packet released its entry with PacketCount::withdraw, or with the lock of
// the open packet, and `nothing_left` has acquired that. draining_exploration_test.cpp runs this
// source under models of memory: with any order stated here weakened, work is missed.
#pragma once

#include <cstdint>

#include "core/heap/atomics.hpp"

namespace tricolour {

/// `Atomic` is std::atomic, or a model checker's.
template <template <class> class Atomic = StandardAtomic>
class AssistCount {
 public:
  /// Before the first look at the grey set. Relaxed: see above.
  void enter() { state_.fetch_add(one_entry, std::memory_order_relaxed); }
  /// Releases what was given back; partner: the first read in `none_while`.
  void leave() { state_.fetch_sub(one_exit, std::memory_order_release); }

  /// Was there a moment at which no assist was under way and `nothing_left()` held?
  template <class NothingLeft>
  bool none_while(NothingLeft nothing_left) const {
    // Acquires what assists gave back; partner: `leave`.
    const std::uint64_t before = state_.load(std::memory_order_acquire);
    if (inside(before) != 0 || !nothing_left()) return false;
    // Relaxed: it can't be older than what `nothing_left` acquired; partner: `enter`.
    return state_.load(std::memory_order_relaxed) == before;
  }

 private:
  static constexpr std::uint64_t one_entry = (std::uint64_t{1} << 16) + 1;
  static constexpr std::uint64_t one_exit = 1;
  static constexpr std::uint64_t inside(std::uint64_t state) { return state & 0xffff; }
  /// Bits 0 to 15: assists under way. From 16 on: how many ever began.
  Atomic<std::uint64_t> state_{0};
};

}  // namespace tricolour
