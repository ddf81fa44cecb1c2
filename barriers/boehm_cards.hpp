// Card marking: a store dirties the card of the slot that it wrote; the collector looks at dirty
// cards again.
//
// Nothing is shaded, so black objects refer to white ones until the last dirty card was scanned
// with the mutators stopped. The card is dirtied after the store (release): a collector that takes
// the dirt away then finds the store. Without a flag cards would be dirtied while nothing is marked
// too; what was stored before the flag was on precedes the cycle's first look at the roots.
#pragma once

#include "core/barrier/barrier.hpp"

namespace tricolour {

struct BoehmCards {
  static constexpr BarrierTraits traits{
      .name = "boehm_cards",
      .catalogue = {.summary = "store; dirty the slot's card",
                    .source = "Boehm, Demers, Shenker 1991; cards as in Printezis, Detlefs 2000",
                    .idle_instructions = 3},
      .invariant = Invariant::strong,
      .mutators = MutatorColour::grey,
      .allocation = AllocationColour::white,
      .sound_with_white_allocation = true,
      .side_table = SideTable::cards,
  };

  template <class M, class Write>
  static auto store(M& m, typename M::Reference source, typename M::SlotReference slot,
                    typename M::Reference, Write write) {
    const auto result = write(std::memory_order_release);
    if (m.marking()) [[unlikely]]
      m.mark_card(source, slot);
    return result;
  }
};

}  // namespace tricolour
