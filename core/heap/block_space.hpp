// Blocks: the heap range in pieces of 64 KiB, and who may use each.
//
// Purpose: mutators take blocks from lists, by how much room the last sweep left in them, and
// allocate into their holes; no thread walks the heap to find room. The large-object space takes
// runs of free blocks from the top.
//
//   state      meaning                                          left by
//   free       no object                                        claim -> in_use or large
//   holes      swept, survivors and room                        claim -> in_use
//   full       swept, no hole that a mutator would take         open_sweep -> unswept
//   in_use     a mutator allocates here, or has                 open_sweep -> unswept
//   unswept    holds objects that the last cycle left white     claim_for_sweep -> sweeping
//   sweeping   one thread clears dead bytes                     -> free, holes, full or in_use
//   large      belongs to the large-object space                release -> free
//
// `unswept` is stored nowhere: a block's word says in which epoch it was swept or claimed, and a
// sweep begins by a new epoch. So to begin one is no work per block.
//
// Mutators need not be stopped for it. `turn_to_sweep` makes a new epoch; each mutator comes to it
// when it retires its holes, and claims blocks of that epoch only from then on: free ones, because
// nothing is swept yet. When all have come, no mutator holds a block of an older epoch, and
// `open_sweep` lets them be swept. Between the two a block of the old epoch that is on a list is
// only for mutators that have not come.
//
// Lists: free blocks, and blocks with holes, by how much of them is free: the way to a hole is long
// where there is little. Those with a large hole have a list of their own: objects of some KiB fit
// there, and they may become free if they are not filled first. A free block is on its list exactly
// while its word says free, and belongs to the thread that takes it out. Of a block with holes the
// list is a hint: the exchange of its word decides, because the block may be swept anew since. A
// swept block is put on its list before the count of unswept ones falls.
//
// Invariant: a block's metadata is written in bulk only by the thread that moved it to `sweeping`;
// no cycle begins before no block is unswept or sweeping. So sweeping never runs beside marking,
// and plain vector code is enough. A block is `full` only if its free bytes are fewer than
// `least_hole_bytes`.
//
// Ownership: words_: any thread, by compare-exchange. turn_to_sweep, open_sweep: the holder of
// World::Exclusive.
//
// Memory ordering: a claim acquires, the word stored at the end of a sweep or a release publishes
// the cleared bytes; partners of each other, also through the lists. opened_ is released by
// open_sweep behind live_state_ and the count; the cursor, released behind it, is acquired by who
// takes blocks from it, so that none is passed over as not to be swept. Mutators get epoch_ with
// the handshake or the stop in which they come to it.
// Source: recycling partly free blocks is Immix (Blackburn, McKinley 2008); an epoch in place of a
// walk is ZGC's and Go's sweepgen.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>

#include "core/heap/block_set.hpp"
#include "core/heap/epoch.hpp"
#include "core/heap/object_walk.hpp"
#include "core/heap/space.hpp"
#include "core/observe/activity_scope.hpp"

namespace tricolour {

inline constexpr std::size_t block_bytes = 64 * 1024;
inline constexpr std::size_t block_granules = block_bytes / granule_bytes;
/// The shortest hole that is worth handing out.
inline constexpr std::size_t least_hole_bytes = 128;

enum class BlockState : std::uint8_t { free, holes, full, in_use, unswept, sweeping, large };

/// Which blocks a mutator would have first.
enum class ClaimOrder : std::uint8_t {
  holes_first,  ///< those with much room in small holes, then less, then with a large hole, then
                ///< free ones, then with little room
  free_first,   ///< free ones, then as above: the holes seen so far were too small
  large_hole,   ///< only those with a hole for any object but a large one, and free ones
};

/// Of a block with holes: which list it is on. By the part of it that is free, at least; or it has
/// a hole for any object but a large one.
enum class Room : std::uint8_t { little, sixteenth, eighth, quarter, half, large_hole };
inline constexpr std::size_t rooms = 6;

class HoleAllocator;

class BlockSpace {
 public:
  using Allocator = HoleAllocator;

  BlockSpace(std::byte* base, std::size_t blocks, SideMetadata metadata);
  /// Its memory may be mapped again for something else.
  ~BlockSpace();

  std::size_t block_count() const { return blocks_; }
  std::byte* block_begin(std::size_t block) const { return base_ + block * block_bytes; }
  std::size_t block_of(const void* address) const {
    return static_cast<std::size_t>(static_cast<const std::byte*>(address) - base_) / block_bytes;
  }
  BlockState state(std::size_t block) const;

  /// The epoch to which a mutator comes that retires its holes now. Any thread.
  Epoch epoch() const { return epoch_.load(std::memory_order_acquire); }

  /// A block to allocate in, swept and now the caller's; nothing when the heap has no more. Sweeps
  /// a bounded share where that is due, and more only when there is no other room. `epoch`: to
  /// which the mutator has come. `mutator`: to whom the sweeping is charged; may be null. Any
  /// mutator.
  std::optional<std::size_t> claim(ClaimOrder order, Epoch epoch,
                                   MutatorContext* mutator = nullptr);
  /// The same, of the blocks at hand: the first on the lists of those with room, or else a share of
  /// lazy sweeping. Any mutator.
  std::optional<std::size_t> claim_at_hand(ClaimOrder order, Epoch epoch, MutatorContext* mutator);
  /// Gives back a claimed block that may still have holes.
  void unclaim(std::size_t block);

  /// Claims `count` adjacent free blocks, as high as possible, for large objects; nothing when
  /// there are none. Sweeps nothing.
  std::optional<std::size_t> claim_large(std::size_t count);
  void release_large(std::size_t first, std::size_t count);

  /// Everything swept: who retires its holes from here on comes to a new epoch.
  void turn_to_sweep();
  /// A cycle terminated with `sense`, and every mutator has come to the new epoch: every block of
  /// the former one, but the free and large ones, has to be swept anew.
  void open_sweep(MarkSense sense);
  /// Sweeps `block` if that is due and no other thread does. Any thread.
  void sweep(std::size_t block);
  /// Sweeps the next few blocks that no sweeper has come to; false when there are none left, though
  /// others may not be done. Any thread.
  bool sweep_next();
  /// Sweeps what sweepers that do not run just now have come to and not begun, and waits a moment
  /// for what they have. Any thread.
  void sweep_stragglers();
  /// Until no block is left to sweep and none is being swept; beside mutators or not. Any thread.
  void sweep_all();
  bool swept() const;

  /// Any thread, of what is published.
  Object* object_at(const void* address) const;
  template <std::invocable<Object*> Visit>
  void for_each_object(std::byte* begin, const std::byte* end, Visit visit) const;

  /// World stopped. Of objects: what is free between them is handed out again.
  std::size_t used_bytes() const;
  /// World stopped. Of blocks that are neither free nor large.
  std::size_t footprint() const { return (occupied(0) + occupied(1)) * block_bytes; }
  std::size_t beside_objects_bytes() const { return 0; }
  /// Free bytes in blocks that are full or have little room, as far as the last sweep has come:
  /// what a mutator gets late or never.
  std::size_t scattered_bytes() const { return scattered_bytes_.load(std::memory_order_relaxed); }
  /// World stopped and everything swept: throws InvariantViolated when a block with room is on no
  /// list, one is called full or free and is not, or the count of those in use is wrong.
  void check() const;

  void observe(HeapObserver* observer) { observer_ = observer; }

 private:
  // A word: state, room, epoch. Stored states are never `unswept`.
  using Word = std::uint32_t;
  static constexpr unsigned room_shift = 4, epoch_shift = 8;
  static constexpr Epoch epoch_mask = ~Word{0} >> epoch_shift;
  static Word word(BlockState state, Epoch epoch, Room room = Room::little) {
    return static_cast<Word>(state) | static_cast<Word>(room) << room_shift | epoch << epoch_shift;
  }
  static BlockState stored_state(Word word) { return static_cast<BlockState>(word & 15); }
  static Epoch epoch_of(Word word) { return word >> epoch_shift; }
  static Room room_of(Word word) { return static_cast<Room>(word >> room_shift & 15); }
  BlockSet& list_of(Room room) { return holes_[static_cast<std::size_t>(room)]; }
  const BlockSet& list_of(Room room) const { return holes_[static_cast<std::size_t>(room)]; }
  Epoch opened() const { return opened_.load(std::memory_order_acquire); }
  static bool is_unswept(Word word, Epoch opened);
  std::size_t occupied(Epoch epoch) const {
    return occupied_[epoch % 2].load(std::memory_order_relaxed);
  }
  void count_occupied(Epoch epoch) { occupied_[epoch % 2].fetch_add(1, std::memory_order_relaxed); }

  /// What a sweep made of a block.
  struct Swept {
    BlockState state;
    Room room = Room::little;
    bool has(Room least) const {
      return state == BlockState::free || (state == BlockState::holes && room >= least);
    }
  };
  static Room least_room(ClaimOrder order);
  /// `passes`: as many listed blocks may turn out not to have room.
  std::optional<std::size_t> claim_with_room(
      Room least, Epoch epoch, MutatorContext* mutator,
      std::size_t passes = std::numeric_limits<std::size_t>::max());
  std::optional<std::size_t> claim_free(Epoch epoch);
  std::optional<std::size_t> claim_swept_now(Room least, MutatorContext* mutator);
  bool try_claim_listed(std::size_t block, Room least, Epoch epoch, MutatorContext* mutator);
  bool claim_for_sweep(std::size_t block);
  bool sweep_to_claim(std::size_t block, Room least);
  Swept clear(std::size_t block);
  void publish(std::size_t block, Swept swept);
  void end_sweep_of_one();
  void report_dead(std::size_t block);
  /// Nothing of this space is in the block.
  static bool is_empty(BlockState state) {
    return state == BlockState::free || state == BlockState::large;
  }
  std::size_t object_bytes_of(std::size_t block) const;

  std::byte* base_;
  std::size_t blocks_;
  SideMetadata metadata_;
  std::unique_ptr<std::atomic<Word>[]> words_;
  std::atomic<Epoch> epoch_{0};
  std::atomic<Epoch> opened_{
      0};                      ///< the epoch in which blocks are swept: epoch_, or the one before
  ColourByte live_state_ = 0;  ///< written while nothing is to be swept, read by sweepers
  HeapObserver* observer_ = nullptr;
  BlockSet free_;
  std::array<BlockSet, rooms> holes_;         ///< by Room
  std::atomic<std::size_t> sweep_cursor_{0};  ///< the next block that no sweeper has come to
  /// Neither free nor large, by the parity of their epoch: what the next sweep has to do. Relaxed;
  /// exact for an epoch that no mutator claims in any more.
  std::array<std::atomic<std::size_t>, 2> occupied_{};
  std::atomic<std::size_t> unswept_{
      0};  ///< blocks unswept or sweeping; release by the sweep's end, acquire in `swept`
  std::atomic<std::size_t> scattered_bytes_{0};  ///< an estimate for the pacer: relaxed
};

template <std::invocable<Object*> Visit>
void BlockSpace::for_each_object(std::byte* begin, const std::byte* end, Visit visit) const {
  for (std::byte* at = begin; at < end;) {
    std::byte* const block = block_begin(block_of(at));
    std::byte* const block_end = block + block_bytes;
    if (!is_empty(state(block_of(at)))) {
      if (Object* const across = object_holding(metadata_, block, at); across != nullptr) {
        at = reinterpret_cast<std::byte*>(across) + across->bytes();
        visit(across);
      }
      for_each_start(metadata_, at, std::min<const std::byte*>(end, block_end),
                     [&](Object* object, std::size_t) { visit(object); });
    }
    at = block_end;
  }
}

}  // namespace tricolour
