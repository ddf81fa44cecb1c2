#include "harness/run/memory_need.hpp"

#include "harness/run/execution.hpp"

namespace tricolour {

MemoryNeed memory_need(const RunPlan& plan) {
  const CollectorOptions& collection = plan.tuned.collector;
  return {.heap = CollectedHeap::footprint(heap_options(plan), *plan.instance->barrier),
          .threads = plan.mutators + collection.marking.stopped_threads +
                     collection.marking.concurrent_threads + collection.sweep_threads};
}

std::size_t largest_heap(RunPlan plan, const MemoryRoom& room) {
  const auto fits = [&](std::size_t blocks) {
    plan.tuned.heap.bytes = blocks * block_bytes;
    return memory_need(plan).bytes() <= room.free_bytes;
  };
  std::size_t most = 0;
  for (std::size_t beyond = room.free_bytes / block_bytes + 1; beyond - most > 1;) {
    const std::size_t middle = most + (beyond - most) / 2;
    (fits(middle) ? most : beyond) = middle;
  }
  return most * block_bytes;
}

}  // namespace tricolour
