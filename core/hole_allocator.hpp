// Holes: where a mutator bumps.
//
// Purpose: walks the blocks that its mutator claimed, hole by hole, in pieces that stay in the cache between hand-out and use. It looks one
// hole ahead, so that memory on the way from the last cycle's cold holes arrives while the hole before is filled.
//
// Invariant: the metadata of a hole is zero when it is handed out (the block was swept), and nobody else writes the hole's memory or
// metadata until the block is swept again, which happens only after `retire`.
//
// Ownership: one mutator; the collector may call `retire` while it holds that mutator stopped.
#pragma once

#include <atomic>
#include <cstddef>
#include <optional>

#include "core/block_space.hpp"

namespace tricolour {

struct Hole {
  std::byte* begin = nullptr;
  std::byte* end = nullptr;
  std::size_t bytes() const { return static_cast<std::size_t>(end - begin); }
};

class HoleAllocator {
 public:
  /// `piece_bytes`: the longest hole handed out at once, which may change. `only_free`: take blocks without survivors only.
  HoleAllocator(BlockSpace& blocks, SideMetadata metadata, const std::atomic<std::size_t>& piece_bytes, bool only_free)
      : blocks_(blocks), metadata_(metadata), piece_bytes_(piece_bytes), only_free_(only_free) {}

  /// A hole of at least `bytes` (at most `large_object_bytes`) and at least `least_hole_bytes`; nothing when no block has one. Passes over
  /// a bounded number of blocks without such a hole as long as there are free ones. `mutator`: to whom the sweeping on the way is charged;
  /// may be null.
  std::optional<Hole> next(std::size_t bytes, MutatorContext* mutator = nullptr);
  /// The same within the present block: no claim and no sweeping.
  std::optional<Hole> next_in_block(std::size_t bytes);
  /// Forgets the block. `gives_back`: others may use what is left of it.
  void retire(bool gives_back);
  /// The present block has a hole that was not handed out.
  bool has_room() const { return ahead_.begin != nullptr; }
  /// Free bytes of the present block that were passed over.
  std::size_t passed_over_bytes() const { return passed_over_bytes_; }
  /// Free bytes passed over since last asked, because they were too small.
  std::size_t take_wasted_bytes();

 private:
  /// Blocks whose holes are too small, before a free one is taken: together some 30 us.
  static constexpr unsigned most_passed_blocks = 16;

  void pass_over(Hole hole);
  /// The next hole or piece of one, empty at the block's end; what is shorter than `least_hole_bytes` is wasted.
  Hole find();
  /// Of the hole at `begin`, up to a piece or `most` bytes, whichever is longer.
  std::size_t hole_length(const std::byte* begin, std::size_t most) const;
  /// Fetches the begin of the hole ahead.
  void prefetch() const;

  BlockSpace& blocks_;
  SideMetadata metadata_;
  const std::atomic<std::size_t>& piece_bytes_;  // relaxed: a mere bound
  bool only_free_;
  Hole ahead_;                     ///< found and not handed out
  std::byte* position_ = nullptr;  ///< behind it
  std::byte* block_end_ = nullptr;
  std::size_t wasted_bytes_ = 0;
  std::size_t passed_over_bytes_ = 0;
};

}  // namespace tricolour
