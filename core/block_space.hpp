// Blocks: the heap range in pieces of 64 KiB, and who may use each.
//
// Purpose: mutators claim blocks in address order and allocate into the holes that the last sweep left; the large-object space
// claims runs of free blocks from the top.
//
//   state      meaning                                        left by
//   free       swept, no object                               claim -> in_use or large
//   swept      swept, has survivors                           claim -> in_use
//   in_use     a mutator allocates here, or has               begin_sweep -> unswept
//   unswept    holds objects that the last cycle left white   claim_for_sweep -> sweeping
//   sweeping   one thread clears dead bytes                   -> free, swept or in_use
//   large      belongs to the large-object space              release -> free
//
// Invariant: a block's metadata is written in bulk only by the thread that moved it to `sweeping`; no cycle begins before no block is
// unswept or sweeping. So sweeping never runs beside marking, and plain vector code is enough.
//
// Ownership: state_: any thread, by compare-exchange. begin_sweep: the collector, world stopped.
//
// Memory ordering: a claim acquires, the state stored at the end of a sweep or a release publishes the cleared bytes; partners of
// each other. The cursor only spreads claimers out: relaxed.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>

#include "core/activity_scope.hpp"
#include "core/heap_observer.hpp"
#include "core/metadata.hpp"

namespace tricolour {

inline constexpr std::size_t block_bytes = 64 * 1024;
inline constexpr std::size_t block_granules = block_bytes / granule_bytes;

enum class BlockState : std::uint8_t { free, swept, in_use, unswept, sweeping, large };

class BlockSpace {
 public:
  BlockSpace(std::byte* base, std::size_t blocks, SideMetadata metadata);

  std::size_t block_count() const { return blocks_; }
  std::byte* block_begin(std::size_t block) const { return base_ + block * block_bytes; }
  std::size_t block_of(const void* address) const {
    return static_cast<std::size_t>(static_cast<const std::byte*>(address) - base_) / block_bytes;
  }
  BlockState state(std::size_t block) const { return states_[block].load(std::memory_order_acquire); }

  /// The next block to allocate in, swept and now the caller's; nothing when the heap has no more. `only_free`: a block without
  /// survivors. `mutator`: to whom the sweeping on the way is charged; may be null. Any mutator.
  std::optional<std::size_t> claim(bool only_free, MutatorContext* mutator = nullptr);
  /// Gives back a claimed block that may still have holes.
  void unclaim(std::size_t block);

  /// Claims `count` adjacent free blocks, as high as possible, for large objects; nothing when there are none. One caller at a time.
  std::optional<std::size_t> claim_large(std::size_t count);
  void release_large(std::size_t first, std::size_t count);

  /// World stopped, a cycle terminated with `sense`: every block but the free and large ones has to be swept.
  void begin_sweep(MarkSense sense);
  /// Sweeps `block` if nobody has; returns the bytes of its survivors, 0 when there was nothing to do. Any thread.
  std::size_t sweep(std::size_t block);
  /// No block is left to sweep and none is being swept.
  bool swept() const;

  void observe(HeapObserver* observer) { observer_ = observer; }

 private:
  bool try_claim(std::size_t block, bool only_free, MutatorContext* mutator);
  bool claim_for_sweep(std::size_t block);
  BlockState sweep_claimed(std::size_t block, std::size_t& survivor_bytes);
  void report_dead(std::size_t block);

  std::byte* base_;
  std::size_t blocks_;
  SideMetadata metadata_;
  std::unique_ptr<std::atomic<BlockState>[]> states_;
  ColourByte live_state_ = 0;  ///< written world stopped, read by sweepers
  HeapObserver* observer_ = nullptr;
  std::atomic<std::size_t> cursor_{0};
  std::atomic<std::size_t> unswept_{0};  ///< blocks unswept or sweeping; release by the sweep's end, acquire in `swept`
  std::atomic<bool> passed_over_{false}; ///< a block behind the cursor may have become claimable: one more pass is worth it
};

}  // namespace tricolour
