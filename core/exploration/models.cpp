#include "core/exploration/models.hpp"

namespace tricolour::exploration {

template class ModelCollector<HeapMemory<SequentialMemory>>;
template class ModelCollector<HeapMemory<StoreBufferMemory>>;
template class ModelCollector<HeapMemory<ReleaseAcquireMemory>>;

}  // namespace tricolour::exploration
