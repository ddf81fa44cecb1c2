// What the model's collector does to the heap, whenever it does it: marking, and freeing.
//
// Purpose: it marks in the order of collectors/marking/scanner.hpp: an item is taken from the grey
// set (any one), its fields are read one by one, and what they hold is looked at later (the
// scanner's FIFO): at any time, in any order. Where black means `started` the object is blackened
// before its first field is read; where it means `completed`, after its last, and after what the
// fields held has been marked. (The scanner may take other objects before that; later black only
// makes those barriers shade more.)
//
// Invariant: an object is lost when a trace that is independent of the marking reaches it and it is
// white when marking ends, or free afterwards.
//
// Ownership: `CollectorState`, and everything while the world is stopped.
#pragma once

#include "core/exploration/choice.hpp"
#include "core/exploration/label.hpp"
#include "core/exploration/model_bounds.hpp"

namespace tricolour::exploration {

template <class Memory>
class ModelMarking {
 public:
  using State = HeapState<Memory>;

  ModelMarking(const Bounds& bounds, const Layout& layout, BlackMeans means)
      : layout_(layout), means_(means), thread_(bounds.mutators) {}

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

  void check_marked(State& state) const {
    for_each(reachable(state), [&](ObjectNumber object) {
      if (state.lost == null_object && !is_marked(state, object)) state.lost = object;
    });
  }

  /// What has been marked since it was read from a field is not looked at again.
  void forget_marked(State& state) const {
    for_each(state.collector.pending, [&](ObjectNumber object) {
      if (is_marked(state, object)) remove(state.collector.pending, object);
    });
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
    state.collector.grey = static_cast<ObjectSet>(state.collector.grey | mutator.buffer);
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

  /// Marks the rest.
  void drain(State& state) const {
    CollectorState& collector = state.collector;
    for_each(collector.pending, [&](ObjectNumber object) { shade(state, object); });
    collector.pending = 0;
    if (collector.scanning != null_object) add(collector.grey, collector.scanning);
    collector.scanning = null_object;
    collector.next_slot = 0;
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

  /// One step: a free object cannot be told from one that nobody refers to, except by allocation,
  /// and later is no worse.
  void sweep(State& state) const {
    check_marked(state);
    for (ObjectNumber object = 1; object <= layout_.objects(); ++object) {
      if (!contains(state.allocated, object) || is_marked(state, object)) continue;
      remove(state.allocated, object);
      release(state, object);
    }
  }

  // --- beside mutators --------------------------------------------------------------------------

  /// The exchange of a thread that runs beside others; true for the one that may push.
  bool try_shade(State& state, unsigned thread, MarkSense sense, ObjectNumber object) const {
    const unsigned colour = layout_.colour(object);
    if (state.memory.latest(thread, colour) != sense.white()) return false;
    state.memory.exchange(thread, colour, means_ == BlackMeans::marked ? sense.black : grey_state,
                          std::memory_order_acq_rel);
    return true;
  }

  void take(State& state, ObjectNumber object, Choice& choice, Label& label) const {
    CollectorState& collector = state.collector;
    remove(collector.grey, object);
    state.memory.receive(thread_, object);
    collector.scanning = object;
    collector.next_slot = 0;
    if (means_ == BlackMeans::started) {
      state.memory.exchange(thread_, layout_.colour(object), collector.phase.sense.black,
                            std::memory_order_seq_cst);
      label.action = Action::blacken_and_scan;
      label.object = object;
    } else {
      scan_slot(state, choice, label);
    }
  }

  void scan_slot(State& state, Choice& choice, Label& label) const {
    CollectorState& collector = state.collector;
    const ObjectNumber object = collector.scanning;
    label.object = object;
    if (collector.next_slot == layout_.slots()) {
      state.memory.store(thread_, layout_.colour(object), collector.phase.sense.black,
                         std::memory_order_release);
      label.action = Action::scan_and_blacken;
      collector.scanning = null_object;
      return;
    }
    const std::memory_order order =
        means_ == BlackMeans::started ? std::memory_order_seq_cst : std::memory_order_acquire;
    label.action = Action::scan;
    label.slot = collector.next_slot;
    const ObjectNumber referent =
        state.memory.load(thread_, layout_.slot(object, collector.next_slot++), order, choice);
    label.result = referent;
    // One that is not white now will not be white when it is looked at.
    if (referent != null_object &&
        state.memory.latest(thread_, layout_.colour(referent)) == collector.phase.sense.white())
      add(collector.pending, referent);
    const bool blackens_after = means_ == BlackMeans::completed;
    if (collector.next_slot == layout_.slots() && !blackens_after) collector.scanning = null_object;
  }

  void mark(State& state, ObjectNumber object, Label& label) const {
    remove(state.collector.pending, object);
    label.result = try_shade(state, thread_, state.collector.phase.sense, object);
    if (label.result != 0) add(state.collector.grey, object);
  }

  /// A store whose dirt is taken came before its mutator's next handshake.
  void take_card(State& state, ObjectNumber object) const {
    add(state.collector.cleaned, object);
    state.collector.taken_card = object;
    state.memory.exchange(thread_, layout_.card(object), 0, std::memory_order_seq_cst);
  }
  void scan_card(State& state) const {
    const ObjectNumber object = std::exchange(state.collector.taken_card, null_object);
    if (is_marked(state, object)) add(state.collector.grey, object);
  }

 private:
  void release(State& state, ObjectNumber object) const {
    for (unsigned i = 0; i < layout_.slots(); ++i)
      state.memory.set(layout_.slot(object, i), null_object);
    state.memory.set(layout_.colour(object), 0);
    if (layout_.has_cards()) state.memory.set(layout_.card(object), 0);
  }

  const Layout& layout_;
  const BlackMeans means_;
  const unsigned thread_;
};

}  // namespace tricolour::exploration
