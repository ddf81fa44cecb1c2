#include "core/heap/block_sweep.hpp"

#include <algorithm>

#include "core/heap/large_object_space.hpp"

namespace tricolour {
namespace {
constexpr auto least_in_header = static_cast<ColourByte>(size_in_header << size_shift);
constexpr std::size_t stride = 64;
static_assert(size_in_header <= stride);
/// Strides without a start that hold a hole for any object but a large one.
constexpr std::size_t strides_of_large_hole = large_object_bytes / granule_bytes / stride + 1;

/// Of a block in which objects are too long for their bytes to say: from object to object.
BlockSurvivors walk(const SideMetadata& metadata, std::byte* begin) {
  BlockSurvivors survivors;
  const std::byte* hole = begin;
  const auto hole_until = [&hole](const std::byte* next) {
    return static_cast<std::size_t>(next - hole) >= large_object_bytes;
  };
  for_each_start(metadata, begin, begin + block_bytes, [&](Object* object, std::size_t bytes) {
    const auto* const start = reinterpret_cast<const std::byte*>(object);
    survivors.leave_large_hole |= hole_until(start);
    survivors.granules += bytes >> granule_shift;
    hole = start + bytes;
  });
  survivors.leave_large_hole |= hole_until(begin + block_bytes);
  return survivors;
}
}  // namespace

BlockSurvivors clear_dead(const SideMetadata& metadata, std::byte* begin, ColourByte live) {
  ColourByte* const bytes = metadata.byte_of(begin);
  BlockSurvivors survivors;
  bool in_header = false;
  std::size_t empty = 0;  // strides in a row
  std::size_t most_empty = 0;
  for (std::size_t base = 0; base < block_granules; base += stride) {
    unsigned sum = 0;
    ColourByte largest = 0;
    for (std::size_t i = base; i < base + stride; ++i) {
      const auto keep = static_cast<ColourByte>((bytes[i] & state_mask) == live ? 0xff : 0);
      const auto byte = static_cast<ColourByte>(bytes[i] & keep);
      bytes[i] = byte;
      sum += byte >> size_shift;
      largest = byte > largest
                    ? byte
                    : largest;  // not std::max: its references keep the loop from vectors
    }
    survivors.granules += sum;
    in_header |= largest >= least_in_header;
    empty = largest == 0 ? empty + 1 : 0;
    most_empty = std::max(most_empty, empty);
  }
  if (in_header) return walk(metadata, begin);
  survivors.leave_large_hole = most_empty >= strides_of_large_hole;
  return survivors;
}

}  // namespace tricolour
