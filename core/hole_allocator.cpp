#include "core/hole_allocator.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

namespace tricolour {
namespace {
/// Index of the first non-zero byte of [begin, begin + count), or count. `begin` need not be aligned; 8 bytes a step.
std::size_t zero_run(const ColourByte* begin, std::size_t count) {
  std::size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    std::uint64_t word;
    std::memcpy(&word, begin + i, 8);
    if (word != 0) {
      const int zero_bits = std::endian::native == std::endian::little ? std::countr_zero(word) : std::countl_zero(word);
      return i + static_cast<std::size_t>(zero_bits) / 8;
    }
  }
  while (i < count && begin[i] == 0) ++i;
  return i;
}
}  // namespace

std::optional<Hole> HoleAllocator::next(std::size_t bytes) {
  for (;;) {
    if (auto hole = next_in_block(std::max(bytes, least_hole_bytes))) return hole;
    const auto block = blocks_.claim(only_free_);
    if (!block) return std::nullopt;
    position_ = blocks_.block_begin(*block);
    block_end_ = position_ + block_bytes;
  }
}

std::optional<Hole> HoleAllocator::next_in_block(std::size_t bytes) {
  while (position_ < block_end_) {
    const ColourByte* const byte = metadata_.byte_of(position_);
    if (*byte != 0) {
      const std::size_t field = size_field(*byte);
      position_ += (field == size_in_header ? reinterpret_cast<Object*>(position_)->granules() : field) * granule_bytes;
      continue;
    }
    const auto room = static_cast<std::size_t>(block_end_ - position_);
    const std::size_t length = zero_run(byte, std::min(room, std::max(piece_bytes_, bytes)) / granule_bytes) * granule_bytes;
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
