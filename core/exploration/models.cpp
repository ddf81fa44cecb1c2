#include "core/exploration/models.hpp"

namespace tricolour::exploration {

template class ModelMarking<HeapMemory<SequentialMemory>>;
template class ModelCollector<HeapMemory<SequentialMemory>>;
template class ModelMarking<HeapMemory<StoreBufferMemory>>;
template class ModelCollector<HeapMemory<StoreBufferMemory>>;
template class ModelMarking<HeapMemory<ReleaseAcquireMemory>>;
template class ModelCollector<HeapMemory<ReleaseAcquireMemory>>;

}  // namespace tricolour::exploration
