// A set of blocks that any thread may add to and take from: one bit per block.
//
// Purpose: the lists of free blocks and of blocks with holes. A bitmap needs no node per block,
// keeps address order, has no ABA problem, and finds a member within heap/4M looks at a word;
// Boost.Lockfree's containers end at 65534 nodes, which is 4 GiB of blocks, and keep no order.
//
// Invariant: `take` returns each member to exactly one caller. A member is visible to `take` as
// soon as `insert` has returned.
//
// Memory ordering: `insert` releases what its caller wrote about the block, `take` acquires it.
// `count_` is never below the number of bits set: it is raised before the bit is set and lowered
// after it was cleared; a thread that reads 0 has seen an empty set.
#pragma once

#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "core/seams/schedule_window.hpp"

namespace tricolour {

class BlockSet {
 public:
  explicit BlockSet(std::size_t blocks)
      : word_count_((blocks + 63) / 64), words_(new std::atomic<std::uint64_t>[word_count_]) {
    for (std::size_t i = 0; i < word_count_; ++i) words_[i].store(0, std::memory_order_relaxed);
  }

  void insert(std::size_t block) {
    count_.fetch_add(1, std::memory_order_relaxed);
    pass_window(Window::between_count_and_bit);
    // Release: the block's state and metadata; partner: `take`.
    const std::uint64_t before =
        words_[block / 64].fetch_or(bit_of(block), std::memory_order_release);
    if ((before & bit_of(block)) != 0) count_.fetch_sub(1, std::memory_order_relaxed);
    // Relaxed: a hint; what a race leaves behind it is found when the look wraps around.
    if (block / 64 < cursor_.load(std::memory_order_relaxed))
      cursor_.store(block / 64, std::memory_order_relaxed);
  }

  /// Takes `block` out; false when it was not in.
  bool remove(std::size_t block) {
    // Acquire: what the inserter wrote; partner: `insert`.
    const bool member = (words_[block / 64].fetch_and(~bit_of(block), std::memory_order_acquire) &
                         bit_of(block)) != 0;
    pass_window(Window::between_bit_and_count);
    if (member) count_.fetch_sub(1, std::memory_order_relaxed);
    return member;
  }

  /// Takes out a member, the lowest unless others insert meanwhile; nothing when the set is empty.
  std::optional<std::size_t> take() {
    if (count_.load(std::memory_order_relaxed) == 0) return std::nullopt;
    // Relaxed: a hint; no member is below it, but for races.
    const std::size_t start = cursor_.load(std::memory_order_relaxed);
    for (std::size_t i = 0; i < word_count_; ++i) {
      const std::size_t word = start + i < word_count_ ? start + i : start + i - word_count_;
      // Relaxed: a filter; `remove` decides.
      for (std::uint64_t bits = words_[word].load(std::memory_order_relaxed); bits != 0;
           bits &= bits - 1) {
        const std::size_t block = word * 64 + static_cast<std::size_t>(std::countr_zero(bits));
        if (!remove(block)) continue;
        if (word != start) cursor_.store(word, std::memory_order_relaxed);
        return block;
      }
    }
    return std::nullopt;
  }

  /// Takes out `count` adjacent members, as high as possible; the first of them, or nothing.
  std::optional<std::size_t> take_run(std::size_t count);

  bool contains(std::size_t block) const {
    return (words_[block / 64].load(std::memory_order_relaxed) & bit_of(block)) != 0;
  }
  /// Members, or a few more while others insert and take.
  std::size_t size() const { return count_.load(std::memory_order_relaxed); }

 private:
  static constexpr std::uint64_t bit_of(std::size_t block) {
    return std::uint64_t{1} << (block % 64);
  }
  /// The highest block at which a run of `count` members that ends below `end` begins; nothing when
  /// there is none.
  std::optional<std::size_t> find_run(std::size_t end, std::size_t count) const;

  const std::size_t word_count_;
  const std::unique_ptr<std::atomic<std::uint64_t>[]> words_;
  std::atomic<std::size_t> cursor_{0};
  std::atomic<std::size_t> count_{0};
};

}  // namespace tricolour
