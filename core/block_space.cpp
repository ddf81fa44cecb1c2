#include "core/block_space.hpp"

#include <algorithm>

#include "core/errors.hpp"
#include "core/poison.hpp"

namespace tricolour {

BlockSpace::BlockSpace(std::byte* base, std::size_t blocks, SideMetadata metadata)
    : base_(base), blocks_(blocks), metadata_(metadata), states_(new std::atomic<BlockState>[blocks]) {
  for (std::size_t i = 0; i < blocks; ++i) states_[i].store(BlockState::free, std::memory_order_relaxed);
  poison(base, blocks * block_bytes);
}

bool BlockSpace::try_claim(std::size_t block, bool only_free, MutatorContext* mutator) {
  BlockState seen = state(block);
  if (seen == BlockState::unswept) {
    const ActivityScope scope(mutator, Activity::lazy_sweeping);
    sweep(block);
    seen = state(block);
  }
  while (seen == BlockState::free || (seen == BlockState::swept && !only_free)) {
    if (states_[block].compare_exchange_weak(seen, BlockState::in_use, std::memory_order_acq_rel, std::memory_order_acquire)) {
      return true;
    }
  }
  // Somebody else's for the moment, or wanted by a later request: worth another look.
  if (seen == BlockState::sweeping || seen == BlockState::swept) passed_over_.store(true, std::memory_order_relaxed);
  return false;
}

std::optional<std::size_t> BlockSpace::claim(bool only_free, MutatorContext* mutator) {
  if (only_free) {
    for (std::size_t block = cursor_.load(std::memory_order_relaxed); block < blocks_; ++block) {
      if (try_claim(block, true, mutator)) return block;
    }
    return std::nullopt;
  }
  for (;;) {
    while (cursor_.load(std::memory_order_relaxed) < blocks_) {
      const std::size_t block = cursor_.fetch_add(1, std::memory_order_relaxed);
      if (block < blocks_ && try_claim(block, false, mutator)) return block;
    }
    if (!passed_over_.exchange(false, std::memory_order_relaxed)) return std::nullopt;
    cursor_.store(0, std::memory_order_relaxed);
  }
}

void BlockSpace::unclaim(std::size_t block) {
  states_[block].store(BlockState::swept, std::memory_order_release);
  passed_over_.store(true, std::memory_order_relaxed);
}

std::optional<std::size_t> BlockSpace::claim_large(std::size_t count) {
  std::size_t run = 0;
  for (std::size_t block = blocks_; block-- > 0;) {
    if (state(block) == BlockState::unswept) sweep(block);
    BlockState expected = BlockState::free;
    if (states_[block].compare_exchange_strong(expected, BlockState::large, std::memory_order_acq_rel, std::memory_order_acquire)) {
      if (++run == count) return block;
    } else if (run > 0) {
      release_large(block + 1, run);
      run = 0;
    }
  }
  if (run > 0) release_large(0, run);
  return std::nullopt;
}

void BlockSpace::release_large(std::size_t first, std::size_t count) {
  for (std::size_t block = first; block < first + count; ++block) {
    states_[block].store(BlockState::free, std::memory_order_release);
  }
  passed_over_.store(true, std::memory_order_relaxed);
}

void BlockSpace::begin_sweep(MarkSense sense) {
  live_state_ = sense.black;
  const auto to_sweep = [](BlockState state) { return state == BlockState::in_use || state == BlockState::swept; };
  // Counted before the first block shows as unswept: a collector thread is not stopped, and may sweep a block the moment it does.
  std::size_t unswept = 0;
  for (std::size_t block = 0; block < blocks_; ++block) unswept += to_sweep(state(block));
  unswept_.store(unswept, std::memory_order_relaxed);
  cursor_.store(0, std::memory_order_relaxed);
  passed_over_.store(false, std::memory_order_relaxed);
  for (std::size_t block = 0; block < blocks_; ++block) {
    // Release: live_state_ and the count, to whoever claims the block.
    if (to_sweep(state(block))) states_[block].store(BlockState::unswept, std::memory_order_release);
  }
}

bool BlockSpace::claim_for_sweep(std::size_t block) {
  BlockState expected = state(block);
  if (expected != BlockState::unswept) return false;
  pass_window(Window::between_unswept_and_claim);
  if (faulty(Fault::block_swept_twice)) {
    states_[block].store(BlockState::sweeping, std::memory_order_relaxed);
    return true;
  }
  return states_[block].compare_exchange_strong(expected, BlockState::sweeping, std::memory_order_acq_rel, std::memory_order_acquire);
}

std::size_t BlockSpace::sweep(std::size_t block) {
  if (!claim_for_sweep(block)) return 0;
  std::size_t survivor_bytes = 0;
  const BlockState after = sweep_claimed(block, survivor_bytes);
  pass_window(Window::between_sweep_and_release);
  states_[block].store(after, std::memory_order_release);
  if (unswept_.fetch_sub(1, std::memory_order_release) == 0) throw InvariantViolated("more blocks were swept than the last cycle left");
  return survivor_bytes;
}

bool BlockSpace::swept() const { return unswept_.load(std::memory_order_acquire) == 0; }

namespace {
/// Clears every byte whose state is not `live`; the whole block at vector speed. Returns the survivors' granules, with objects
/// whose size stands in the header counted as `size_in_header`.
std::size_t clear_dead(ColourByte* bytes, ColourByte live) {
  std::size_t granules = 0;
  constexpr std::size_t stride = 64;
  for (std::size_t base = 0; base < block_granules; base += stride) {
    unsigned sum = 0;
    for (std::size_t i = base; i < base + stride; ++i) {
      const auto keep = static_cast<ColourByte>((bytes[i] & state_mask) == live ? 0xff : 0);
      const auto byte = static_cast<ColourByte>(bytes[i] & keep);
      bytes[i] = byte;
      sum += byte >> size_shift;
    }
    granules += sum;
  }
  return granules;
}
}  // namespace

BlockState BlockSpace::sweep_claimed(std::size_t block, std::size_t& survivor_bytes) {
  if (observer_ != nullptr || poisons_free_memory) report_dead(block);
  const std::size_t granules = clear_dead(metadata_.byte_of(block_begin(block)), live_state_);
  survivor_bytes = granules << granule_shift;
  return granules == 0 ? BlockState::free : BlockState::swept;
}

void BlockSpace::report_dead(std::size_t block) {
  std::byte* const begin = block_begin(block);
  ColourByte* const bytes = metadata_.byte_of(begin);
  for (std::size_t i = 0; i < block_granules;) {
    if (bytes[i] == 0) {
      ++i;
      continue;
    }
    auto* object = reinterpret_cast<Object*>(begin + i * granule_bytes);
    const std::size_t size = object->granules();
    if (state_of(bytes[i]) != live_state_) {
      if (observer_ != nullptr) observer_->freed(object, size * granule_bytes);
      poison(object, size * granule_bytes);
    }
    i += size;
  }
}

}  // namespace tricolour
