// Sweeping one block: the bytes of dead objects are cleared, at vector speed, and what they leave
// is looked at on the way.
//
// A hole is found for certain without a walk from object to object: an object whose size its byte
// says is shorter than a stride of bytes, so of several strides in a row without a start at most
// the first is part of an object.
//
// Invariant: the caller alone writes the block's metadata meanwhile, so plain accesses are enough.
#pragma once

#include <cstddef>

#include "core/heap/block_space.hpp"

namespace tricolour {

struct BlockSurvivors {
  std::size_t granules = 0;       ///< that they hold
  bool leave_large_hole = false;  ///< between them is a hole that holds any object but a large one
};

/// Clears every byte in the metadata of the block at `begin` whose state is not `live`.
BlockSurvivors clear_dead(const SideMetadata& metadata, std::byte* begin, ColourByte live);

}  // namespace tricolour
