// Dijkstra's insertion barrier: whatever is stored is shaded first, whatever the colour of the
// object it is stored into.
//
// Unconditional because the test of the source's colour would need a store-load fence on every
// store; and so it is sound also where roots are scanned mutator by mutator. Shade before store is
// sound only because no safepoint falls between the two.
#pragma once

#include "core/barrier/barrier.hpp"

namespace tricolour {

struct Dijkstra {
  static constexpr BarrierTraits traits{
      .name = "dijkstra",
      .catalogue = {.summary = "shade(new); store",
                    .source = "Dijkstra, Lamport, Martin, Scholten, Steffens 1978",
                    .idle_instructions = 2},
      .invariant = Invariant::strong,
      .mutators = MutatorColour::grey,
      .allocation = AllocationColour::white,
      .sound_with_white_allocation = true,
      .ragged_safe = true,
  };

  template <class M, class Write>
  static auto store(M& m, typename M::Reference, typename M::SlotReference,
                    typename M::Reference value, Write write) {
    if (m.marking()) [[unlikely]]
      m.shade(value);
    return write(std::memory_order_release);
  }
};

}  // namespace tricolour
