// The environment that a barrier is written against (core/barrier/barrier.hpp), over a model of
// memory.
//
// Purpose: each call that touches what threads share is one action of the operation under way: see
// resumption.hpp. What is this mutator's own (its copy of the phase) is only looked at.
//
// Actions as the heap makes them: a shade is its exchange. The relaxed look in front of it is part
// of it: while a cycle marks, white turns into something else and never back, so a look that sees
// white leaves it to the exchange, and one that sees another colour spares an exchange that would
// have failed (and would not have drained a store buffer; nor does it here). So a shade of what is
// marked already is no scheduling point. Pushing into the own shade buffer is private and belongs
// to the action that won the right to push; publishing a full buffer is an action of its own.
//
// Ownership: made for one step of one mutator, on the stack.
#pragma once

#include <atomic>
#include <concepts>

#include "core/barrier/barrier.hpp"
#include "core/exploration/choice.hpp"
#include "core/exploration/label.hpp"
#include "core/exploration/model_bounds.hpp"

namespace tricolour::exploration {

/// Something whose address stands for an object: barriers compare references with nullptr and with
/// each other.
struct ModelObject {};
inline constexpr std::array<ModelObject, most_objects + 1> model_objects{};

struct ModelSlot {
  ObjectNumber object;
  std::uint8_t index;
};

template <class Memory>
class ModelEnvironment {
 public:
  using Reference = const ModelObject*;
  using SlotReference = const ModelSlot&;
  /// Where a safepoint falls is what poll() is there for.
  struct BarrierSpan {
    explicit BarrierSpan(ModelEnvironment&) {}
  };

  ModelEnvironment(HeapState<Memory>& state, unsigned mutator, const Layout& layout,
                   const Bounds& bounds, BlackMeans means, Choice& choice, Label& label)
      : state_(state),
        memory_(state.memory),
        mutator_(state.mutators[mutator]),
        thread_(mutator),
        layout_(layout),
        bounds_(bounds),
        means_(means),
        choice_(choice),
        label_(label),
        resumption_(mutator_.log, mutator_.at_poll) {}

  static Reference reference(ObjectNumber object) {
    return object == null_object ? nullptr : &model_objects[object];
  }
  static Reference globals() { return reference(globals_object); }
  static ObjectNumber number(Reference reference) {
    return reference == nullptr ? null_object
                                : static_cast<ObjectNumber>(reference - model_objects.data());
  }

  // --- what barriers ask ------------------------------------------------------------------------

  bool marking() {
    return resumption_.look([&] { return mutator_.phase.marking; }) != 0;
  }
  bool roots_scanned() {
    return resumption_.look([&] { return mutator_.phase.roots_scanned; }) != 0;
  }
  Reference load(SlotReference slot) {
    return reference(action(Action::load, slot, [&] {
      return memory_.load(thread_, at(slot), std::memory_order_acquire, choice_);
    }));
  }
  void shade(Reference value) {
    if (value == nullptr) return;
    const ObjectNumber object = number(value);
    const auto is_marked = [&] {
      return memory_.latest(thread_, layout_.colour(object)) != mutator_.phase.sense.white();
    };
    const ActionResult full = resumption_.action_unless(is_marked, 0, [&] {
      note(Action::shade, {object, 0}, 1);
      return exchange_colour(
          object, mutator_.phase.sense.white(),
          means_ == BlackMeans::marked ? mutator_.phase.sense.black : grey_state);
    });
    if (full != 0) publish();
  }
  bool is_white(Reference value) {
    if (value == nullptr) return false;
    return look_at_colour(Action::look_white, number(value), std::memory_order_relaxed) ==
           mutator_.phase.sense.white();
  }
  bool is_black(Reference source, SlotReference) {
    return look_at_colour(Action::look_black, number(source), std::memory_order_seq_cst) ==
           mutator_.phase.sense.black;
  }
  bool is_grey(Reference source, SlotReference) {
    const ActionResult colour =
        look_at_colour(Action::look_grey, number(source), std::memory_order_acquire);
    return colour == grey_state || (colour != mutator_.phase.sense.black && !is_white(source));
  }
  void regrey(Reference source, SlotReference slot) {
    if (rescans_at_once()) return rescan_now(slot);
    const ObjectNumber object = number(source);
    const ActionResult full = action(Action::regrey, {object, 0}, [&] {
      return exchange_colour(object, mutator_.phase.sense.black, grey_state);
    });
    if (full != 0) publish();
  }
  /// Each look that `work` makes is an action of its own: other threads may act between two slots.
  template <std::invocable<SlotReference> Work>
  void for_each_slot(Reference source, SlotReference, Work work) const {
    for (std::uint8_t i = 0; i < layout_.slots(); ++i) work(ModelSlot{number(source), i});
  }
  void mark_card(Reference source, SlotReference slot) {
    if (rescans_at_once()) return rescan_now(slot);
    const ObjectNumber object = number(source);
    storing(Action::mark_card, {object, 0},
            [&] { memory_.store(thread_, layout_.card(object), 1, std::memory_order_release); });
  }
  bool is_logged(SlotReference slot) {
    const unsigned bit = layout_.log_bit(slot.object, slot.index);
    return action(Action::look_logged, slot, [&] {
             return memory_.load(thread_, bit, std::memory_order_relaxed, choice_);
           }) != 0;
  }
  bool try_log(SlotReference slot) {
    const unsigned bit = layout_.log_bit(slot.object, slot.index);
    return action(Action::log, slot, [&] {
             return memory_.exchange(thread_, bit, 1, std::memory_order_relaxed);
           }) == 0;
  }
  std::uint8_t slots() const { return layout_.slots(); }

  /// A safepoint: no barrier has one, its mutants may.
  void poll() {
    resumption_.action(
        [&] {
          note(Action::poll, {null_object, 0}, 0);
          return ActionResult{0};
        },
        OperationResumption::Next::safepoint);
  }

  // --- the write that a barrier is given --------------------------------------------------------

  ActionResult write(SlotReference slot, Reference value, std::memory_order order) {
    storing(Action::store, slot, [&] { memory_.store(thread_, at(slot), number(value), order); });
    return number(value);
  }
  Reference exchange(SlotReference slot, Reference value, std::memory_order order) {
    return reference(action(Action::exchange, slot, [&] {
      return memory_.exchange(thread_, at(slot), number(value), order);
    }));
  }
  bool compare_exchange(SlotReference slot, Reference expected, Reference value,
                        std::memory_order order) {
    const ActionResult seen = action(Action::compare_exchange, slot, [&] {
      return memory_.compare_exchange(thread_, at(slot), number(expected), number(value), order,
                                      std::memory_order_acquire, choice_);
    });
    return seen == number(expected);
  }

  // --- for the maker of the step ----------------------------------------------------------------

  const OperationResumption& resumption() const { return resumption_; }
  /// The step cannot be made now: the store buffer is full.
  bool impossible() const { return impossible_; }

 private:
  bool rescans_at_once() {
    return resumption_.look([&] { return mutator_.phase.rescans_at_once; }) != 0;
  }
  void rescan_now(SlotReference slot) {
    if (!bounds_.faults.rescan_at_once_dropped) shade(load(slot));
  }

  unsigned at(SlotReference slot) const { return layout_.slot(slot.object, slot.index); }

  void note(Action action, SlotReference slot, ActionResult result) {
    label_.action = action;
    label_.object = slot.object;
    label_.slot = slot.index;
    label_.result = result;
  }

  template <class Perform>
  ActionResult action(Action kind, SlotReference slot, Perform perform) {
    return resumption_.action([&] {
      const auto result = static_cast<ActionResult>(perform());
      note(kind, slot, result);
      return result;
    });
  }
  template <class Perform>
  void storing(Action kind, const ModelSlot& slot, Perform perform) {
    action(kind, slot, [&] {
      if (memory_.can_store(thread_)) {
        perform();
      } else {
        impossible_ = true;
      }
      return ActionResult{0};
    });
  }

  ActionResult look_at_colour(Action kind, ObjectNumber object, std::memory_order order) {
    return action(kind, {object, 0},
                  [&] { return memory_.load(thread_, layout_.colour(object), order, choice_); });
  }

  /// The winner pushes; 1 when that filled the buffer.
  ActionResult exchange_colour(ObjectNumber object, ColourByte from, ColourByte to) {
    const unsigned colour = layout_.colour(object);
    if (memory_.latest(thread_, colour) != from) return 0;
    memory_.exchange(thread_, colour, to, std::memory_order_acq_rel);
    add(mutator_.buffer, object);
    return static_cast<unsigned>(std::popcount(mutator_.buffer)) >= bounds_.buffer ? 1 : 0;
  }

  void publish() {
    action(Action::publish, {null_object, 0}, [&] {
      for_each(mutator_.buffer, [&](ObjectNumber object) { memory_.send(thread_, object); });
      state_.collector.grey = static_cast<ObjectSet>(state_.collector.grey | mutator_.buffer);
      mutator_.buffer = 0;
      if (!bounds_.faults.own_flush_unseen) state_.collector.found = true;
      return ActionResult{0};
    });
  }

  HeapState<Memory>& state_;
  Memory& memory_;
  MutatorState& mutator_;
  const unsigned thread_;
  const Layout& layout_;
  const Bounds& bounds_;
  const BlackMeans means_;
  Choice& choice_;
  Label& label_;
  OperationResumption resumption_;
  bool impossible_ = false;
};

}  // namespace tricolour::exploration
