// The barrier of a recording run: no barrier, but what a mutator loads and stores is written into a
// trace.
//
// Purpose: recording is an instantiation of its own, so that it costs nothing where it is off.
// Sound where `none` is.
//
// Ownership: the heap's observer is a MutationRecorder; the run is one mutator's.
#pragma once

#include "barriers/none.hpp"
#include "harness/replay/mutation_recorder.hpp"

namespace tricolour {

struct Recording {
  static constexpr BarrierTraits traits = [] {
    BarrierTraits none = None::traits;
    none.guards_loads = true;  // so that loads come by here, and an exchange as a load and a store
    return none;
  }();

  /// With one mutator no exchange is refused that comes this far.
  template <class M, class Write>
  static auto store(M& m, typename M::Reference source, typename M::SlotReference slot,
                    typename M::Reference value, Write write) {
    static_cast<MutationRecorder&>(*m.heap().observer()).stored(source, slot, value);
    return write(std::memory_order_release);
  }
  template <class M>
  static Object* load(M& m, typename M::Reference source, typename M::SlotReference slot) {
    static_cast<MutationRecorder&>(*m.heap().observer()).loaded(source, slot);
    return m.load(slot);
  }
};

}  // namespace tricolour
