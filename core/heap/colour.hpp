// Colours: the side-metadata byte of an object.
//
// Purpose: one byte per granule. The byte of an object's first granule holds 6 bits of size and 2
// bits of state; every other byte of the object is zero, so that zero means "no object starts
// here". Arrays above `most_whole_slots` slots also colour the first granule of each later chunk
// (they live in the large-object space, whose sweep does not search bytes).
//
// Invariant: three marks rotate. In cycle n black is mark n mod 3 and white is mark (n - 1) mod 3;
// the third mark never occurs while cycle n marks, because each sweep completes before the next
// flip: a byte that shows it is a lost sweep, and the oracle reports it. Grey is a state of its
// own; it is used only where a barrier asks what black means (`BlackMeans`).
//
// Ownership: allocation writes a byte before the object is reachable; while marking, the thread
// that wins the exchange on it; sweeping, the thread that claimed the block.
//
// Memory ordering: see `SideMetadata`.
#pragma once

#include <cstddef>
#include <cstdint>

namespace tricolour {

using ColourByte = std::uint8_t;

inline constexpr ColourByte state_mask = 3;
inline constexpr ColourByte grey_state = 3;
inline constexpr unsigned size_shift = 2;
/// Size field value that says "the header holds the size".
inline constexpr std::uint32_t size_in_header = 63;

constexpr ColourByte colour_byte(std::uint32_t granules, ColourByte state) {
  const std::uint32_t field = granules < size_in_header ? granules : size_in_header;
  return static_cast<ColourByte>((field << size_shift) | state);
}
constexpr ColourByte state_of(ColourByte byte) { return byte & state_mask; }
constexpr std::uint32_t size_field(ColourByte byte) { return byte >> size_shift; }
constexpr ColourByte with_state(ColourByte byte, ColourByte state) {
  return static_cast<ColourByte>((byte & ~unsigned{state_mask}) | state);
}

/// Which mark is black and which is white in one cycle.
struct MarkSense {
  ColourByte black = 0;
  constexpr ColourByte white() const { return static_cast<ColourByte>((black + 2) % 3); }
  constexpr MarkSense flipped() const { return {static_cast<ColourByte>((black + 1) % 3)}; }
  friend constexpr bool operator==(MarkSense, MarkSense) = default;
};

}  // namespace tricolour
