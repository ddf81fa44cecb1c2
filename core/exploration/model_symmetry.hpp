// States that differ only in names are one state.
//
// Purpose: what happens to a successor before the search sees it: each choice of references that
// mutators let go of makes a successor of its own, and mutators are put into an order that does not
// depend on their numbers. The label tells what was done, for traces.
#pragma once

#include "core/exploration/archive.hpp"
#include "core/exploration/attempts.hpp"

namespace tricolour::exploration {

/// The mutators at `first` and behind it change places.
template <class State>
void swap_mutators(State& state, Label& label, unsigned first) {
  const unsigned second = first + 1;
  std::swap(state.mutators[first], state.mutators[second]);
  state.memory.swap_threads(first, second);
  CollectorState& collector = state.collector;
  const unsigned one = collector.acknowledged >> first & 1u,
                 other = collector.acknowledged >> second & 1u;
  collector.acknowledged = static_cast<std::uint8_t>((collector.acknowledged & ~(3u << first)) |
                                                     one << second | other << first);
  if (collector.held == first + 1) {
    collector.held = static_cast<std::uint8_t>(second + 1);
  } else if (collector.held == second + 1) {
    collector.held = static_cast<std::uint8_t>(first + 1);
  }
  std::swap(label.order[first], label.order[second]);
}

/// The one with the smaller bytes comes first.
template <class State>
void sort_mutators(State& state, Label& label) {
  const auto precedes = [&](unsigned one, unsigned other) {
    ShortWriter first, second;
    state.mutators[one].transfer(first);
    state.mutators[other].transfer(second);
    return first < second;
  };
  for (unsigned end = most_mutators; end > 1; --end) {
    for (unsigned i = 0; i + 1 < end; ++i) {
      const bool both =
          state.mutators[i].life == Life::running && state.mutators[i + 1].life == Life::running;
      if (both && precedes(i + 1, i)) swap_mutators(state, label, i);
    }
  }
}

/// Visits `state` with everything that the mutators from `index` on may let go of, and without.
template <class State, class Visit>
void let_go_and_sort(State& state, Label& label, Visit visit, unsigned index = 0) {
  while (index < most_mutators && !contains(label.looked_at, static_cast<ObjectNumber>(index)))
    ++index;
  if (index >= most_mutators) {
    State next = state;
    Label done = label;
    sort_mutators(next, done);
    visit(next, done);
    return;
  }
  let_go_and_sort(state, label, visit, index + 1);
  MutatorState& mutator = state.mutators[index];
  if (mutator.life != Life::running || mutator.operation.kind != OperationKind::none) return;
  const auto held = mutator.roots;
  const unsigned used = held[0] == null_object ? 0 : held[1] == null_object ? 1 : 2;
  for (unsigned kept = 0; kept + 1 < 1u << used; ++kept) {
    label.dropped[index] = 0;
    for (unsigned r = 0; r < used; ++r) {
      const bool keeps = (kept >> r & 1) != 0;
      mutator.roots[r] = keeps ? held[r] : null_object;
      if (!keeps) add(label.dropped[index], held[r]);
    }
    mutator.sort_registers();
    let_go_and_sort(state, label, visit, index + 1);
    mutator.roots = held;
  }
  label.dropped[index] = 0;
}

}  // namespace tricolour::exploration
