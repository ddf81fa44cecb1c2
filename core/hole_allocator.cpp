#include "core/hole_allocator.hpp"

#include <algorithm>
#include <utility>

#include "core/errors.hpp"
#include "core/metadata_scan.hpp"

namespace tricolour {
std::optional<Hole> HoleAllocator::next(std::size_t bytes, MutatorContext* mutator) {
  for (;;) {
    if (auto hole = next_in_block(bytes)) return hole;
    const auto block = blocks_.claim(only_free_, mutator);
    if (!block) return std::nullopt;
    position_ = blocks_.block_begin(*block);
    block_end_ = position_ + block_bytes;
  }
}

std::optional<Hole> HoleAllocator::next_in_block(std::size_t bytes) {
  bytes = std::max(bytes, least_hole_bytes);
  if (position_ < block_end_ && blocks_.state(blocks_.block_of(position_)) != BlockState::in_use) {
    throw InvariantViolated("a mutator allocates in a block that it does not hold");
  }
  while (position_ < block_end_) {
    // Relaxed: the header behind it was published to this mutator by the sweep that it did, or by itself.
    const ColourByte byte = metadata_.load_relaxed(reinterpret_cast<Object*>(position_));
    if (byte != 0) {
      const std::size_t field = size_field(byte);
      position_ += (field == size_in_header ? reinterpret_cast<Object*>(position_)->granules() : field) * granule_bytes;
      continue;
    }
    const auto room = static_cast<std::size_t>(block_end_ - position_);
    const std::size_t most = std::min(room, std::max(piece_bytes_, bytes)) / granule_bytes;
    std::size_t length = MetadataScan::zero_run(metadata_.byte_of(position_), most) * granule_bytes;
    if (faulty(Fault::hole_too_long)) length = std::min(room, length + granule_bytes);
    const Hole hole{position_, position_ + length};
    position_ = hole.end;
    if (length >= bytes) return hole;
    wasted_bytes_ += length;
  }
  return std::nullopt;
}

void HoleAllocator::retire(bool gives_back) {
  if (gives_back && position_ < block_end_) blocks_.unclaim(blocks_.block_of(position_));
  position_ = block_end_ = nullptr;
}

std::size_t HoleAllocator::take_wasted_bytes() { return std::exchange(wasted_bytes_, 0); }

}  // namespace tricolour
