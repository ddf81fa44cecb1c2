#include "core/heap/hole_allocator.hpp"

#include <algorithm>
#include <utility>

#include "core/errors.hpp"

namespace tricolour {

std::optional<Hole> HoleAllocator::next(std::size_t bytes, MutatorContext* mutator) {
  for (unsigned passed = 0;; ++passed) {
    if (auto hole = next_in_block(bytes)) return hole;
    const auto block = blocks_.claim(order(passed), epoch_, mutator);
    if (!block) {
      count(0);
      return std::nullopt;
    }
    begin_block(*block);
  }
}

std::optional<Hole> HoleAllocator::next_at_hand(std::size_t bytes, MutatorContext* mutator) {
  const auto block = blocks_.claim_at_hand(order(0), epoch_, mutator);
  if (!block) return std::nullopt;
  begin_block(*block);
  return next_in_block(bytes);
}

ClaimOrder HoleAllocator::order(unsigned passed) const {
  if (large_holes_) return ClaimOrder::large_hole;
  return passed < most_passed_blocks ? ClaimOrder::holes_first : ClaimOrder::free_first;
}

void HoleAllocator::begin_block(std::size_t block) {
  position_ = blocks_.block_begin(block);
  block_end_ = position_ + block_bytes;
  ahead_ = find();
}

std::optional<Hole> HoleAllocator::next_in_block(std::size_t bytes) {
  bytes = std::max(bytes, least_hole_bytes);
  if (ahead_.begin != nullptr &&
      blocks_.state(blocks_.block_of(ahead_.begin)) != BlockState::in_use) {
    throw InvariantViolated("a mutator allocates in a block that it does not hold");
  }
  while (ahead_.begin != nullptr) {
    Hole hole = ahead_;
    // A long hole comes in pieces; one that is asked for a longer object is joined with what is
    // behind it.
    if (hole.bytes() < bytes && hole.end == position_)
      hole.end = position_ = hole.begin + hole_length(hole.begin, bytes);
    ahead_ = find();
    prefetch();
    if (hole.bytes() >= bytes) {
      count(hole.bytes());
      return hole;
    }
    passed_over_bytes_ += hole.bytes();
  }
  return std::nullopt;
}

void HoleAllocator::count(std::size_t bytes) {
  account_.hand_out(epoch_, bytes + std::exchange(passed_over_bytes_, 0));
}

std::size_t HoleAllocator::hole_length(const std::byte* begin, std::size_t most) const {
  const auto room = static_cast<std::size_t>(block_end_ - begin);
  const std::size_t granules =
      std::min(room, std::max(piece_bytes_.load(std::memory_order_relaxed), most)) / granule_bytes;
  const std::size_t length =
      MetadataScan::zero_run(metadata_.byte_of(begin), granules) * granule_bytes;
  return faulty(Fault::hole_too_long) ? std::min(room, length + granule_bytes) : length;
}

Hole HoleAllocator::find() {
  while (position_ < block_end_) {
    // Relaxed: the header behind it was published to this mutator by the sweep that it did, or by
    // itself.
    const ColourByte byte = metadata_.load_relaxed(reinterpret_cast<Object*>(position_));
    if (byte != 0) {
      position_ += object_bytes(position_, byte);
      continue;
    }
    const Hole hole{position_, position_ + hole_length(position_, least_hole_bytes)};
    position_ = hole.end;
    if (hole.bytes() >= least_hole_bytes) return hole;
    passed_over_bytes_ += hole.bytes();
  }
  return {};
}

void HoleAllocator::prefetch() const {
  constexpr std::size_t fetched_bytes = 320;
  constexpr std::size_t line_bytes = 64;
  for (std::size_t offset = 0; offset < std::min(fetched_bytes, ahead_.bytes());
       offset += line_bytes)
    __builtin_prefetch(ahead_.begin + offset, 1);
}

void HoleAllocator::forget() {
  ahead_ = {};
  position_ = block_end_ = nullptr;
  passed_over_bytes_ = 0;
  epoch_ = blocks_.epoch();
}

void HoleAllocator::give_back() {
  if (block_end_ == nullptr) return;
  count(0);
  const std::byte* const counted = ahead_.begin != nullptr ? ahead_.begin : block_end_;
  const std::size_t free = free_bytes_before(counted);
  if (counted != block_end_ || free >= least_hole_bytes) {
    // The next to claim the block counts all its free pieces.
    account_.take_back(epoch_, free);
    blocks_.unclaim(blocks_.block_of(block_end_ - block_bytes));
  }
  forget();
}

std::size_t HoleAllocator::free_bytes_before(const std::byte* end) const {
  std::byte* const begin = block_end_ - block_bytes;
  auto bytes = static_cast<std::size_t>(end - begin);
  for_each_start(metadata_, begin, end, [&bytes](Object*, std::size_t taken) { bytes -= taken; });
  return bytes;
}

}  // namespace tricolour
