// The model of a heap under one barrier: the most general mutators within bounds, and the
// collector.
//
// Purpose: every schedule of every program. Between two safepoints a mutator makes any operation of
// the repertoire, on any object it refers to, through the barrier's own source; at a safepoint it
// may let go of any reference. The search (search.hpp) visits every state.
//
// Reductions, none of which loses a behaviour: free objects are alike, so an allocation takes the
// first; so are mutators, and a mutator's registers: they are sorted; a mutator lets go of
// references only right after its operation, or right after another thread looked at its roots,
// because no thread can tell that from later; a load goes to an empty register when there is one;
// initialising a new object is one step with the operation's first action, because no other thread
// can reach it; a step in which a mutator leaves a safepoint and its first action are one, because
// what it reads in between is its own.
//
// Ownership: constant while a search runs.
#pragma once

#include "core/exploration/model_barrier.hpp"
#include "core/exploration/model_collector.hpp"
#include "core/exploration/model_operations.hpp"
#include "core/exploration/model_symmetry.hpp"

namespace tricolour::exploration {

template <class Memory>
class HeapModel {
 public:
  using State = HeapState<Memory>;

  HeapModel(const ModelBarrier<Memory>& barrier, const Bounds& bounds, const Protocol& protocol)
      : barrier_(barrier),
        bounds_(bounds),
        layout_(bounds, barrier.traits.side_table),
        protocol_(protocol),
        collector_(bounds_, layout_, protocol_, barrier.traits) {}
  HeapModel(const HeapModel&) = delete;
  HeapModel& operator=(const HeapModel&) = delete;

  const Bounds& bounds() const { return bounds_; }
  const Layout& layout() const { return layout_; }
  const ModelCollector<Memory>& collector() const { return collector_; }

  /// globals -> a -> b, and every mutator that runs from the start refers to a.
  State initial() const {
    State state;
    state.memory.reset(layout_.locations(), bounds_.mutators + bounds_.markers);
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

  using Visit = FunctionReference<void(State&, const Label&)>;

  void expand(const State& state, Visit visit) const {
    if (state.collector.stage == Stage::done || violated(state)) return;
    const bool quiet = is_quiet(state);
    bool any = false;
    const auto take = [&](const Label& label, typename Attempts<State>::Step step) {
      if (quiet && std::exchange(any, true)) return;
      for (unsigned alternative = 0;; ++alternative) {
        State next = state;
        Label done = label;
        Choice choice(alternative);
        if (step(next, choice, done)) {
          if (quiet) done.looked_at = 0;
          collector_.marking().forget_marked(next);
          let_go_and_sort(next, done, visit);
        }
        if (!choice.has_another()) return;
      }
    };
    const Attempts<State> attempt(take);
    for (std::uint8_t i = 0; i < bounds_.mutators && state.collector.stage != Stage::enter; ++i) {
      if (state.mutators[i].life == Life::running && state.collector.held != i + 1)
        steps_of_mutator(state, i, attempt);
    }
    collector_.steps(state, attempt);
    for (std::uint8_t thread = 0; thread < bounds_.mutators + bounds_.markers; ++thread) {
      if (!state.memory.can_drain(thread)) continue;
      const std::uint8_t actor =
          thread < bounds_.mutators ? thread : marker_actor(thread - bounds_.mutators);
      attempt(Label{.actor = actor, .action = Action::drain},
              [thread](State& next, Choice&, Label&) { next.memory.drain(thread); });
    }
  }

 private:
  // --- reductions --------------------------------------------------------------------------------

  /// No mutator makes another step, and all see the same memory. What is left to the collector then
  /// has one outcome in any order, because nothing that it reads changes but by its own marking,
  /// which only grows: one order is enough.
  bool is_quiet(const State& state) const {
    if (bounds_.repertoire.threads || state.collector.stage == Stage::enter ||
        !state.memory.settled())
      return false;
    for (unsigned i = 0; i < bounds_.mutators; ++i) {
      if (!state.mutators[i].is_through()) return false;
    }
    return true;
  }

  // --- a mutator's choices ----------------------------------------------------------------------

  void steps_of_mutator(const State& state, std::uint8_t index,
                        const Attempts<State>& attempt) const {
    const MutatorState& mutator = state.mutators[index];
    const auto go_on = [this, index](State& next, Choice& choice, Label& label) {
      return advance(next, index, choice, label);
    };
    if (mutator.operation.kind != OperationKind::none) {
      attempt(Label{.actor = index, .operation = mutator.operation}, go_on);
      return;
    }
    collector_.marking().steps_of_assist(state, index, attempt);
    if (!mutator.assist.holds_nothing()) return;
    steps_of_threads(state, index, attempt);
    if (mutator.operations_left == 0) return;
    for_each_operation(
        mutator, state.allocated, layout_, bounds_.repertoire, [&](const Operation& operation) {
          attempt(Label{.actor = index, .operation = operation, .first = true},
                  [this, index, &operation](State& next, Choice& choice, Label& label) {
                    next.mutators[index].operation = operation;
                    --next.mutators[index].operations_left;
                    if (operation.kind == OperationKind::allocate)
                      return allocate(next, index, label);
                    return advance(next, index, choice, label);
                  });
        });
  }

  // --- threads ----------------------------------------------------------------------------------

  void steps_of_threads(const State& state, std::uint8_t index,
                        const Attempts<State>& attempt) const {
    if (!bounds_.repertoire.threads || !collector_.registry_is_free(state)) return;
    for (std::uint8_t child = 0; child < bounds_.mutators; ++child) {
      if (state.mutators[child].life != Life::unborn) continue;
      for_each(state.mutators[index].held(), [&](ObjectNumber argument) {
        attempt(
            Label{.actor = index, .action = Action::start, .object = argument, .mutator = child},
            [this, index, child, argument](State& next, Choice&, Label&) {
              start(next, index, child, argument);
            });
      });
      break;
    }
    if (running(state) < 2) return;
    attempt(Label{.actor = index, .action = Action::end},
            [this, index](State& next, Choice&, Label&) { end(next, index); });
  }

  unsigned running(const State& state) const {
    unsigned count = 0;
    for (const MutatorState& mutator : state.mutators)
      count += mutator.life == Life::running ? 1 : 0;
    return count;
  }

  /// Under the lock that stops and handshakes take: one step.
  void start(State& state, std::uint8_t parent, std::uint8_t child, ObjectNumber argument) const {
    MutatorState& mutator = state.mutators[child];
    state.memory.start(child, parent);
    state.memory.synchronise(child, bounds_.mutators);
    mutator.life = Life::running;
    mutator.phase = state.collector.phase;
    // It has what was announced before it was there.
    if (state.collector.stage == Stage::begin || state.collector.stage == Stage::termination)
      add(state.collector.acknowledged, child);
    mutator.roots[0] = argument;
    if (!mutator.phase.marking || bounds_.faults.argument_unshaded) return;
    Label label;
    Choice choice;
    ModelEnvironment<Memory> environment(state, child, layout_, bounds_,
                                         barrier_.traits.black_means, choice, label);
    environment.shade(ModelEnvironment<Memory>::reference(argument));
    mutator.log.size = 0;
  }

  void end(State& state, std::uint8_t index) const {
    MutatorState& mutator = state.mutators[index];
    state.memory.synchronise(index, bounds_.mutators);
    if (!bounds_.faults.end_drops_buffer) {
      collector_.marking().flush(state, mutator);
    }
    mutator = {.life = Life::ended};
    state.memory.retire(index);
  }

  // --- operations -------------------------------------------------------------------------------

  /// One more action of the operation under way.
  bool advance(State& state, std::uint8_t index, Choice& choice, Label& label) const {
    MutatorState& mutator = state.mutators[index];
    ModelEnvironment<Memory> environment(state, index, layout_, bounds_,
                                         barrier_.traits.black_means, choice, label);
    ObjectNumber result = null_object;
    try {
      result = barrier_.perform(environment, mutator.operation);
    } catch (const RunsDry&) {
    }
    if (environment.impossible()) return false;
    mutator.at_poll = environment.resumption().next() == OperationResumption::Next::safepoint;
    if (!environment.resumption().finished()) return true;
    const auto roots = mutator.roots;
    const OperationKind kind = mutator.operation.kind;
    finish(state, index, result, label);
    // An operation that only looked and changed nothing: the same without it has more operations
    // left.
    const bool only_looked = kind == OperationKind::load || kind == OperationKind::compare_exchange;
    return !(label.first && only_looked && mutator.roots == roots);
  }

  static void finish(State& state, std::uint8_t index, ObjectNumber result, Label& label) {
    MutatorState& mutator = state.mutators[index];
    const OperationKind kind = mutator.operation.kind;
    const bool has_result = kind == OperationKind::load || kind == OperationKind::exchange ||
                            kind == OperationKind::allocate;
    if (has_result) mutator.roots[mutator.operation.destination] = result;
    // A mutator that gets hold of a free object has lost it, however the marking judged.
    if (has_result && result != null_object && !contains(state.allocated, result))
      state.lost = result;
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
    for (unsigned i = 0; i < layout_.slots(); ++i)
      state.memory.store(index, layout_.slot(object, i), null_object, std::memory_order_relaxed);
    state.memory.store(index, layout_.colour(object), mutator.phase.allocation_state(),
                       std::memory_order_release);
    add(state.allocated, object);
    label.action = Action::allocate;
    label.object = object;
    finish(state, index, object, label);
    return true;
  }

  const ModelBarrier<Memory> barrier_;
  const Bounds bounds_;
  const Layout layout_;
  const Protocol protocol_;
  const ModelCollector<Memory> collector_;
};

}  // namespace tricolour::exploration
