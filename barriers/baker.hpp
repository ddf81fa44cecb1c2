// Baker's read barrier, in its non-moving form: what is loaded from a grey object is shaded, so
// that mutators never hold a white one.
//
// The source's colour is read (acquire) before the slot. Black then, its fields had been read and
// what they held had been marked, and mutators store only what they hold; so the slot holds nothing
// white. Read in the other order, the slot may give a white reference that another mutator
// overwrites before the marker comes, and the source may be black by the time it is asked. Sources
// are never white: the roots were shaded in the stop that began the cycle, and objects are born
// black.
//
// An exchange is a load as well, and `Mutator` makes it one. A store has nothing to do.
#pragma once

#include "core/barrier/barrier.hpp"

namespace tricolour {

struct Baker {
  static constexpr BarrierTraits traits{
      .name = "baker",
      .catalogue = {.summary = "load: if source is grey: shade what was read; store",
                    .source = "Baker 1978, in its non-moving form",
                    .idle_load_instructions = 3},
      .invariant = Invariant::strong,
      .mutators = MutatorColour::black,
      .black_means = BlackMeans::completed,
      .guards_loads = true,
  };

  template <class M>
  static typename M::Reference load(M& m, typename M::Reference source,
                                    typename M::SlotReference slot) {
    if (!m.marking()) [[likely]]
      return m.load(slot);
    const bool grey = m.is_grey(source, slot);
    const typename M::Reference value = m.load(slot);
    if (grey) m.shade(value);
    return value;
  }

  template <class M, class Write>
  static auto store(M&, typename M::Reference, typename M::SlotReference, typename M::Reference,
                    Write write) {
    return write(std::memory_order_release);
  }
};

}  // namespace tricolour
