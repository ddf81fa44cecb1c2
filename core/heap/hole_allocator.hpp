// Holes: where a mutator bumps.
//
// Purpose: walks the blocks that its mutator claimed, hole by hole, in pieces that stay in the
// cache between hand-out and use. It looks one hole ahead, so that memory on the way from the last
// cycle's cold holes arrives while the hole before is filled.
//
// What it hands out and what it passes over because it is too small goes on the heap's account,
// once.
//
// Invariant: the metadata of a hole is zero when it is handed out (the block was swept), and no
// other thread writes the hole's memory or metadata until the block is swept again, which happens
// only after `forget`.
//
// Ownership: one mutator; the collector may call `forget` while it holds that mutator stopped.
#pragma once

#include <atomic>
#include <cstddef>
#include <optional>

#include "core/heap/block_space.hpp"
#include "core/heap/heap_account.hpp"

namespace tricolour {

class HoleAllocator {
 public:
  /// `piece_bytes`: the longest hole handed out at once, which may change. `large_holes`: blocks
  /// with a hole for any object but a large one.
  HoleAllocator(BlockSpace& blocks, SideMetadata metadata, HeapAccount& account,
                const std::atomic<std::size_t>& piece_bytes, bool large_holes)
      : blocks_(blocks),
        metadata_(metadata),
        account_(account),
        piece_bytes_(piece_bytes),
        large_holes_(large_holes),
        epoch_(blocks.epoch()) {}

  /// A hole of at least `bytes` (at most `large_object_bytes`) and at least `least_hole_bytes`;
  /// nothing when no block has one. Passes over a bounded number of blocks without such a hole as
  /// long as there are free ones. `mutator`: to whom the sweeping on the way is charged; may be
  /// null.
  std::optional<Hole> next(std::size_t bytes, MutatorContext* mutator = nullptr);
  /// The same in the block that `claim_at_hand` finds; nothing when it has no such hole.
  std::optional<Hole> next_at_hand(std::size_t bytes, MutatorContext* mutator);
  /// The same within the present block: no claim and no sweeping.
  std::optional<Hole> next_in_block(std::size_t bytes);
  /// Forgets the block, and comes to the present epoch.
  void forget();
  /// The same; others may use all that is free in the block, the rest of the hole that was handed
  /// out last included.
  void give_back();
  /// An object of a hole is published as it is made.
  std::size_t pending_bytes() const { return 0; }

 private:
  /// Blocks whose holes are too small, before a free one is taken: together some 30 us.
  static constexpr unsigned most_passed_blocks = 16;

  /// How far a search for blocks has come decides which it would have first.
  ClaimOrder order(unsigned passed) const;
  /// A block that was claimed.
  void begin_block(std::size_t block);
  /// The next hole or piece of one, empty at the block's end; what is shorter than
  /// `least_hole_bytes` is wasted.
  Hole find();
  /// Of the present block.
  std::size_t free_bytes_before(const std::byte* end) const;
  /// Puts `bytes` on the account with what was passed over.
  void count(std::size_t bytes);
  /// Of the hole at `begin`, up to a piece or `most` bytes, whichever is longer.
  std::size_t hole_length(const std::byte* begin, std::size_t most) const;
  /// Fetches the begin of the hole ahead.
  void prefetch() const;

  BlockSpace& blocks_;
  SideMetadata metadata_;
  HeapAccount& account_;
  const std::atomic<std::size_t>& piece_bytes_;  // relaxed: a mere bound
  bool large_holes_;
  Epoch epoch_;                    ///< in which it claims, and of whose period what it hands out is
  Hole ahead_;                     ///< found and not handed out
  std::byte* position_ = nullptr;  ///< behind it
  std::byte* block_end_ = nullptr;
  std::size_t passed_over_bytes_ = 0;  ///< and not yet on the account
};

}  // namespace tricolour
