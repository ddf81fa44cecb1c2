// The models of memory, and what is compiled once for each.
#pragma once

#include "core/exploration/model_collector.hpp"
#include "core/exploration/model_symmetry.hpp"
#include "core/exploration/release_acquire_memory.hpp"
#include "core/exploration/sequential_memory.hpp"
#include "core/exploration/store_buffer_memory.hpp"

namespace tricolour::exploration {

template <template <class, unsigned, unsigned> class MemoryModel>
using HeapMemory = MemoryModel<std::uint8_t, most_locations, most_threads>;

extern template class ModelMarking<HeapMemory<SequentialMemory>>;
extern template class ModelCollector<HeapMemory<SequentialMemory>>;
extern template class ModelMarking<HeapMemory<StoreBufferMemory>>;
extern template class ModelCollector<HeapMemory<StoreBufferMemory>>;
extern template class ModelMarking<HeapMemory<ReleaseAcquireMemory>>;
extern template class ModelCollector<HeapMemory<ReleaseAcquireMemory>>;

}  // namespace tricolour::exploration
