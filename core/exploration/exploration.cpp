#include "core/exploration/exploration.hpp"

#include <chrono>

#include "core/exploration/explain.hpp"

namespace tricolour::exploration {

template <class Memory>
Report explore_heap(const ModelBarrier<Memory>& barrier, const Request& request,
                    const Protocol& protocol) {
  using Model = HeapModel<Memory>;
  const auto begin = std::chrono::steady_clock::now();
  const Model model(barrier, request.bounds, protocol);
  Report report;
  report.coverage = Search<Model>(model, request.most_states, request.progress).run();
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  if (report.coverage.violated) report.trace = explain(model, report.coverage.path);
  return report;
}

template Report explore_heap(const ModelBarrier<HeapMemory<SequentialMemory>>&, const Request&,
                             const Protocol&);
template Report explore_heap(const ModelBarrier<HeapMemory<StoreBufferMemory>>&, const Request&,
                             const Protocol&);
template Report explore_heap(const ModelBarrier<HeapMemory<ReleaseAcquireMemory>>&, const Request&,
                             const Protocol&);

}  // namespace tricolour::exploration
