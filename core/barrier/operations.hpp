// Operations on slots, each with the barrier and the orders of its accesses.
//
// Purpose: one text for mutators and for the explorer: what is explored is what runs.
//
// An environment adds to what barriers ask (barrier.hpp):
//
//   m.write(slot, value, order)                       a plain store; gives the value
//   m.exchange(slot, value, order)                    gives what was there
//   m.compare_exchange(slot, expected, value, order)  true if it replaced `expected`
//   M::BarrierSpan                                    made of m, for the time of one barrier
//
// Ownership, memory ordering: the barrier's and the environment's. An exchange acquires what it
// reads as well.
#pragma once

#include "core/barrier/barrier.hpp"

namespace tricolour {

template <class M>
concept EnvironmentOfOperations = EnvironmentOfBarriers<M> &&
    std::constructible_from<typename M::BarrierSpan, M&> &&
    requires(M& m, typename M::Reference object, typename M::SlotReference slot,
             std::memory_order order) {
  m.write(slot, object, order);
  { m.exchange(slot, object, order) } -> std::same_as<typename M::Reference>;
  { m.compare_exchange(slot, object, object, order) } -> std::same_as<bool>;
};

template <class B, EnvironmentOfOperations M>
requires BarrierOver<B, M>
struct Operations {
  using Reference = typename M::Reference;
  using SlotReference = typename M::SlotReference;

  [[gnu::always_inline]] static Reference load(M& m, Reference source, SlotReference slot) {
    if constexpr (B::traits.guards_loads) {
      const typename M::BarrierSpan barrier(m);
      return B::load(m, source, slot);
    } else {
      return m.load(slot);
    }
  }
  [[gnu::always_inline]] static void store(M& m, Reference source, SlotReference slot,
                                           Reference value) {
    const typename M::BarrierSpan barrier(m);
    B::store(m, source, slot, value,
             [&](std::memory_order order) { return m.write(slot, value, order); });
  }
  static Reference exchange(M& m, Reference source, SlotReference slot, Reference value) {
    if constexpr (B::traits.guards_loads) {
      // What it returns has to come through the barrier: it is loaded first, and then replaced if
      // it is still there.
      for (;;) {
        const Reference seen = load(m, source, slot);
        if (store_if(m, source, slot, seen, value)) return seen;
      }
    } else {
      const typename M::BarrierSpan barrier(m);
      return B::store(m, source, slot, value, [&](std::memory_order order) {
        return m.exchange(slot, value, both(order));
      });
    }
  }
  /// A refused exchange changes nothing, shades nothing. It hands out no reference that the caller
  /// did not have, so it is no load to a read barrier.
  static bool compare_exchange(M& m, Reference source, SlotReference slot, Reference expected,
                               Reference value) {
    return m.load(slot) == expected && store_if(m, source, slot, expected, value);
  }

 private:
  static bool store_if(M& m, Reference source, SlotReference slot, Reference expected,
                       Reference value) {
    const typename M::BarrierSpan barrier(m);
    return B::store(m, source, slot, value, [&](std::memory_order order) {
      return m.compare_exchange(slot, expected, value, both(order));
    });
  }
  static constexpr std::memory_order both(std::memory_order order) {
    return order == std::memory_order_seq_cst ? order : std::memory_order_acq_rel;
  }
};

}  // namespace tricolour
