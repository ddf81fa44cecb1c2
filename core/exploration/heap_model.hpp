// The model of a heap under one barrier: the most general mutators within bounds, and the collector.
//
// Purpose: every schedule of every program. Between two safepoints a mutator makes any operation of the repertoire, on any object it refers to,
// through the barrier's own source; at a safepoint it may let go of any reference. The search (search.hpp) visits every state.
//
// Reductions, none of which loses a behaviour: free objects are alike, so an allocation takes the first; so are mutators, and a mutator's
// registers: they are sorted; a mutator lets go of references only right after its operation, or right after somebody looked at its roots, because
// nobody can tell that from later; a load goes to an empty register when there is one; initialising a new object is one step with the operation's first action, because nobody else can reach it; a step in which a
// mutator leaves a safepoint and its first action are one, because what it reads in between is its own.
//
// Ownership: constant while a search runs.
#pragma once

#include "core/exploration/archive.hpp"
#include "core/exploration/model_collector.hpp"
#include "core/exploration/model_environment.hpp"

namespace tricolour::exploration {

template <class B, template <class, unsigned, unsigned> class MemoryModel>
class HeapModel {
 public:
  using Memory = MemoryModel<std::uint8_t, most_locations, most_threads>;
  using State = HeapState<Memory>;

  HeapModel(const Bounds& bounds, const Protocol& protocol)
      : bounds_(bounds), layout_(bounds, B::traits.side_table), protocol_(protocol), collector_(bounds_, layout_, protocol_, B::traits.black_means) {}
  HeapModel(const HeapModel&) = delete;
  HeapModel& operator=(const HeapModel&) = delete;

  const Bounds& bounds() const { return bounds_; }
  const Layout& layout() const { return layout_; }
  const ModelCollector<Memory>& collector() const { return collector_; }

  /// globals -> a -> b, and every mutator that runs from the start refers to a.
  State initial() const {
    State state;
    state.memory.reset(layout_.locations(), bounds_.mutators + 1);
    constexpr ObjectNumber a = globals_object + 1, b = globals_object + 2;
    state.allocated = only(globals_object) | only(a) | only(b);
    state.memory.set(layout_.slot(globals_object, 0), a);
    state.memory.set(layout_.slot(a, 0), b);
    state.collector.cycles_left = static_cast<std::uint8_t>(bounds_.cycles);
    const unsigned running = bounds_.repertoire.threads ? 1 : bounds_.mutators;
    for (unsigned i = 0; i < bounds_.mutators; ++i) {
      MutatorState& mutator = state.mutators[i];
      mutator.operations_left = static_cast<std::uint8_t>(bounds_.operations);
      if (i >= running) {
        state.memory.retire(i);
        continue;
      }
      mutator.life = Life::running;
      mutator.roots[0] = a;
    }
    return state;
  }

  bool violated(const State& state) const { return state.lost != null_object; }

  template <class Visit>
  void expand(const State& state, Visit visit) const {
    if (state.collector.stage == Stage::done || violated(state)) return;
    const bool quiet = is_quiet(state);
    bool any = false;
    const auto attempt = [&](const Label& label, auto step) {
      if (quiet && std::exchange(any, true)) return;
      for (unsigned alternative = 0;; ++alternative) {
        State next = state;
        Label done = label;
        Choice choice(alternative);
        if (make(next, choice, done, step)) {
          if (quiet) done.looked_at = 0;
          collector_.forget_marked(next);
          let_go(next, done, 0, visit);
        }
        if (!choice.has_another()) return;
      }
    };
    for (std::uint8_t i = 0; i < bounds_.mutators && state.collector.stage != Stage::enter; ++i) {
      if (state.mutators[i].life == Life::running && state.collector.held != i + 1) steps_of_mutator(state, i, attempt);
    }
    collector_.steps(state, attempt);
    for (std::uint8_t thread = 0; thread <= bounds_.mutators; ++thread) {
      if (!state.memory.can_drain(thread)) continue;
      const std::uint8_t actor = thread == bounds_.mutators ? collector_actor : thread;
      attempt(Label{.actor = actor, .action = Action::drain}, [thread](State& next, Choice&, Label& label) { label.result = static_cast<std::uint8_t>(next.memory.drain(thread)); });
    }
  }

 private:
  template <class Step>
  static bool make(State& next, Choice& choice, Label& label, Step step) {
    if constexpr (std::is_void_v<decltype(step(next, choice, label))>) {
      step(next, choice, label);
      return true;
    } else {
      return step(next, choice, label);
    }
  }

  // --- reductions -------------------------------------------------------------------------------------------------------------------

  /// No mutator makes another step, and all see the same memory. What is left to the collector then has one outcome in any order, because nothing
  /// that it reads changes but by its own marking, which only grows: one order is enough.
  bool is_quiet(const State& state) const {
    if (bounds_.repertoire.threads || state.collector.stage == Stage::enter || !state.memory.settled()) return false;
    for (unsigned i = 0; i < bounds_.mutators; ++i) {
      if (!state.mutators[i].is_through()) return false;
    }
    return true;
  }

  /// All that the mutators from `index` on may let go of now.
  template <class Visit>
  void let_go(State& state, Label& label, unsigned index, Visit& visit) const {
    if (index == bounds_.mutators) {
      State next = state;
      Label done = label;
      sort_mutators(next, done);
      visit(next, done);
      return;
    }
    MutatorState& mutator = state.mutators[index];
    let_go(state, label, index + 1, visit);
    const bool may = contains(label.looked_at, static_cast<ObjectNumber>(index)) && mutator.life == Life::running;
    if (!may || mutator.operation.kind != OperationKind::none) return;
    const auto held = mutator.roots;
    for (unsigned kept = 0; kept + 1 < 1u << registers; ++kept) {
      ObjectSet dropped = 0;
      for (unsigned r = 0; r < registers; ++r) {
        mutator.roots[r] = (kept >> r & 1) != 0 ? held[r] : null_object;
        if (mutator.roots[r] == null_object && held[r] != null_object) add(dropped, held[r]);
      }
      const bool same_as_another = (kept & 2) != 0 && held[1] == null_object;
      if (dropped == 0 || same_as_another) continue;
      mutator.sort_registers();
      label.dropped[index] = dropped;
      let_go(state, label, index + 1, visit);
    }
    label.dropped[index] = 0;
    mutator.roots = held;
  }

  /// Mutators are alike: the one with the smaller bytes comes first.
  void sort_mutators(State& state, Label& label) const {
    for (unsigned pass = 1; pass < bounds_.mutators; ++pass) {
      for (unsigned i = 0; i + pass < bounds_.mutators; ++i) {
        if (precedes(state.mutators[i + 1], state.mutators[i])) swap_mutators(state, label, i);
      }
    }
  }
  static bool precedes(MutatorState& one, MutatorState& other) {
    ShortWriter first, second;
    one.transfer(first);
    other.transfer(second);
    return first < second;
  }
  static void swap_mutators(State& state, Label& label, unsigned first) {
    const unsigned second = first + 1;
    std::swap(state.mutators[first], state.mutators[second]);
    state.memory.swap_threads(first, second);
    CollectorState& collector = state.collector;
    const auto swapped = [&](ObjectSet set) {
      const unsigned one = set >> first & 1u, other = set >> second & 1u;
      return static_cast<ObjectSet>((set & ~(3u << first)) | one << second | other << first);
    };
    collector.acknowledged = swapped(collector.acknowledged);
    if (collector.held == first + 1) {
      collector.held = static_cast<std::uint8_t>(second + 1);
    } else if (collector.held == second + 1) {
      collector.held = static_cast<std::uint8_t>(first + 1);
    }
    std::swap(label.order[first], label.order[second]);
  }

  // --- a mutator's choices ----------------------------------------------------------------------------------------------------------

  template <class Attempt>
  void steps_of_mutator(const State& state, std::uint8_t index, Attempt attempt) const {
    const MutatorState& mutator = state.mutators[index];
    const auto go_on = [this, index](State& next, Choice& choice, Label& label) { return advance(next, index, choice, label); };
    if (mutator.operation.kind != OperationKind::none) {
      attempt(Label{.actor = index, .operation = mutator.operation}, go_on);
      return;
    }
    steps_of_threads(state, index, attempt);
    if (mutator.operations_left == 0) return;
    for_each_operation(state, mutator, [&](const Operation& operation) {
      attempt(Label{.actor = index, .operation = operation, .first = true}, [this, index, &operation](State& next, Choice& choice, Label& label) {
        next.mutators[index].operation = operation;
        --next.mutators[index].operations_left;
        if (operation.kind == OperationKind::allocate) return allocate(next, index, label);
        return advance(next, index, choice, label);
      });
    });
  }

  ObjectSet held_by(const MutatorState& mutator) const {
    ObjectSet held = 0;
    for (const ObjectNumber root : mutator.roots) add(held, root);
    remove(held, null_object);
    return held;
  }

  template <class Each>
  void for_each_operation(const State& state, const MutatorState& mutator, Each each) const {
    const ObjectSet held = held_by(mutator);
    const auto sources = static_cast<ObjectSet>(held | only(globals_object));
    const auto values = static_cast<ObjectSet>(held | only(null_object));
    const Repertoire& can = bounds_.repertoire;
    for_each_destination(mutator, [&](std::uint8_t destination) {
      if (can.has(OperationKind::allocate) && first_free(state) != null_object) {
        each(Operation{.kind = OperationKind::allocate, .source = first_free(state), .destination = destination});
      }
    });
    for_each(sources, [&](ObjectNumber source) {
      for (std::uint8_t slot = 0; slot < layout_.slots(); ++slot) {
        for_each_destination(mutator, [&](std::uint8_t destination) {
          if (can.has(OperationKind::load)) each(Operation{.kind = OperationKind::load, .source = source, .slot = slot, .destination = destination});
          if (!can.has(OperationKind::exchange)) return;
          for_each(values, [&](ObjectNumber value) {
            each(Operation{.kind = OperationKind::exchange, .source = source, .slot = slot, .value = value, .destination = destination});
          });
        });
        for_each(values, [&](ObjectNumber value) {
          if (can.has(OperationKind::store)) each(Operation{.kind = OperationKind::store, .source = source, .slot = slot, .value = value});
          if (!can.has(OperationKind::compare_exchange)) return;
          for_each(values, [&](ObjectNumber expected) {
            each(Operation{.kind = OperationKind::compare_exchange, .source = source, .slot = slot, .value = value, .expected = expected});
          });
        });
      }
      if (!can.has(OperationKind::copy)) return;
      for_each(static_cast<ObjectSet>(sources & ~only(source)), [&](ObjectNumber from) {
        each(Operation{.kind = OperationKind::copy, .source = source, .value = from});
      });
    });
  }

  template <class Each>
  static void for_each_destination(const MutatorState& mutator, Each each) {
    const bool has_room = mutator.roots[registers - 1] == null_object;
    for (unsigned r = has_room ? registers - 1 : 0; r < registers; ++r) {
      each(static_cast<std::uint8_t>(r));
    }
  }

  ObjectNumber first_free(const State& state) const {
    for (ObjectNumber object = 1; object <= layout_.objects(); ++object) {
      if (!contains(state.allocated, object)) return object;
    }
    return null_object;
  }

  // --- threads ----------------------------------------------------------------------------------------------------------------------

  template <class Attempt>
  void steps_of_threads(const State& state, std::uint8_t index, Attempt attempt) const {
    if (!bounds_.repertoire.threads || !collector_.registry_is_free(state)) return;
    for (std::uint8_t child = 0; child < bounds_.mutators; ++child) {
      if (state.mutators[child].life != Life::unborn) continue;
      for_each(held_by(state.mutators[index]), [&](ObjectNumber argument) {
        attempt(Label{.actor = index, .action = Action::start, .object = argument, .mutator = child},
                [this, index, child, argument](State& next, Choice&, Label&) { start(next, index, child, argument); });
      });
      break;
    }
    if (running(state) < 2) return;
    attempt(Label{.actor = index, .action = Action::end}, [this, index](State& next, Choice&, Label&) { end(next, index); });
  }

  unsigned running(const State& state) const {
    unsigned count = 0;
    for (const MutatorState& mutator : state.mutators) count += mutator.life == Life::running ? 1 : 0;
    return count;
  }

  /// Under the lock that stops and handshakes take: one step.
  void start(State& state, std::uint8_t parent, std::uint8_t child, ObjectNumber argument) const {
    MutatorState& mutator = state.mutators[child];
    state.memory.start(child, parent);
    state.memory.synchronise(child, bounds_.mutators);
    mutator.life = Life::running;
    mutator.phase = state.collector.phase;
    mutator.roots[0] = argument;
    if (!mutator.phase.marking || bounds_.faults.argument_unshaded) return;
    Label label;
    Choice choice;
    ModelEnvironment<Memory> environment(state, child, layout_, bounds_, B::traits.black_means, choice, label);
    environment.shade(ModelEnvironment<Memory>::reference(argument));
    mutator.log.size = 0;
  }

  void end(State& state, std::uint8_t index) const {
    MutatorState& mutator = state.mutators[index];
    state.memory.synchronise(index, bounds_.mutators);
    if (!bounds_.faults.end_drops_buffer) {
      if (mutator.buffer != 0) state.collector.found = true;
      state.collector.grey = static_cast<ObjectSet>(state.collector.grey | mutator.buffer);
    }
    mutator = {.life = Life::ended};
    state.memory.retire(index);
  }

  // --- operations -------------------------------------------------------------------------------------------------------------------

  /// One more action of the operation under way.
  bool advance(State& state, std::uint8_t index, Choice& choice, Label& label) const {
    MutatorState& mutator = state.mutators[index];
    ModelEnvironment<Memory> environment(state, index, layout_, bounds_, B::traits.black_means, choice, label);
    ObjectNumber result = null_object;
    try {
      result = perform(environment, mutator.operation);
    } catch (const RunsDry&) {
    }
    if (environment.impossible()) return false;
    mutator.at_poll = environment.resumption().next() == OperationResumption::Next::safepoint;
    if (!environment.resumption().finished()) return true;
    const auto roots = mutator.roots;
    const OperationKind kind = mutator.operation.kind;
    finish(state, index, result, label);
    // An operation that only looked and changed nothing: the same without it has more operations left.
    const bool only_looked = kind == OperationKind::load || kind == OperationKind::compare_exchange;
    return !(label.first && only_looked && mutator.roots == roots);
  }

  static void finish(State& state, std::uint8_t index, ObjectNumber result, Label& label) {
    MutatorState& mutator = state.mutators[index];
    const OperationKind kind = mutator.operation.kind;
    const bool has_result = kind == OperationKind::load || kind == OperationKind::exchange || kind == OperationKind::allocate;
    if (has_result) mutator.roots[mutator.operation.destination] = result;
    // A mutator that gets hold of a free object has lost it, however the marking judged.
    if (has_result && result != null_object && !contains(state.allocated, result)) state.lost = result;
    mutator.operation = {};
    mutator.log.size = 0;
    label.last = true;
    label.looked_at = only(index);
    mutator.sort_registers();
  }

  bool allocate(State& state, std::uint8_t index, Label& label) const {
    MutatorState& mutator = state.mutators[index];
    const ObjectNumber object = mutator.operation.source;
    if (!state.memory.can_store(index)) return false;
    for (unsigned i = 0; i < layout_.slots(); ++i) state.memory.store(index, layout_.slot(object, i), null_object, std::memory_order_relaxed);
    const MarkSense sense = mutator.phase.sense;
    state.memory.store(index, layout_.colour(object), mutator.phase.allocates_black ? sense.black : sense.white(), std::memory_order_release);
    add(state.allocated, object);
    label.action = Action::allocate;
    label.object = object;
    finish(state, index, object, label);
    return true;
  }

  /// What core/mutator.hpp does, over the model's environment.
  template <class Environment>
  static ObjectNumber perform(Environment& m, const Operation& operation) {
    using Reference = typename Environment::Reference;
    const Reference source = Environment::reference(operation.source);
    const ModelSlot slot{operation.source, operation.slot};
    const Reference value = Environment::reference(operation.value);
    const Reference expected = Environment::reference(operation.expected);
    switch (operation.kind) {
      case OperationKind::load: return Environment::number(load(m, source, slot));
      case OperationKind::store: store(m, source, slot, value); return null_object;
      case OperationKind::exchange:
        return Environment::number(B::store(m, source, slot, value, [&](std::memory_order order) { return m.exchange(slot, value, both(order)); }));
      case OperationKind::compare_exchange:
        if (m.load(slot) != expected) return null_object;
        B::store(m, source, slot, value, [&](std::memory_order order) { return m.compare_exchange(slot, expected, value, both(order)); });
        return null_object;
      case OperationKind::copy: copy(m, operation); return null_object;
      case OperationKind::allocate:
      case OperationKind::none: break;
    }
    return null_object;
  }

  template <class Environment>
  static auto load(Environment& m, typename Environment::Reference source, const ModelSlot& slot) {
    if constexpr (requires { B::load(m, source, slot); }) {
      return B::load(m, source, slot);
    } else {
      return m.load(slot);
    }
  }
  template <class Environment>
  static void store(Environment& m, typename Environment::Reference source, const ModelSlot& slot, typename Environment::Reference value) {
    B::store(m, source, slot, value, [&](std::memory_order order) { return m.write(slot, value, order); });
  }
  /// Slot by slot, with a safepoint between.
  template <class Environment>
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

  const Bounds bounds_;
  const Layout layout_;
  const Protocol protocol_;
  const ModelCollector<Memory> collector_;
};

}  // namespace tricolour::exploration
