// Yuasa's deletion barrier: what a store overwrites is shaded, so that everything reachable when
// marking began is marked.
//
// A null store deletes too. The old value is read before the store; read after it, it would be the
// new value.
#pragma once

#include "core/barrier/barrier.hpp"

namespace tricolour {

struct Yuasa {
  static constexpr BarrierTraits traits{
      .name = "yuasa",
      .catalogue = {.summary = "shade(old); store", .source = "Yuasa 1990", .idle_instructions = 3},
      .invariant = Invariant::weak,
      .mutators = MutatorColour::black,
  };

  template <class M, class Write>
  static auto store(M& m, typename M::Reference, typename M::SlotReference slot,
                    typename M::Reference, Write write) {
    if (m.marking()) [[unlikely]]
      m.shade(m.load(slot));
    return write(std::memory_order_release);
  }
};

}  // namespace tricolour
