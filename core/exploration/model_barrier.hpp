// A barrier as the model runs it: its own source behind one call, so that the model is compiled
// once for each memory model, not for each barrier.
//
// Purpose: `BarrierInModel` makes every operation as core/mutator/mutator.hpp does, over the
// model's environment.
//
// Ownership: plain values.
#pragma once

#include "core/exploration/model_environment.hpp"

namespace tricolour::exploration {

template <class Memory>
struct ModelBarrier {
  BarrierTraits traits;
  /// Makes an operation other than an allocation; the object that it loaded, or null.
  ObjectNumber (*perform)(ModelEnvironment<Memory>&, const Operation&);
};

template <class B, EnvironmentOfBarriers Environment>
class BarrierInModel {
 public:
  using Reference = typename Environment::Reference;

  static ObjectNumber perform(Environment& m, const Operation& operation) {
    const Reference source = Environment::reference(operation.source);
    const ModelSlot slot{operation.source, operation.slot};
    const Reference value = Environment::reference(operation.value);
    const Reference expected = Environment::reference(operation.expected);
    switch (operation.kind) {
      case OperationKind::load:
        return Environment::number(load(m, source, slot));
      case OperationKind::store:
        store(m, source, slot, value);
        return null_object;
      case OperationKind::exchange:
        return Environment::number(exchange(m, source, slot, value));
      case OperationKind::compare_exchange:
        if (m.load(slot) == expected) store_if(m, source, slot, expected, value);
        return null_object;
      case OperationKind::copy:
        copy(m, operation);
        return null_object;
      case OperationKind::allocate:
      case OperationKind::none:
        break;
    }
    return null_object;
  }

 private:
  static auto load(Environment& m, Reference source, const ModelSlot& slot) {
    if constexpr (B::traits.guards_loads) {
      return B::load(m, source, slot);
    } else {
      return m.load(slot);
    }
  }
  static void store(Environment& m, Reference source, const ModelSlot& slot, Reference value) {
    B::store(m, source, slot, value,
             [&](std::memory_order order) { return m.write(slot, value, order); });
  }
  static bool store_if(Environment& m, Reference source, const ModelSlot& slot, Reference expected,
                       Reference value) {
    return B::store(m, source, slot, value, [&](std::memory_order order) {
      return m.compare_exchange(slot, expected, value, both(order));
    });
  }
  static Reference exchange(Environment& m, Reference source, const ModelSlot& slot,
                            Reference value) {
    if constexpr (B::traits.guards_loads) {
      for (;;) {
        const auto seen = load(m, source, slot);
        if (store_if(m, source, slot, seen, value)) return seen;
      }
    } else {
      return B::store(m, source, slot, value, [&](std::memory_order order) {
        return m.exchange(slot, value, both(order));
      });
    }
  }
  /// Slot by slot, with a safepoint between.
  static void copy(Environment& m, const Operation& operation) {
    const auto from = Environment::reference(operation.value);
    const auto to = Environment::reference(operation.source);
    for (std::uint8_t i = 0; i < m.slots(); ++i) {
      if (i > 0) m.poll();
      const ModelSlot read{operation.value, i};
      store(m, to, ModelSlot{operation.source, i}, load(m, from, read));
    }
  }
  static constexpr std::memory_order both(std::memory_order order) {
    return order == std::memory_order_seq_cst ? order : std::memory_order_acq_rel;
  }
};

template <class B, class Memory>
constexpr ModelBarrier<Memory> model_barrier{B::traits,
                                             &BarrierInModel<B, ModelEnvironment<Memory>>::perform};

}  // namespace tricolour::exploration
