// No barrier: the plain store. Sound only while nothing marks beside the mutators; the control for
// the cost of every other barrier.
#pragma once

#include "core/barrier/barrier.hpp"

namespace tricolour {

struct None {
  static constexpr BarrierTraits traits{
      .name = "none",
      .catalogue = {.summary = "store", .source = "the control"},
      .has_flag = false,
      .reference = true,
  };

  template <class M, class Write>
  static auto store(M&, typename M::Reference, typename M::SlotReference, typename M::Reference,
                    Write write) {
    return write(std::memory_order_release);
  }
};

}  // namespace tricolour
