#include "core/exploration/model_operations.hpp"

namespace tricolour::exploration {
namespace {

ObjectNumber first_free(ObjectSet allocated, const Layout& layout) {
  for (ObjectNumber object = 1; object <= layout.objects(); ++object) {
    if (!contains(allocated, object)) return object;
  }
  return null_object;
}

/// The registers that a result may go to: an empty one when there is one.
template <class Each>
void for_each_destination(const MutatorState& mutator, Each each) {
  const bool has_room = mutator.roots[registers - 1] == null_object;
  for (unsigned r = has_room ? registers - 1 : 0; r < registers; ++r)
    each(static_cast<std::uint8_t>(r));
}

}  // namespace

void for_each_operation(const MutatorState& mutator, ObjectSet allocated, const Layout& layout,
                        const Repertoire& repertoire,
                        FunctionReference<void(const Operation&)> each) {
  const auto sources = static_cast<ObjectSet>(mutator.held() | only(globals_object));
  const auto values = static_cast<ObjectSet>(mutator.held() | only(null_object));
  const auto offer = [&](const Operation& operation) {
    if (repertoire.has(operation.kind)) each(operation);
  };
  const ObjectNumber free = first_free(allocated, layout);
  for_each_destination(mutator, [&](std::uint8_t destination) {
    if (free != null_object)
      offer({.kind = OperationKind::allocate, .source = free, .destination = destination});
  });
  for_each(sources, [&](ObjectNumber source) {
    for (std::uint8_t slot = 0; slot < layout.slots(); ++slot) {
      for_each_destination(mutator, [&](std::uint8_t destination) {
        offer({.kind = OperationKind::load,
               .source = source,
               .slot = slot,
               .destination = destination});
        for_each(values, [&](ObjectNumber value) {
          offer({.kind = OperationKind::exchange,
                 .source = source,
                 .slot = slot,
                 .value = value,
                 .destination = destination});
        });
      });
      for_each(values, [&](ObjectNumber value) {
        offer({.kind = OperationKind::store, .source = source, .slot = slot, .value = value});
        for_each(values, [&](ObjectNumber expected) {
          offer({.kind = OperationKind::compare_exchange,
                 .source = source,
                 .slot = slot,
                 .value = value,
                 .expected = expected});
        });
      });
    }
    for_each(static_cast<ObjectSet>(sources & ~only(source)), [&](ObjectNumber from) {
      offer({.kind = OperationKind::copy, .source = source, .value = from});
    });
  });
}

}  // namespace tricolour::exploration
