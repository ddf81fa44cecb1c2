// A heap in a program of your own: a long list under the concurrent collector and Yuasa's barrier.
#include <iostream>

#include "barriers/yuasa.hpp"
#include "collectors/collected_heap.hpp"
#include "core/mutator/mutator.hpp"

int main() {
  using namespace tricolour;
  CollectedHeap heap({.heap = {.bytes = std::size_t{32} << 20}, .collector = "concurrent"},
                     Yuasa::traits);
  {
    Mutator<Yuasa> m(heap);
    Root list{m};  // a rooted handle: what it refers to stays
    for (long i = 0; i < 2'000'000; ++i) {
      if (i % 100'000 == 0) list = nullptr;              // the list so far is garbage
      Object* const node = m.allocate(1, sizeof(long));  // one reference, one number; may collect
      *node->payload<long>() = i;
      m.store(node, 0, list);
      list = node;
    }
    heap.collect(m);
  }
  heap.stop();
  const CollectorStatistics statistics = heap.collector().statistics();
  std::cout << statistics.cycles << " cycles, " << statistics.live_bytes << " bytes live, "
            << statistics.stalls << " stalls\n";
}
