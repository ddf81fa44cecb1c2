// Shades what a black source holds, after each store into it.
//
// The store comes before the look at the colour, as the marker's change to black comes before its
// looks at the slots, all sequentially consistent: the marker sees the new value, or this barrier
// sees black.
#pragma once

#include "core/barrier/barrier.hpp"

namespace tricolour {

struct RescanSource {
  static constexpr BarrierTraits traits{
      .name = "rescan_source",
      .catalogue = {.summary = "store; if source is black: shade all that it holds",
                    .source = "docs/extending.md"},
      .invariant = Invariant::strong,
      .mutators = MutatorColour::grey,
      .sound_with_white_allocation = true,
      .black_means = BlackMeans::started,
  };

  template <class M, class Write>
  static auto store(M& m, typename M::Reference source, typename M::SlotReference slot,
                    typename M::Reference, Write write) {
    if (!m.marking()) [[likely]]
      return write(std::memory_order_release);
    const auto result = write(std::memory_order_seq_cst);
    if (m.is_black(source, slot)) {
      m.for_each_slot(source, slot, [&](auto&& each) { m.shade(m.load(each)); });
    }
    return result;
  }
};

}  // namespace tricolour
