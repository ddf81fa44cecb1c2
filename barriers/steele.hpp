// Steele's barrier: a black object that receives a white reference is made grey again and scanned
// again.
//
// It tests after it stores. The store and the look at the source's colour are sequentially
// consistent here, as are the marker's change to black and its first look at the fields there:
// either the marker sees the new value, or this barrier sees black.
#pragma once

#include "core/barrier/barrier.hpp"

namespace tricolour {

struct Steele {
  static constexpr BarrierTraits traits{
      .name = "steele",
      .catalogue = {.summary = "store; if source is black and new is white: make source grey again",
                    .source = "Steele 1975",
                    .idle_instructions = 3},
      .invariant = Invariant::strong,
      .mutators = MutatorColour::grey,
      .allocation = AllocationColour::white,
      .sound_with_white_allocation = true,
      .black_means = BlackMeans::started,
      .regreys = true,
  };

  template <class M, class Write>
  static auto store(M& m, typename M::Reference source, typename M::SlotReference slot,
                    typename M::Reference value, Write write) {
    if (!m.marking()) [[likely]]
      return write(std::memory_order_release);
    const auto result = write(std::memory_order_seq_cst);
    if (m.is_white(value) && m.is_black(source, slot)) m.regrey(source, slot);
    return result;
  }
};

}  // namespace tricolour
