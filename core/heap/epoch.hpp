// Epochs: a number for each sweep of a heap, in the order of their begins.
//
// A mutator allocates in one epoch at a time and comes to the next when it retires its holes; the
// next sweep is of what was allocated in it or before.
#pragma once

#include <cstdint>

namespace tricolour {

using Epoch = std::uint32_t;

}  // namespace tricolour
