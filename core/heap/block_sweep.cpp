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
BlockSurvivors walk(const ColourByte* bytes, const std::byte* begin) {
  BlockSurvivors survivors;
  std::size_t end = 0;  // of the last survivor
  const auto hole_until = [&](std::size_t next) {
    return (next - end) * granule_bytes >= large_object_bytes;
  };
  for (std::size_t i = 0; i < block_granules; ++i) {
    if (bytes[i] == 0) continue;
    survivors.leave_large_hole |= hole_until(i);
    const std::size_t granules =
        reinterpret_cast<const Object*>(begin + i * granule_bytes)->granules();
    survivors.granules += granules;
    end = i + granules;
  }
  survivors.leave_large_hole |= hole_until(block_granules);
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
  if (in_header) return walk(bytes, begin);
  survivors.leave_large_hole = most_empty >= strides_of_large_hole;
  return survivors;
}

}  // namespace tricolour
