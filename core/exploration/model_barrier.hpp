// A barrier as the model runs it: its own source behind one call, so that the model is compiled
// once for each memory model, not for each barrier.
//
// Purpose: `BarrierInModel` makes every operation with the text that mutators run
// (core/barrier/operations.hpp), over the model's environment.
//
// Ownership: plain values.
#pragma once

#include "core/barrier/operations.hpp"
#include "core/exploration/model_environment.hpp"

namespace tricolour::exploration {

template <class Memory>
struct ModelBarrier {
  BarrierTraits traits;
  /// Makes an operation other than an allocation; the object that it loaded, or null.
  ObjectNumber (*perform)(ModelEnvironment<Memory>&, const Operation&);
};

template <class B, EnvironmentOfOperations Environment>
class BarrierInModel {
 public:
  using Reference = typename Environment::Reference;
  using Made = Operations<B, Environment>;

  static ObjectNumber perform(Environment& m, const Operation& operation) {
    const Reference source = Environment::reference(operation.source);
    const ModelSlot slot{operation.source, operation.slot};
    const Reference value = Environment::reference(operation.value);
    const Reference expected = Environment::reference(operation.expected);
    switch (operation.kind) {
      case OperationKind::load:
        return Environment::number(Made::load(m, source, slot));
      case OperationKind::store:
        Made::store(m, source, slot, value);
        return null_object;
      case OperationKind::exchange:
        return Environment::number(Made::exchange(m, source, slot, value));
      case OperationKind::compare_exchange:
        Made::compare_exchange(m, source, slot, expected, value);
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
  /// Slot by slot, with a safepoint between.
  static void copy(Environment& m, const Operation& operation) {
    const auto from = Environment::reference(operation.value);
    const auto to = Environment::reference(operation.source);
    for (std::uint8_t i = 0; i < m.slots(); ++i) {
      if (i > 0) m.poll();
      const ModelSlot read{operation.value, i};
      Made::store(m, to, ModelSlot{operation.source, i}, Made::load(m, from, read));
    }
  }
};

template <class B, class Memory>
constexpr ModelBarrier<Memory> model_barrier{B::traits,
                                             &BarrierInModel<B, ModelEnvironment<Memory>>::perform};

}  // namespace tricolour::exploration
