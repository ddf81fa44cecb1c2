// Sweeping one block: the bytes of dead objects are cleared, at vector speed.
//
// Invariant: the caller alone writes the block's metadata meanwhile, so plain accesses are enough.
#pragma once

#include <cstddef>

#include "core/block_space.hpp"

namespace tricolour {

/// Clears every byte in the metadata of the block at `begin` whose state is not `live`. Returns the granules that survivors hold.
std::size_t clear_dead(const SideMetadata& metadata, std::byte* begin, ColourByte live);

}  // namespace tricolour
