// The barrier of sliding views, as a marker's: the first store to an object in a cycle shades all
// that its fields hold; later ones see that the object is logged, and store.
//
// Only the first store to a slot since the snapshot can delete a reference of the snapshot. Every
// field is read before any is logged: once a field is logged others store to it without a look.
// What two mutators that come at once shade both were the fields' values before either stored, or
// what the other has shaded as well. While this mutator's own roots are unscanned it snoops: what
// it stores is shaded, because the views of different mutators slide against each other. Null
// stores delete too.
//
// Of a long array an object is the slot's chunk.
#pragma once

#include "core/barrier/barrier.hpp"

namespace tricolour {

struct SlidingViews {
  static constexpr BarrierTraits traits{
      .name = "sliding_views",
      .catalogue = {.summary =
                        "first store to an object in a cycle: shade all that it holds; if own "
                        "roots are unscanned: shade(new); store",
                    .source = "Azatchi, Levanoni, Paz, Petrank 2003",
                    .idle_instructions = 3},
      .invariant = Invariant::weak,
      .mutators = MutatorColour::black,
      .side_table = SideTable::log_bits,
      .ragged_safe = true,
  };

  template <class M, class Write>
  static auto store(M& m, typename M::Reference source, typename M::SlotReference slot,
                    typename M::Reference value, Write write) {
    if (!m.marking()) [[likely]]
      return write(std::memory_order_release);
    if (!m.is_logged(slot)) {
      m.for_each_slot(source, slot,
                      [&m](typename M::SlotReference each) { m.shade(m.load(each)); });
      m.for_each_slot(source, slot, [&m](typename M::SlotReference each) { m.try_log(each); });
    }
    if (!m.roots_scanned()) m.shade(value);
    return write(std::memory_order_release);
  }
};

}  // namespace tricolour
