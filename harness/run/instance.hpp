// An instance: one workload under one barrier, behind plain function pointers.
//
// Purpose: the one place where the run-time choice of workload and barrier becomes a template
// instantiation. CMake generates a translation unit per barrier that calls `make_instance` for each
// workload, and a registry of them all; the pointers are called once per mutator thread, so that no
// dispatch is left on any store.
//
// Ownership: instances are constants.
#pragma once

#include <functional>

#include "core/mutator/context_of.hpp"
#include "workloads/workload.hpp"

namespace tricolour {

struct Instance {
  const BarrierTraits* barrier;
  WorkloadInfo (*info)();
  std::size_t (*live_bytes)(const Parameters&);
  /// Makes a mutator of this barrier on the calling thread, for as long as `body` runs. The other
  /// pointers take no other mutator.
  void (*with_mutator)(Heap&, const std::function<void(MutatorContext&)>& body);
  void (*setup)(MutatorContext&, WorkloadRun&);
  void (*run)(MutatorContext&, WorkloadRun&);
};

template <class Workload, Barrier B>
Instance make_instance() {
  return {
      .barrier = &B::traits,
      .info = &Workload::info,
      .live_bytes = &Workload::live_bytes,
      .with_mutator =
          [](Heap& heap, const std::function<void(MutatorContext&)>& body) {
            Mutator<B> mutator(heap);
            body(context_of(mutator));
          },
      .setup =
          [](MutatorContext& context, WorkloadRun& run) {
            Mutator<B>& mutator = mutator_of<B>(context);
            if constexpr (requires { Workload::template setup<B>(mutator, run); })
              Workload::template setup<B>(mutator, run);
          },
      .run =
          [](MutatorContext& context, WorkloadRun& run) {
            Mutator<B>& mutator = mutator_of<B>(context);
            Workload::template run<B>(mutator, run);
          },
  };
}

}  // namespace tricolour
