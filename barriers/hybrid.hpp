// The hybrid barrier: a deletion barrier, and an insertion barrier for as long as this mutator's
// own roots are unscanned.
//
// The insertion half is what lets each mutator's roots be scanned in its own handshake: an
// unscanned mutator could store its only reference into a black object and drop the root. Its own
// roots count, not those of another mutator. Null stores delete too.
#pragma once

#include "core/barrier/barrier.hpp"

namespace tricolour {

struct Hybrid {
  static constexpr BarrierTraits traits{
      .name = "hybrid",
      .catalogue = {.summary = "shade(old); if own roots are unscanned: shade(new); store",
                    .source = "Clements, Hudson: Go proposal 17503, 2016",
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
      if (!m.roots_scanned()) m.shade(value);
    }
    return write(std::memory_order_release);
  }
};

}  // namespace tricolour
