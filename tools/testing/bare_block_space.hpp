// A block space without a heap around it, for unit tests, and what a mutator in the present epoch
// and a stop would ask of one.
#pragma once

#include "core/heap/block_space.hpp"
#include "core/heap/reservation.hpp"

namespace tricolour {

template <std::size_t block_count>
struct BareBlockSpace {
  static constexpr std::size_t blocks = block_count;
  Reservation memory{blocks * block_bytes, block_bytes};
  Reservation bytes{blocks * block_granules, 4096};
  SideMetadata metadata{reinterpret_cast<ColourByte*>(bytes.begin()), memory.begin()};
  BlockSpace space{memory.begin(), blocks, metadata};
};

inline std::optional<std::size_t> claim(BlockSpace& space,
                                        ClaimOrder order = ClaimOrder::holes_first) {
  return space.claim(order, space.epoch());
}
inline std::optional<std::size_t> claim_at_hand(BlockSpace& space, ClaimOrder order) {
  return space.claim_at_hand(order, space.epoch(), nullptr);
}
inline void begin_sweep(BlockSpace& space, MarkSense sense) {
  space.turn_to_sweep();
  space.open_sweep(sense);
}

}  // namespace tricolour
