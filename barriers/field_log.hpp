// Field logging: the first store to a slot in a cycle shades what it overwrites; later ones see
// that the slot is logged, and store.
//
// Only the first store to a slot since the snapshot can delete a reference of the snapshot. The old
// value is read before the bit is won: once the bit is set others store without a look, and a
// winner that read then could find what they wrote. Who loses the bit stores at once; the winner
// shades before its next safepoint. A null store deletes too.
#pragma once

#include "core/barrier/barrier.hpp"

namespace tricolour {

struct FieldLog {
  static constexpr BarrierTraits traits{
      .name = "field_log",
      .catalogue = {.summary = "first store to a slot in a cycle: shade(old); store",
                    .source = "Zhao, Blackburn, McKinley 2022 (LXR)",
                    .idle_instructions = 3},
      .invariant = Invariant::weak,
      .mutators = MutatorColour::black,
      .side_table = SideTable::log_bits,
  };

  template <class M, class Write>
  static auto store(M& m, typename M::Reference, typename M::SlotReference slot,
                    typename M::Reference, Write write) {
    if (!m.marking()) [[likely]]
      return write(std::memory_order_release);
    if (!m.is_logged(slot)) {
      const typename M::Reference old_value = m.load(slot);
      if (m.try_log(slot)) m.shade(old_value);
    }
    return write(std::memory_order_release);
  }
};

}  // namespace tricolour
