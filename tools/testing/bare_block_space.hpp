// A block space without a heap around it, for unit tests.
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

}  // namespace tricolour
