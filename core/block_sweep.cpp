#include "core/block_sweep.hpp"

namespace tricolour {
namespace {
constexpr auto least_in_header = static_cast<ColourByte>(size_in_header << size_shift);

/// What objects of 63 granules and more hold beyond the 63 that their bytes say.
std::size_t granules_in_headers(const ColourByte* bytes, const std::byte* begin) {
  std::size_t granules = 0;
  for (std::size_t i = 0; i < block_granules; ++i) {
    if (bytes[i] < least_in_header) continue;
    granules += reinterpret_cast<const Object*>(begin + i * granule_bytes)->granules() - size_in_header;
  }
  return granules;
}
}  // namespace

std::size_t clear_dead(const SideMetadata& metadata, std::byte* begin, ColourByte live) {
  ColourByte* const bytes = metadata.byte_of(begin);
  std::size_t granules = 0;
  unsigned in_header = 0;
  constexpr std::size_t stride = 64;
  for (std::size_t base = 0; base < block_granules; base += stride) {
    unsigned sum = 0;
    ColourByte largest = 0;
    for (std::size_t i = base; i < base + stride; ++i) {
      const auto keep = static_cast<ColourByte>((bytes[i] & state_mask) == live ? 0xff : 0);
      const auto byte = static_cast<ColourByte>(bytes[i] & keep);
      bytes[i] = byte;
      sum += byte >> size_shift;
      largest = byte > largest ? byte : largest;
    }
    granules += sum;
    in_header += largest >= least_in_header;
  }
  return in_header == 0 ? granules : granules + granules_in_headers(bytes, begin);
}

}  // namespace tricolour
