// The model's collector: a thread that executes the protocol table, and the threads that mark
// (model_marking.hpp).
//
// Purpose: the steps that the collector can make in a state, and a mutator that assists.
//
// The first mark thread executes the table. Another marks as it does and waits with it. A mutator
// assists between two operations, and makes no other step, nor is it at a safepoint, before it has
// nothing in hand.
//
// A stop is one step, enabled when every mutator is at a safepoint: while the world is stopped
// no mutator makes a step, so its inner steps could not be told apart. Between two objects the
// collector may ask for the final stop at any time, as quanta and cut-short rounds do, and the stop
// marks the rest. A handshake is one step when at most one of its mutator's roots is white, else
// one per shaded root, with the mutator held. When the grey set is empty
// (`Cycle::gather_from_mutators`) a mutator may have a handshake if that would bring anything, or
// if the mutator scans slots again at once from there on; and once a cycle each dirty card may be
// taken, and scanned after a handshake with every mutator.
//
// Ownership: `CollectorState`, and everything while the world is stopped.
#pragma once

#include "core/exploration/attempts.hpp"
#include "core/exploration/model_marking.hpp"

namespace tricolour::exploration {

template <class Memory>
class ModelCollector {
 public:
  using State = HeapState<Memory>;

  ModelCollector(const Bounds& bounds, const Layout& layout, const Protocol& protocol,
                 const BarrierTraits& traits)
      : bounds_(bounds),
        layout_(layout),
        protocol_(protocol),
        marking_(bounds, layout, traits.black_means),
        thread_(bounds.mutators) {}

  const ModelMarking<Memory>& marking() const { return marking_; }

  /// Calls `attempt(label, step)` for each step that can be made; `step(state, choice, label)`
  /// makes it.
  void steps(const State& state, const Attempts<State>& attempt) const {
    switch (state.collector.stage) {
      case Stage::enter:
        attempt(Label{.actor = collector_actor, .action = Action::enter},
                [](State& next, Choice&, Label& label) {
                  next.collector.stage = Stage::idle;
                  label.looked_at = every_mutator;
                });
        return;
      case Stage::idle:
        return steps_when_idle(state, attempt);
      case Stage::begin:
        return steps_of_handshakes(state, protocol_.begin, attempt);
      case Stage::marking:
        return steps_when_marking(state, attempt);
      case Stage::termination:
        return steps_of_handshakes(state, protocol_.termination, attempt);
      case Stage::done:
        return;
    }
  }

  /// Registering and ending take the lock that a stop or a handshake of all holds: not after the
  /// first mutator has acknowledged.
  static bool registry_is_free(const State& state) {
    const CollectorState& collector = state.collector;
    const bool between = collector.stage == Stage::begin || collector.stage == Stage::termination;
    return collector.held == 0 && collector.taken_card == null_object &&
           (!between || collector.acknowledged == 0);
  }

  /// What is marked, if marking is ended here by a stop of every mutator, with what the table makes
  /// it find. Between cycles: everything.
  ObjectSet marked_if_ended(State state) const {
    const Stage stage = state.collector.stage;
    if (stage == Stage::enter || stage == Stage::idle || stage == Stage::done)
      return state.allocated;
    if (stage == Stage::begin) {
      const bool roots_now = protocol_.begin[state.collector.step] == Step::shade_roots;
      for (std::uint8_t i = 0; i < bounds_.mutators; ++i) {
        if (roots_now && contains(state.collector.acknowledged, i)) continue;
        for (const ObjectNumber root : state.mutators[i].roots) marking_.shade(state, root);
      }
      marking_.shade(state, globals_object);
    }
    end_marking(state);
    ObjectSet marked = 0;
    for (ObjectNumber object = 1; object <= layout_.objects(); ++object) {
      if (marking_.is_marked(state, object)) add(marked, object);
    }
    return marked;
  }

 private:
  // --- stops -------------------------------------------------------------------------------------

  bool everybody_at_safepoint(const State& state) const {
    for (const MutatorState& mutator : state.mutators) {
      if (mutator.life == Life::running && !may_stop(mutator)) return false;
    }
    return true;
  }
  bool may_stop(const MutatorState& mutator) const {
    return bounds_.faults.assist_interrupted ? mutator.between_actions() : mutator.at_safepoint();
  }

  void steps_when_idle(const State& state, const Attempts<State>& attempt) const {
    if (by_handshakes(protocol_.begin)) {
      attempt(Label{.actor = collector_actor, .action = Action::announce},
              [this](State& next, Choice&, Label&) {
                next.collector.stage = Stage::begin;
                announce(next, protocol_.begin);
              });
    } else if (everybody_at_safepoint(state)) {
      attempt(Label{.actor = collector_actor, .action = Action::begin},
              [this](State& next, Choice&, Label& label) {
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
    collector.phase.apply(step);
    for (MutatorState& mutator : state.mutators) {
      if (mutator.life != Life::running) continue;
      mutator.phase.apply(step);
      if (step == Step::flush_buffers) marking_.flush(state, mutator);
      if (step == Step::shade_roots) {
        for (const ObjectNumber root : mutator.roots) marking_.shade(state, root);
      }
    }
    if (step == Step::flip_mark_sense) marking_.forget_last_cycle(state);
    if (step == Step::shade_roots) marking_.shade(state, globals_object);
    if (step == Step::scan_cards) marking_.scan_cards(state);
    if (step == Step::drain) marking_.drain(state);
  }

  /// World stopped: what the termination table finds and marks; nothing else changes.
  void end_marking(State& state) const {
    state.memory.synchronise_all();
    if (state.collector.taken_card != null_object) marking_.scan_card(state);
    for (const Step step : protocol_.termination) {
      const bool ends = step == Step::barrier_off || step == Step::repeat_until_clean;
      if (ends) break;
      execute(state, step);
    }
    marking_.drain(state);
  }

  void end_cycle(State& state) const {
    CollectorState& collector = state.collector;
    marking_.sweep(state);
    collector.stage = --collector.cycles_left == 0 ? Stage::done : Stage::idle;
    collector.found = false;
    collector.step = 0;
  }

  // --- marking ----------------------------------------------------------------------------------

  void steps_when_marking(const State& state, const Attempts<State>& attempt) const {
    const CollectorState& collector = state.collector;
    if (collector.taken_card != null_object) return steps_of_card_round(state, attempt);
    if (collector.held != 0) return steps_between_rounds(state, attempt);
    const bool idle = marking_.mark_threads_hold_nothing(state);
    if (idle) steps_to_termination(state, attempt);
    for (unsigned marker = 0; marker < bounds_.markers; ++marker)
      marking_.steps(state, marker, attempt);
    if (idle && collector.grey == 0) steps_between_rounds(state, attempt);
  }

  void steps_to_termination(const State& state, const Attempts<State>& attempt) const {
    const CollectorState& collector = state.collector;
    if (by_handshakes(protocol_.termination)) {
      if (collector.grey != 0 || !marking_.assists_hold_nothing(state)) return;
      attempt(Label{.actor = collector_actor, .action = Action::announce},
              [this](State& next, Choice&, Label&) {
                next.collector.stage = Stage::termination;
                next.collector.found = false;
                announce(next, protocol_.termination);
              });
    } else if (everybody_at_safepoint(state)) {
      attempt(Label{.actor = collector_actor, .action = Action::terminate},
              [this](State& next, Choice&, Label& label) {
                next.memory.synchronise_all();
                marking_.drop_hands(next);
                for (const Step step : protocol_.termination) execute(next, step);
                label.looked_at = every_mutator;
                end_cycle(next);
              });
    }
  }

  void steps_between_rounds(const State& state, const Attempts<State>& attempt) const {
    const CollectorState& collector = state.collector;
    if (collector.held != 0) {
      attempt(Label{.actor = collector_actor,
                    .action = Action::gather,
                    .mutator = static_cast<std::uint8_t>(collector.held - 1)},
              [this](State& next, Choice&, Label& label) { gather(next, label.mutator, label); });
      return;
    }
    for (std::uint8_t i = 0; i < bounds_.mutators; ++i) {
      const MutatorState& mutator = state.mutators[i];
      if (mutator.life != Life::running || !mutator.at_safepoint() ||
          !would_bring_anything(state, mutator))
        continue;
      attempt(Label{.actor = collector_actor, .action = Action::gather, .mutator = i},
              [this, i](State& next, Choice&, Label& label) { gather(next, i, label); });
    }
    for (ObjectNumber object = 1;
         has(protocol_.card_round, Step::take_cards) && object <= layout_.objects(); ++object) {
      if (contains(collector.cleaned, object) || state.memory.newest(layout_.card(object)) == 0)
        continue;
      attempt(Label{.actor = collector_actor, .action = Action::take_card, .object = object},
              [this, object](State& next, Choice&, Label&) {
                next.collector.acknowledged = 0;
                marking_.take_card(next, object);
              });
    }
  }

  /// A card has been taken: every mutator has a handshake, then the card is scanned.
  void steps_of_card_round(const State& state, const Attempts<State>& attempt) const {
    const auto gather_from = [this](State& next, std::uint8_t i, Label& label) {
      return gather(next, i, label);
    };
    const bool all = bounds_.faults.cards_scanned_at_once ||
                     steps_of_acknowledging(state, Action::gather, attempt, gather_from);
    if (!all) return;
    attempt(Label{.actor = collector_actor,
                  .action = Action::scan_card,
                  .object = state.collector.taken_card},
            [this](State& next, Choice&, Label&) { marking_.scan_card(next); });
  }

  /// What it turns on for the mutator is on for those that start later, too.
  bool gather(State& state, std::uint8_t index, Label& label) const {
    for (const Step step : protocol_.gather) state.collector.phase.apply(step);
    return hand_shake(state, index, protocol_.gather, 0, label);
  }
  bool would_bring_anything(const State& state, const MutatorState& mutator) const {
    if (mutator.buffer != 0 ||
        mutator.phase.rescans_at_once != has(protocol_.gather, Step::rescan_at_once))
      return true;
    for (const ObjectNumber root : mutator.roots) {
      if (rescans() && root != null_object && !marking_.is_marked(state, root)) return true;
    }
    return false;
  }
  bool rescans() const { return has(protocol_.gather, Step::shade_roots); }

  // --- handshakes -------------------------------------------------------------------------------

  /// The collector's own part of the steps up to the next acknowledgement.
  void announce(State& state, const Steps& steps) const {
    CollectorState& collector = state.collector;
    collector.acknowledged = 0;
    for (std::size_t i = collector.step; steps[i] != Step::acknowledge && steps[i] != Step::end;
         ++i) {
      collector.phase.apply(steps[i]);
      if (steps[i] == Step::flip_mark_sense) marking_.forget_last_cycle(state);
      const bool shades_globals = steps[i] == Step::shade_roots && collector.stage == Stage::begin;
      if (shades_globals &&
          marking_.try_shade(state, thread_, collector.phase.sense, globals_object))
        marking_.push(state, thread_, globals_object);
    }
  }

  void steps_of_handshakes(const State& state, const Steps& steps,
                           const Attempts<State>& attempt) const {
    const bool all =
        steps_of_acknowledging(state, Action::handshake, attempt,
                               [this, &steps](State& next, std::uint8_t i, Label& label) {
                                 return hand_shake(next, i, steps, next.collector.step, label);
                               });
    if (!all) return;
    attempt(Label{.actor = collector_actor},
            [this, &steps](State& next, Choice&, Label& label) { go_on(next, steps, label); });
  }

  /// A handshake with each mutator that has not acknowledged. True: all have.
  template <class HandShake>
  bool steps_of_acknowledging(const State& state, Action action, const Attempts<State>& attempt,
                              HandShake hand_shake) const {
    const CollectorState& collector = state.collector;
    bool all = true;
    for (std::uint8_t i = 0; i < bounds_.mutators; ++i) {
      const MutatorState& mutator = state.mutators[i];
      if (mutator.life != Life::running || contains(collector.acknowledged, i)) continue;
      all = false;
      if (collector.held != 0 && collector.held != i + 1) continue;
      if (!mutator.at_safepoint()) continue;
      attempt(Label{.actor = collector_actor, .action = action, .mutator = i},
              [i, &hand_shake](State& next, Choice&, Label& label) {
                if (hand_shake(next, i, label)) add(next.collector.acknowledged, i);
              });
    }
    return all;
  }

  /// Makes the steps up to the next acknowledgement for one mutator. False: it is held, and there
  /// is more to shade.
  bool hand_shake(State& state, std::uint8_t index, const Steps& steps, std::size_t from,
                  Label& label) const {
    CollectorState& collector = state.collector;
    MutatorState& mutator = state.mutators[index];
    const bool goes_on = collector.held != 0;
    // The mark threads have come together, and each goes on from here.
    for (unsigned marker = 0; marker < bounds_.markers; ++marker)
      state.memory.synchronise(thread_ + marker, index);
    collector.held = 0;
    for (std::size_t i = from; steps[i] != Step::acknowledge && steps[i] != Step::end; ++i) {
      if (!goes_on) mutator.phase.apply(steps[i]);
      if (steps[i] == Step::flush_buffers && !goes_on) marking_.flush(state, mutator);
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
      if (shaded_one &&
          state.memory.latest(index, layout_.colour(root)) == mutator.phase.sense.white())
        return false;
      if (shaded_one || !marking_.try_shade(state, index, mutator.phase.sense, root)) continue;
      shaded_one = true;
      add(collector.grey, root);
      state.memory.send(index, root);
      collector.found = true;
    }
    return true;
  }

  /// All have acknowledged.
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
      marking_.check_marked(state);
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
      end_cycle(state);
    }
  }

  static constexpr std::uint8_t every_mutator = (1u << most_mutators) - 1;

  const Bounds& bounds_;
  const Layout& layout_;
  const Protocol& protocol_;
  const ModelMarking<Memory> marking_;
  const unsigned thread_;
};

}  // namespace tricolour::exploration
