// Dijkstra's insertion barrier with a test: what is stored into a black object is shaded.
//
// It tests after it stores. The store and the look at the source's colour are sequentially
// consistent here, as are the marker's change to black and its first look at the fields there:
// either the marker sees the new value, or this barrier sees black. What it saves over `dijkstra`
// is floating garbage and the shading of objects that the marker finds anyway; what it pays is that
// order, on every store.
#pragma once

#include "core/barrier/barrier.hpp"

namespace tricolour {

struct DijkstraBlack {
  static constexpr BarrierTraits traits{
      .name = "dijkstra_black",
      .catalogue = {.summary = "store; if source is black: shade(new)",
                    .source = "Pirinen 1998; Jones, Hosking, Moss 2012, algorithm 15.1",
                    .idle_instructions = 3},
      .invariant = Invariant::strong,
      .mutators = MutatorColour::grey,
      .allocation = AllocationColour::white,
      .sound_with_white_allocation = true,
      .black_means = BlackMeans::started,
  };

  template <class M, class Write>
  static auto store(M& m, typename M::Reference source, typename M::SlotReference slot,
                    typename M::Reference value, Write write) {
    if (!m.marking()) [[likely]]
      return write(std::memory_order_release);
    const auto result = write(std::memory_order_seq_cst);
    if (m.is_black(source, slot)) m.shade(value);
    return result;
  }
};

}  // namespace tricolour
