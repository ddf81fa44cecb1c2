// The models of memory that heaps are explored under.
#pragma once

#include "core/exploration/model_state.hpp"
#include "core/exploration/release_acquire_memory.hpp"
#include "core/exploration/sequential_memory.hpp"
#include "core/exploration/store_buffer_memory.hpp"

namespace tricolour::exploration {

template <template <class, unsigned, unsigned> class MemoryModel>
using HeapMemory = MemoryModel<std::uint8_t, most_locations, most_threads>;

}  // namespace tricolour::exploration
