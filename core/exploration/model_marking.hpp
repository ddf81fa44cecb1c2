// What the model's collector does to the heap, whenever it does it: marking, and freeing.
//
// Purpose: every thread that marks does so in the order of collectors/marking/scanner.hpp: an item
// is taken from the grey set (any one), its fields are read one by one, and what they hold is
// looked at later (the scanner's FIFO): at any time, in any order. Where black means `started` the
// object is blackened before its first field is read; where it means `completed`, after its last,
// and after what the fields held has been marked. (The scanner may take other objects before that;
// later black only makes those barriers shade more.)
//
// Invariant: an object is lost when a trace that is independent of the marking reaches it and it is
// white when marking ends, or free afterwards.
//
// Ownership: `CollectorState`, and everything while the world is stopped.
#pragma once

#include <algorithm>

#include "core/exploration/attempts.hpp"
#include "core/exploration/choice.hpp"
#include "core/exploration/label.hpp"
#include "core/exploration/model_bounds.hpp"

namespace tricolour::exploration {

template <class Memory>
class ModelMarking {
 public:
  using State = HeapState<Memory>;

  ModelMarking(const Bounds& bounds, const Layout& layout, BlackMeans means)
      : bounds_(bounds), layout_(layout), means_(means), collector_(bounds.mutators) {}

  unsigned thread_of(unsigned marker) const {
    return is_assist(marker) ? assisting(marker) : collector_ + marker;
  }

  // --- what is reachable, and what is marked ----------------------------------------------------

  ObjectSet reachable(const State& state) const {
    ObjectSet found = only(globals_object);
    for (const MutatorState& mutator : state.mutators) {
      if (mutator.life != Life::running) continue;
      for (const ObjectNumber root : mutator.roots) add(found, root);
    }
    remove(found, null_object);
    ObjectSet open = found;
    while (open != 0) {
      const auto object = static_cast<ObjectNumber>(std::countr_zero(static_cast<unsigned>(open)));
      remove(open, object);
      for (unsigned i = 0; i < layout_.slots(); ++i) {
        const ObjectNumber referent = state.memory.newest(layout_.slot(object, i));
        if (referent == null_object || contains(found, referent)) continue;
        add(found, referent);
        add(open, referent);
      }
    }
    return found;
  }

  bool is_marked(const State& state, ObjectNumber object) const {
    return contains(state.allocated, object) &&
           state.memory.newest(layout_.colour(object)) != state.collector.phase.sense.white();
  }

  /// The sweep of this cycle finds it marked. A mutator that is not stopped may have made it, and
  /// its colour be on the way: the sweep does not look at a block before it has arrived.
  bool survives(const State& state, ObjectNumber object) const {
    return contains(state.allocated, object) &&
           state.memory.arriving(layout_.colour(object)) != state.collector.phase.sense.white();
  }

  void check_marked(State& state) const {
    for_each(reachable(state), [&](ObjectNumber object) {
      if (state.lost == null_object && !survives(state, object)) state.lost = object;
    });
  }

  /// What has been marked since it was read from a field is not looked at again.
  void forget_marked(State& state) const {
    for (unsigned marker = 0; marker < most_marking; ++marker) {
      ObjectSet& pending = state.marker(marker).pending;
      for_each(pending, [&](ObjectNumber object) {
        if (is_marked(state, object)) remove(pending, object);
      });
    }
  }

  // --- the world stopped ------------------------------------------------------------------------

  void forget_last_cycle(State& state) const {
    CollectorState& collector = state.collector;
    collector.cleaned = 0;
    if (!layout_.has_log_bits()) return;
    for (ObjectNumber object = 1; object <= layout_.objects(); ++object) {
      for (unsigned i = 0; i < layout_.slots(); ++i)
        state.memory.set(layout_.log_bit(object, i), 0);
    }
  }

  void flush(State& state, MutatorState& mutator) const {
    if (mutator.buffer != 0) state.collector.found = true;
    for_each(mutator.buffer, [&](ObjectNumber object) { push(state, collector_, object); });
    mutator.buffer = 0;
  }

  void shade(State& state, ObjectNumber object) const {
    if (object == null_object) return;
    const MarkSense sense = state.collector.phase.sense;
    const unsigned colour = layout_.colour(object);
    if (state.memory.newest(colour) != sense.white()) return;
    state.memory.set(colour, means_ == BlackMeans::marked ? sense.black : grey_state);
    add(state.collector.grey, object);
    state.collector.found = true;
  }

  /// What faults lose before the world is stopped.
  void drop_hands(State& state) const {
    for (unsigned number = 1; number < most_marking; ++number) {
      const bool drops = is_assist(number) ? bounds_.faults.assist_interrupted
                                           : bounds_.faults.first_marker_decides;
      if (drops) state.marker(number) = {};
    }
  }

  /// Marks the rest.
  void drain(State& state) const {
    CollectorState& collector = state.collector;
    for (unsigned number = 0; number < most_marking; ++number) {
      MarkerState& marker = state.marker(number);
      for_each(marker.pending, [&](ObjectNumber object) { shade(state, object); });
      if (marker.scanning != null_object) add(collector.grey, marker.scanning);
      marker = {};
    }
    while (collector.grey != 0) {
      const auto object =
          static_cast<ObjectNumber>(std::countr_zero(static_cast<unsigned>(collector.grey)));
      remove(collector.grey, object);
      state.memory.set(layout_.colour(object), collector.phase.sense.black);
      for (unsigned i = 0; i < layout_.slots(); ++i)
        shade(state, state.memory.newest(layout_.slot(object, i)));
    }
  }

  void scan_cards(State& state) const {
    for (ObjectNumber object = 1; layout_.has_cards() && object <= layout_.objects(); ++object) {
      if (state.memory.newest(layout_.card(object)) == 0) continue;
      state.memory.set(layout_.card(object), 0);
      if (is_marked(state, object)) add(state.collector.grey, object);
    }
  }

  /// One step: a free object cannot be told from one that nothing refers to, except by allocation,
  /// and later is no worse.
  void sweep(State& state) const {
    check_marked(state);
    for (ObjectNumber object = 1; object <= layout_.objects(); ++object) {
      if (!contains(state.allocated, object) || survives(state, object)) continue;
      remove(state.allocated, object);
      release(state, object);
    }
  }

  // --- beside mutators --------------------------------------------------------------------------

  /// The thread that takes the object has seen what `thread` had; one alone has seen it anyway.
  void push(State& state, unsigned thread, ObjectNumber object) const {
    add(state.collector.grey, object);
    if (bounds_.several_mark()) state.memory.send(thread, object);
  }

  /// The exchange of a thread that runs beside others; true for the one that may push.
  bool try_shade(State& state, unsigned thread, MarkSense sense, ObjectNumber object) const {
    const unsigned colour = layout_.colour(object);
    if (state.memory.latest(thread, colour) != sense.white()) return false;
    state.memory.exchange(thread, colour, means_ == BlackMeans::marked ? sense.black : grey_state,
                          std::memory_order_acq_rel);
    return true;
  }

  /// Calls `attempt(label, step)` for each step that a thread can make as a marker.
  void steps(const State& state, unsigned number, const Attempts<State>& attempt) const {
    const MarkerState& marker = state.marker(number);
    const std::uint8_t actor = is_assist(number) ? assisting(number) : marker_actor(number);
    for_each(marker.pending, [&](ObjectNumber object) {
      attempt(Label{.actor = actor, .action = Action::mark, .object = object},
              [this, number, object](State& next, Choice&, Label& label) {
                mark(next, number, object, label);
              });
    });
    if (marker.scanning != null_object) {
      const bool blackens = marker.next_slot == layout_.slots();
      if (blackens && (marker.pending != 0 || !state.memory.can_store(thread_of(number)))) return;
      attempt(Label{.actor = actor}, [this, number](State& next, Choice& choice, Label& label) {
        scan_slot(next, number, choice, label);
      });
      return;
    }
    for_each(state.collector.grey, [&](ObjectNumber object) {
      attempt(Label{.actor = actor},
              [this, number, object](State& next, Choice& choice, Label& label) {
                take(next, number, object, choice, label);
              });
    });
  }

  /// As `steps`, for a mutator that assists.
  void steps_of_assist(const State& state, std::uint8_t mutator,
                       const Attempts<State>& attempt) const {
    const Stage stage = state.collector.stage;
    const bool marks = stage == Stage::marking || stage == Stage::termination;
    if (bounds_.assists && marks && state.mutators[mutator].phase.marking)
      steps(state, most_markers + mutator, attempt);
  }

  bool assists_hold_nothing(const State& state) const {
    return bounds_.faults.round_during_assist ||
           std::ranges::all_of(state.mutators, [](const MutatorState& mutator) {
             return mutator.assist.holds_nothing();
           });
  }
  bool mark_threads_hold_nothing(const State& state) const {
    const unsigned asked = bounds_.faults.first_marker_decides ? 1 : bounds_.markers;
    const auto& markers = state.collector.markers;
    return std::all_of(markers.begin(), markers.begin() + asked,
                       [](const MarkerState& marker) { return marker.holds_nothing(); });
  }

  void take(State& state, unsigned number, ObjectNumber object, Choice& choice,
            Label& label) const {
    MarkerState& marker = state.marker(number);
    remove(state.collector.grey, object);
    state.memory.receive(thread_of(number), object);
    marker.scanning = object;
    marker.next_slot = 0;
    if (means_ == BlackMeans::started) {
      state.memory.exchange(thread_of(number), layout_.colour(object),
                            state.collector.phase.sense.black, std::memory_order_seq_cst);
      label.action = Action::blacken_and_scan;
      label.object = object;
    } else {
      scan_slot(state, number, choice, label);
    }
  }

  void scan_slot(State& state, unsigned number, Choice& choice, Label& label) const {
    MarkerState& marker = state.marker(number);
    const MarkSense sense = state.collector.phase.sense;
    const unsigned thread = thread_of(number);
    const ObjectNumber object = marker.scanning;
    label.object = object;
    if (marker.next_slot == layout_.slots()) {
      state.memory.store(thread, layout_.colour(object), sense.black, std::memory_order_release);
      label.action = Action::scan_and_blacken;
      marker.scanning = null_object;
      return;
    }
    const std::memory_order order =
        means_ == BlackMeans::started ? std::memory_order_seq_cst : std::memory_order_acquire;
    label.action = Action::scan;
    label.slot = marker.next_slot;
    const ObjectNumber referent =
        state.memory.load(thread, layout_.slot(object, marker.next_slot++), order, choice);
    label.result = referent;
    // One that is not white now will not be white when it is looked at.
    if (referent != null_object &&
        state.memory.latest(thread, layout_.colour(referent)) == sense.white())
      add(marker.pending, referent);
    const bool blackens_after = means_ == BlackMeans::completed;
    if (marker.next_slot == layout_.slots() && !blackens_after) marker.scanning = null_object;
  }

  void mark(State& state, unsigned number, ObjectNumber object, Label& label) const {
    const unsigned thread = thread_of(number);
    remove(state.marker(number).pending, object);
    label.result = try_shade(state, thread, state.collector.phase.sense, object);
    if (label.result != 0) push(state, thread, object);
  }

  /// A store whose dirt is taken came before its mutator's next handshake.
  void take_card(State& state, ObjectNumber object) const {
    add(state.collector.cleaned, object);
    state.collector.taken_card = object;
    state.memory.exchange(collector_, layout_.card(object), 0, std::memory_order_seq_cst);
  }
  void scan_card(State& state) const {
    const ObjectNumber object = std::exchange(state.collector.taken_card, null_object);
    if (is_marked(state, object)) push(state, collector_, object);
  }

 private:
  void release(State& state, ObjectNumber object) const {
    for (unsigned i = 0; i < layout_.slots(); ++i)
      state.memory.set(layout_.slot(object, i), null_object);
    state.memory.set(layout_.colour(object), 0);
    if (layout_.has_cards()) state.memory.set(layout_.card(object), 0);
  }

  const Bounds& bounds_;
  const Layout& layout_;
  const BlackMeans means_;
  const unsigned collector_;  ///< the first mark thread, which leads the others
};

}  // namespace tricolour::exploration
