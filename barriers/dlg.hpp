// Doligez, Leroy and Gonthier's barrier: what a store overwrites and what it stores are shaded, as
// long as anything is marked.
//
// Made for handshakes: a mutator that does not know yet whether others have answered shades both,
// so neither can be hidden from it or by it. `hybrid` leaves the insertion half out from when the
// mutator's own roots are scanned; here it stays on, which costs a shade and keeps more floating
// garbage. Null stores delete too.
#pragma once

#include "core/barrier/barrier.hpp"

namespace tricolour {

struct Dlg {
  static constexpr BarrierTraits traits{
      .name = "dlg",
      .catalogue = {.summary = "shade(old); shade(new); store",
                    .source = "Doligez, Leroy 1993; Doligez, Gonthier 1994; Gammie, Hosking, "
                              "Engelhardt 2015",
                    .idle_instructions = 3},
      .invariant = Invariant::weak,
      .mutators = MutatorColour::black,
      .ragged_safe = true,
  };

  template <class M, class Write>
  static auto store(M& m, typename M::Reference, typename M::SlotReference slot,
                    typename M::Reference value, Write write) {
    if (m.marking()) [[unlikely]] {
      m.shade(m.load(slot));
      m.shade(value);
    }
    return write(std::memory_order_release);
  }
};

}  // namespace tricolour
