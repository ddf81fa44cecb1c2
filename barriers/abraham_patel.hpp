// Abraham and Patel's deletion barrier: what a store overwrites is shaded, unless the source has
// been scanned.
//
// Only the first store to a slot since the snapshot can delete a reference of the snapshot, so only
// that one matters. If the source's scan had completed before it (acquire; the marker's change to
// black is its partner), the marker has read the slot with the snapshot's value in it; if not, that
// value is shaded here. The question comes before the store: asked after it, the answer may be yes
// because of a scan that read the new value. A null store deletes too.
#pragma once

#include "core/barrier/barrier.hpp"

namespace tricolour {

struct AbrahamPatel {
  static constexpr BarrierTraits traits{
      .name = "abraham_patel",
      .catalogue = {.summary = "if source's scan has not completed: shade(old); store",
                    .source = "Abraham, Patel 1987",
                    .idle_instructions = 3},
      .invariant = Invariant::weak,
      .mutators = MutatorColour::black,
      .black_means = BlackMeans::completed,
  };

  template <class M, class Write>
  static auto store(M& m, typename M::Reference source, typename M::SlotReference slot,
                    typename M::Reference, Write write) {
    if (m.marking()) [[unlikely]] {
      if (!m.is_black(source, slot)) m.shade(m.load(slot));
    }
    return write(std::memory_order_release);
  }
};

}  // namespace tricolour
