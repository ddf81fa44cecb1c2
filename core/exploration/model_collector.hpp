// The model's collector: one thread that executes the protocol table and marks.
//
// Purpose: the steps that the collector can make in a state. It marks in the order of collectors/marking/scanner.hpp: an item is taken from the
// grey set (any one), its fields are read one by one, and what they hold is looked at later (the scanner's FIFO): at any time, in any order.
// Where black means `started` the object is blackened before its first field is read; where it means `completed`, after its last, and after what
// the fields held has been marked. (The scanner may take other objects before that; later black only makes those barriers shade more.)
//
// A stop is one step, enabled when every mutator is at a safepoint: while the world is stopped nobody else makes a step, so its inner steps
// could not be told apart. Between two objects the collector may ask for the final stop at any time, as quanta and cut-short rounds do, and
// the stop marks the rest. When the grey set is empty a mutator may have a handshake (`Cycle::gather_from_mutators`) if that would bring
// anything. A handshake is one step when at most one of its mutator's roots is white, else one per shaded root, with the mutator held.
//
// Invariant: an object is lost when a trace that is independent of the marking reaches it and it is white when marking ends, or free afterwards.
//
// Ownership: `CollectorState`, and everything while the world is stopped.
#pragma once

#include "core/exploration/attempts.hpp"
#include "core/exploration/model_bounds.hpp"

namespace tricolour::exploration {

template <class Memory>
class ModelCollector {
 public:
  using State = HeapState<Memory>;

  ModelCollector(const Bounds& bounds, const Layout& layout, const Protocol& protocol, BlackMeans means)
      : bounds_(bounds), layout_(layout), protocol_(protocol), means_(means), thread_(bounds.mutators) {}

  /// Calls `attempt(label, step)` for each step that can be made; `step(state, choice, label)` makes it.
  void steps(const State& state, const Attempts<State>& attempt) const {
    switch (state.collector.stage) {
      case Stage::enter:
        attempt(Label{.actor = collector_actor, .action = Action::enter}, [](State& next, Choice&, Label& label) {
          next.collector.stage = Stage::idle;
          label.looked_at = every_mutator;
        });
        return;
      case Stage::idle: return steps_when_idle(state, attempt);
      case Stage::begin: return steps_of_handshakes(state, protocol_.begin, attempt);
      case Stage::marking: return steps_when_marking(state, attempt);
      case Stage::termination: return steps_of_handshakes(state, protocol_.termination, attempt);
      case Stage::done: return;
    }
  }

  /// Registering and ending take the lock that a stop or a handshake of all holds: not after the first mutator has acknowledged.
  static bool registry_is_free(const State& state) {
    const CollectorState& collector = state.collector;
    const bool between = collector.stage == Stage::begin || collector.stage == Stage::termination;
    return collector.held == 0 && (!between || collector.acknowledged == 0);
  }

  /// What is marked, if marking is ended here by a stop of every mutator, with what the table makes it find. Between cycles: everything.
  ObjectSet marked_if_ended(State state) const {
    const Stage stage = state.collector.stage;
    if (stage == Stage::enter || stage == Stage::idle || stage == Stage::done) return state.allocated;
    if (stage == Stage::begin) {
      const bool roots_now = protocol_.begin[state.collector.step] == Step::shade_roots;
      for (std::uint8_t i = 0; i < bounds_.mutators; ++i) {
        if (roots_now && contains(state.collector.acknowledged, i)) continue;
        for (const ObjectNumber root : state.mutators[i].roots) shade(state, root);
      }
      shade(state, globals_object);
    }
    end_marking(state);
    ObjectSet marked = 0;
    for (ObjectNumber object = 1; object <= layout_.objects(); ++object) {
      if (contains(state.allocated, object) && state.memory.newest(layout_.colour(object)) != state.collector.phase.sense.white()) add(marked, object);
    }
    return marked;
  }

  /// What has been marked since it was read from a field is not looked at again.
  void forget_marked(State& state) const {
    for_each(state.collector.pending, [&](ObjectNumber object) {
      if (is_marked(state, object)) remove(state.collector.pending, object);
    });
  }

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

 private:
  // --- stops ----------------------------------------------------------------------------------------------------------------------

  bool everybody_at_safepoint(const State& state) const {
    for (const MutatorState& mutator : state.mutators) {
      if (mutator.life == Life::running && !mutator.at_safepoint()) return false;
    }
    return true;
  }

  void steps_when_idle(const State& state, const Attempts<State>& attempt) const {
    if (by_handshakes(protocol_.begin)) {
      attempt(Label{.actor = collector_actor, .action = Action::announce}, [this](State& next, Choice&, Label&) {
        next.collector.stage = Stage::begin;
        announce(next, protocol_.begin);
      });
    } else if (everybody_at_safepoint(state)) {
      attempt(Label{.actor = collector_actor, .action = Action::begin}, [this](State& next, Choice&, Label& label) {
        label.looked_at = every_mutator;
        next.memory.synchronise_all();
        for (const Step step : protocol_.begin) execute(next, step);
        next.collector.stage = Stage::marking;
      });
    }
  }

  /// One step of a table, the world stopped.
  void execute(State& state, Step step) const {
    CollectorState& collector = state.collector;
    change_phase(collector.phase, step);
    for (MutatorState& mutator : state.mutators) {
      if (mutator.life != Life::running) continue;
      change_phase(mutator.phase, step);
      if (step == Step::flush_buffers) flush(state, mutator);
      if (step == Step::shade_roots) {
        for (const ObjectNumber root : mutator.roots) shade(state, root);
      }
    }
    if (step == Step::flip_mark_sense) forget_last_cycle(state);
    if (step == Step::shade_roots) shade(state, globals_object);
    if (step == Step::drain) drain(state);
  }

  static void change_phase(ModelPhase& phase, Step step) {
    switch (step) {
      case Step::flip_mark_sense:
        phase.sense = phase.sense.flipped();
        phase.roots_scanned = false;
        break;
      case Step::barrier_on: phase.marking = true; break;
      case Step::barrier_off: phase.marking = false; break;
      case Step::allocate_black: phase.allocates_black = true; break;
      case Step::allocate_white: phase.allocates_black = false; break;
      case Step::roots_are_scanned: phase.roots_scanned = true; break;
      default: break;
    }
  }

  void forget_last_cycle(State& state) const {
    CollectorState& collector = state.collector;
    collector.cleaned = 0;
    if (!layout_.has_log_bits()) return;
    for (ObjectNumber object = 1; object <= layout_.objects(); ++object) {
      for (unsigned i = 0; i < layout_.slots(); ++i) state.memory.set(layout_.log_bit(object, i), 0);
    }
  }

  void flush(State& state, MutatorState& mutator) const {
    if (mutator.buffer != 0) state.collector.found = true;
    state.collector.grey = static_cast<ObjectSet>(state.collector.grey | mutator.buffer);
    mutator.buffer = 0;
  }

  /// World stopped.
  void shade(State& state, ObjectNumber object) const {
    if (object == null_object) return;
    const MarkSense sense = state.collector.phase.sense;
    const unsigned colour = layout_.colour(object);
    if (state.memory.newest(colour) != sense.white()) return;
    state.memory.set(colour, means_ == BlackMeans::marked ? sense.black : grey_state);
    add(state.collector.grey, object);
    state.collector.found = true;
  }

  /// World stopped: marks the rest.
  void drain(State& state) const {
    CollectorState& collector = state.collector;
    for_each(collector.pending, [&](ObjectNumber object) { shade(state, object); });
    collector.pending = 0;
    if (collector.scanning != null_object) add(collector.grey, collector.scanning);
    collector.scanning = null_object;
    collector.next_slot = 0;
    while (collector.grey != 0) {
      const auto object = static_cast<ObjectNumber>(std::countr_zero(static_cast<unsigned>(collector.grey)));
      remove(collector.grey, object);
      state.memory.set(layout_.colour(object), collector.phase.sense.black);
      for (unsigned i = 0; i < layout_.slots(); ++i) shade(state, state.memory.newest(layout_.slot(object, i)));
    }
  }

  void scan_cards(State& state) const {
    for (ObjectNumber object = 1; layout_.has_cards() && object <= layout_.objects(); ++object) {
      if (state.memory.newest(layout_.card(object)) == 0) continue;
      state.memory.set(layout_.card(object), 0);
      if (is_marked(state, object)) add(state.collector.grey, object);
    }
  }

  bool is_marked(const State& state, ObjectNumber object) const {
    return contains(state.allocated, object) && state.memory.newest(layout_.colour(object)) != state.collector.phase.sense.white();
  }

  /// World stopped: what the termination table finds and marks; nothing else changes.
  void end_marking(State& state) const {
    state.memory.synchronise_all();
    for (const Step step : protocol_.termination) {
      const bool ends = step == Step::barrier_off || step == Step::repeat_until_clean;
      if (ends) break;
      execute(state, step);
    }
    drain(state);
  }

  void check_marked(State& state) const {
    for_each(reachable(state), [&](ObjectNumber object) {
      if (state.lost == null_object && !is_marked(state, object)) state.lost = object;
    });
  }

  /// One step: a free object cannot be told from one that nobody refers to, except by allocation, and later is no worse.
  void sweep(State& state) const {
    CollectorState& collector = state.collector;
    check_marked(state);
    for (ObjectNumber object = 1; object <= layout_.objects(); ++object) {
      if (!contains(state.allocated, object) || is_marked(state, object)) continue;
      remove(state.allocated, object);
      release(state, object);
    }
    collector.stage = --collector.cycles_left == 0 ? Stage::done : Stage::idle;
    collector.found = false;
    collector.step = 0;
  }

  void release(State& state, ObjectNumber object) const {
    for (unsigned i = 0; i < layout_.slots(); ++i) state.memory.set(layout_.slot(object, i), null_object);
    state.memory.set(layout_.colour(object), 0);
    if (layout_.has_cards()) state.memory.set(layout_.card(object), 0);
  }

  // --- marking --------------------------------------------------------------------------------------------------------------------

  void steps_when_marking(const State& state, const Attempts<State>& attempt) const {
    const CollectorState& collector = state.collector;
    if (collector.held != 0) return steps_between_rounds(state, attempt);
    if (collector.holds_nothing()) steps_to_termination(state, attempt);
    for_each(collector.pending, [&](ObjectNumber object) {
      attempt(Label{.actor = collector_actor, .action = Action::mark, .object = object},
              [this, object](State& next, Choice&, Label& label) { mark(next, object, label); });
    });
    if (collector.scanning != null_object) {
      const bool blackens = collector.next_slot == layout_.slots();
      if (blackens && (collector.pending != 0 || !state.memory.can_store(thread_))) return;
      attempt(Label{.actor = collector_actor}, [this](State& next, Choice& choice, Label& label) { scan_slot(next, choice, label); });
      return;
    }
    for_each(collector.grey, [&](ObjectNumber object) {
      attempt(Label{.actor = collector_actor},
              [this, object](State& next, Choice& choice, Label& label) { take(next, object, choice, label); });
    });
    if (collector.holds_nothing() && collector.grey == 0) steps_between_rounds(state, attempt);
  }

  void steps_to_termination(const State& state, const Attempts<State>& attempt) const {
    const CollectorState& collector = state.collector;
    if (by_handshakes(protocol_.termination)) {
      if (collector.grey != 0) return;
      attempt(Label{.actor = collector_actor, .action = Action::announce}, [this](State& next, Choice&, Label&) {
        next.collector.stage = Stage::termination;
        next.collector.found = false;
        announce(next, protocol_.termination);
      });
    } else if (everybody_at_safepoint(state)) {
      attempt(Label{.actor = collector_actor, .action = Action::terminate}, [this](State& next, Choice&, Label& label) {
        next.memory.synchronise_all();
        for (const Step step : protocol_.termination) {
          execute(next, step);
          if (step == Step::drain) check_marked(next);
        }
        label.looked_at = every_mutator;
        label.object = next.lost;
        sweep(next);
      });
    }
  }

  void mark(State& state, ObjectNumber object, Label& label) const {
    remove(state.collector.pending, object);
    label.result = try_shade(state, thread_, state.collector.phase.sense, object);
    if (label.result != 0) add(state.collector.grey, object);
  }

  /// The exchange of a thread that runs beside others; true for the one that may push.
  bool try_shade(State& state, unsigned thread, MarkSense sense, ObjectNumber object) const {
    const unsigned colour = layout_.colour(object);
    if (state.memory.latest(thread, colour) != sense.white()) return false;
    state.memory.exchange(thread, colour, means_ == BlackMeans::marked ? sense.black : grey_state, std::memory_order_acq_rel);
    return true;
  }

  void take(State& state, ObjectNumber object, Choice& choice, Label& label) const {
    CollectorState& collector = state.collector;
    remove(collector.grey, object);
    state.memory.receive(thread_, object);
    collector.scanning = object;
    collector.next_slot = 0;
    if (means_ == BlackMeans::started) {
      state.memory.exchange(thread_, layout_.colour(object), collector.phase.sense.black, std::memory_order_seq_cst);
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
      state.memory.store(thread_, layout_.colour(object), collector.phase.sense.black, std::memory_order_release);
      label.action = Action::scan_and_blacken;
      collector.scanning = null_object;
      return;
    }
    const std::memory_order order = means_ == BlackMeans::started ? std::memory_order_seq_cst : std::memory_order_acquire;
    label.action = Action::scan;
    label.slot = collector.next_slot;
    const ObjectNumber referent = state.memory.load(thread_, layout_.slot(object, collector.next_slot++), order, choice);
    label.result = referent;
    // One that is not white now will not be white when it is looked at.
    if (referent != null_object && state.memory.latest(thread_, layout_.colour(referent)) == collector.phase.sense.white()) add(collector.pending, referent);
    const bool blackens_after = means_ == BlackMeans::completed;
    if (collector.next_slot == layout_.slots() && !blackens_after) collector.scanning = null_object;
  }

  void steps_between_rounds(const State& state, const Attempts<State>& attempt) const {
    const CollectorState& collector = state.collector;
    if (collector.held != 0) {
      attempt(Label{.actor = collector_actor, .action = Action::gather, .mutator = static_cast<std::uint8_t>(collector.held - 1)},
              [this](State& next, Choice&, Label& label) { gather(next, label.mutator, label); });
      return;
    }
    for (std::uint8_t i = 0; i < bounds_.mutators; ++i) {
      const MutatorState& mutator = state.mutators[i];
      if (mutator.life != Life::running || !mutator.at_safepoint() || !would_bring_anything(state, mutator)) continue;
      attempt(Label{.actor = collector_actor, .action = Action::gather, .mutator = i}, [this, i](State& next, Choice&, Label& label) { gather(next, i, label); });
    }
    for (ObjectNumber object = 1; layout_.has_cards() && object <= layout_.objects(); ++object) {
      if (contains(collector.cleaned, object)) continue;
      if (state.memory.newest(layout_.card(object)) == 0) continue;
      attempt(Label{.actor = collector_actor, .action = Action::clean_card, .object = object},
              [this, object](State& next, Choice&, Label&) { clean_card(next, object); });
    }
  }

  void gather(State& state, std::uint8_t index, Label& label) const {
    hand_shake(state, index, {Step::flush_buffers, rescans() ? Step::shade_roots : Step::end}, 0, label);
  }
  bool would_bring_anything(const State& state, const MutatorState& mutator) const {
    if (mutator.buffer != 0) return true;
    for (const ObjectNumber root : mutator.roots) {
      if (rescans() && root != null_object && !is_marked(state, root)) return true;
    }
    return false;
  }
  bool rescans() const {
    for (const Step step : protocol_.termination) {
      if (step == Step::shade_roots) return true;
    }
    return false;
  }

  void clean_card(State& state, ObjectNumber object) const {
    add(state.collector.cleaned, object);
    state.memory.exchange(thread_, layout_.card(object), 0, std::memory_order_seq_cst);
    if (is_marked(state, object)) add(state.collector.grey, object);
  }

  // --- handshakes -----------------------------------------------------------------------------------------------------------------

  /// The collector's own part of the steps up to the next acknowledgement.
  void announce(State& state, const Steps& steps) const {
    CollectorState& collector = state.collector;
    collector.acknowledged = 0;
    for (std::size_t i = collector.step; steps[i] != Step::acknowledge && steps[i] != Step::end; ++i) {
      change_phase(collector.phase, steps[i]);
      if (steps[i] == Step::flip_mark_sense) forget_last_cycle(state);
      const bool shades_globals = steps[i] == Step::shade_roots && collector.stage == Stage::begin;
      if (shades_globals && try_shade(state, thread_, collector.phase.sense, globals_object)) add(collector.grey, globals_object);
    }
  }

  void steps_of_handshakes(const State& state, const Steps& steps, const Attempts<State>& attempt) const {
    const CollectorState& collector = state.collector;
    bool all = true;
    for (std::uint8_t i = 0; i < bounds_.mutators; ++i) {
      const MutatorState& mutator = state.mutators[i];
      if (mutator.life != Life::running || contains(collector.acknowledged, i)) continue;
      all = false;
      if (collector.held != 0 && collector.held != i + 1) continue;
      if (!mutator.at_safepoint()) continue;
      attempt(Label{.actor = collector_actor, .action = Action::handshake, .mutator = i}, [this, i, &steps](State& next, Choice&, Label& label) {
        if (hand_shake(next, i, steps, next.collector.step, label)) add(next.collector.acknowledged, i);
      });
    }
    if (all) {
      attempt(Label{.actor = collector_actor}, [this, &steps](State& next, Choice&, Label& label) { go_on(next, steps, label); });
    }
  }

  /// Makes the steps up to the next acknowledgement for one mutator. False: it is held, and there is more to shade.
  bool hand_shake(State& state, std::uint8_t index, const Steps& steps, std::size_t from, Label& label) const {
    CollectorState& collector = state.collector;
    MutatorState& mutator = state.mutators[index];
    const bool goes_on = collector.held != 0;
    state.memory.synchronise(thread_, index);
    collector.held = 0;
    for (std::size_t i = from; steps[i] != Step::acknowledge && steps[i] != Step::end; ++i) {
      if (!goes_on) change_phase(mutator.phase, steps[i]);
      if (steps[i] == Step::flush_buffers && !goes_on) flush(state, mutator);
      if (steps[i] != Step::shade_roots) continue;
      if (!shade_one_root(state, index)) collector.held = static_cast<std::uint8_t>(index + 1);
      label.looked_at = only(index);
    }
    if (collector.held != 0) label.looked_at = 0;
    return collector.held == 0;
  }

  /// False: another root is white.
  bool shade_one_root(State& state, std::uint8_t index) const {
    CollectorState& collector = state.collector;
    MutatorState& mutator = state.mutators[index];
    bool shaded_one = false;
    for (const ObjectNumber root : mutator.roots) {
      if (root == null_object) continue;
      if (shaded_one && state.memory.latest(index, layout_.colour(root)) == mutator.phase.sense.white()) return false;
      if (shaded_one || !try_shade(state, index, mutator.phase.sense, root)) continue;
      shaded_one = true;
      add(collector.grey, root);
      state.memory.send(index, root);
      collector.found = true;
    }
    return true;
  }

  /// Everybody has acknowledged.
  void go_on(State& state, const Steps& steps, Label& label) const {
    CollectorState& collector = state.collector;
    label.action = Action::announce;
    while (steps[collector.step] != Step::acknowledge) ++collector.step;
    ++collector.step;
    if (steps[collector.step] == Step::repeat_until_clean) {
      if (collector.found || (collector.grey != 0 && !bounds_.faults.own_flush_unseen)) {
        label.action = Action::repeat_round;
        collector.step = 0;
        collector.stage = Stage::marking;
        return;
      }
      label.action = Action::end_marking;
      label.looked_at = every_mutator;
      check_marked(state);
      ++collector.step;
    }
    if (steps[collector.step] != Step::end) {
      announce(state, steps);
      return;
    }
    collector.step = 0;
    if (collector.stage == Stage::begin) {
      collector.stage = Stage::marking;
    } else {
      label.action = Action::sweep;
      label.looked_at = every_mutator;
      sweep(state);
    }
  }

  static constexpr std::uint8_t every_mutator = (1u << most_mutators) - 1;

  const Bounds& bounds_;
  const Layout& layout_;
  const Protocol& protocol_;
  const BlackMeans means_;
  const unsigned thread_;
};

}  // namespace tricolour::exploration
