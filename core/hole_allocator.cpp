#include "core/hole_allocator.hpp"

#include <algorithm>
#include <utility>

#include "core/errors.hpp"
#include "core/metadata_scan.hpp"

namespace tricolour {
std::optional<Hole> HoleAllocator::next(std::size_t bytes, MutatorContext* mutator) {
  for (unsigned passed = 0;; ++passed) {
    if (auto hole = next_in_block(bytes)) return hole;
    const bool holes_first = passed < most_passed_blocks;
    const ClaimOrder order = only_free_ ? ClaimOrder::free_only : holes_first ? ClaimOrder::holes_first : ClaimOrder::free_first;
    const auto block = blocks_.claim(order, mutator);
    if (!block) return std::nullopt;
    position_ = blocks_.block_begin(*block);
    block_end_ = position_ + block_bytes;
    passed_over_bytes_ = 0;
    ahead_ = find();
  }
}

std::optional<Hole> HoleAllocator::next_in_block(std::size_t bytes) {
  bytes = std::max(bytes, least_hole_bytes);
  if (ahead_.begin != nullptr && blocks_.state(blocks_.block_of(ahead_.begin)) != BlockState::in_use) {
    throw InvariantViolated("a mutator allocates in a block that it does not hold");
  }
  while (ahead_.begin != nullptr) {
    Hole hole = ahead_;
    // A long hole comes in pieces; one that is asked for a longer object is joined with what is behind it.
    if (hole.bytes() < bytes && hole.end == position_) hole.end = position_ = hole.begin + hole_length(hole.begin, bytes);
    ahead_ = find();
    prefetch();
    if (hole.bytes() >= bytes) return hole;
    pass_over(hole);
  }
  return std::nullopt;
}

void HoleAllocator::pass_over(Hole hole) {
  wasted_bytes_ += hole.bytes();
  passed_over_bytes_ += hole.bytes();
}

std::size_t HoleAllocator::hole_length(const std::byte* begin, std::size_t most) const {
  const auto room = static_cast<std::size_t>(block_end_ - begin);
  const std::size_t granules = std::min(room, std::max(piece_bytes_.load(std::memory_order_relaxed), most)) / granule_bytes;
  const std::size_t length = MetadataScan::zero_run(metadata_.byte_of(begin), granules) * granule_bytes;
  return faulty(Fault::hole_too_long) ? std::min(room, length + granule_bytes) : length;
}

Hole HoleAllocator::find() {
  while (position_ < block_end_) {
    // Relaxed: the header behind it was published to this mutator by the sweep that it did, or by itself.
    const ColourByte byte = metadata_.load_relaxed(reinterpret_cast<Object*>(position_));
    if (byte != 0) {
      const std::size_t field = size_field(byte);
      position_ += (field == size_in_header ? reinterpret_cast<Object*>(position_)->granules() : field) * granule_bytes;
      continue;
    }
    const Hole hole{position_, position_ + hole_length(position_, least_hole_bytes)};
    position_ = hole.end;
    if (hole.bytes() >= least_hole_bytes) return hole;
    pass_over(hole);
  }
  return {};
}

void HoleAllocator::prefetch() const {
  constexpr std::size_t fetched_bytes = 320;
  constexpr std::size_t line_bytes = 64;
  for (std::size_t offset = 0; offset < std::min(fetched_bytes, ahead_.bytes()); offset += line_bytes) __builtin_prefetch(ahead_.begin + offset, 1);
}

void HoleAllocator::retire(bool gives_back) {
  if (gives_back && has_room()) blocks_.unclaim(blocks_.block_of(ahead_.begin));
  ahead_ = {};
  position_ = block_end_ = nullptr;
}

std::size_t HoleAllocator::take_wasted_bytes() { return std::exchange(wasted_bytes_, 0); }

}  // namespace tricolour
