// From a search's path to a trace: replays it and takes a picture after each step.
#pragma once

#include <numeric>

#include "core/exploration/heap_model.hpp"
#include "core/exploration/search.hpp"
#include "core/exploration/trace.hpp"

namespace tricolour::exploration {

/// Mutators change places when states are made canonical; each keeps its name here.
using MutatorNames = std::array<unsigned, most_mutators>;

template <class Memory>
std::string colour_name(const HeapState<Memory>& state, const Layout& layout, ObjectNumber object) {
  if (!contains(state.allocated, object)) return "free";
  const ColourByte colour = state.memory.newest(layout.colour(object));
  const MarkSense sense = state.collector.phase.sense;
  if (colour == sense.white()) return "white";
  ObjectSet waiting = state.collector.grey;
  for (const MutatorState& mutator : state.mutators)
    waiting = static_cast<ObjectSet>(waiting | mutator.buffer);
  for (unsigned marker = 0; marker < most_marking; ++marker)
    add(waiting, state.marker(marker).scanning);
  return colour == grey_state || contains(waiting, object) ? "grey" : "black";
}

inline std::string stage_name(Stage stage) {
  switch (stage) {
    case Stage::enter:
    case Stage::idle:
      return "idle";
    case Stage::begin:
      return "begin";
    case Stage::marking:
      return "marking";
    case Stage::termination:
      return "termination";
    case Stage::done:
      return "over";
  }
  return "";
}

template <class Model>
HeapPicture picture_of(const Model& model, const typename Model::State& state,
                       const MutatorNames& names) {
  const Layout& layout = model.layout();
  const CollectorState& collector = state.collector;
  const unsigned begun = collector.stage == Stage::enter || collector.stage == Stage::idle ||
                                 collector.stage == Stage::done
                             ? 0
                             : 1;
  HeapPicture picture;
  picture.cycle = model.bounds().cycles - collector.cycles_left + begun;
  picture.phase = stage_name(collector.stage);
  for (ObjectNumber object = 1; object <= layout.objects(); ++object) {
    ObjectPicture one;
    one.name = object_name(object);
    one.colour = colour_name(state, layout, object);
    for (unsigned i = 0; i < layout.slots(); ++i)
      one.slots.push_back(object_name(state.memory.newest(layout.slot(object, i))));
    one.dirty = layout.has_cards() && state.memory.newest(layout.card(object)) != 0;
    picture.objects.push_back(std::move(one));
  }
  picture.mutators.resize(model.bounds().mutators);
  for (unsigned i = 0; i < model.bounds().mutators; ++i) {
    const MutatorState& mutator = state.mutators[i];
    MutatorPicture& one = picture.mutators[names[i]];
    one.name = mutator_name(names[i]);
    one.buffer = object_names(mutator.buffer);
    one.operation = text_of(mutator.operation);
    one.marking = mutator.phase.marking;
    one.roots_scanned = mutator.phase.roots_scanned;
    one.running = mutator.life == Life::running;
    for (const ObjectNumber root : mutator.roots) {
      if (root != null_object) one.roots.push_back(object_name(root));
    }
    state.memory.for_each_buffered(i, [&](unsigned location, std::uint8_t value) {
      one.unseen.push_back(text_of(layout.place(location), value));
    });
  }
  picture.grey_set = object_names(collector.grey);
  ObjectSet pending = 0;
  for (unsigned marker = 0; marker < most_marking; ++marker)
    pending = static_cast<ObjectSet>(pending | state.marker(marker).pending);
  picture.pending = object_names(pending);
  return picture;
}

/// The trace of a path to a violation.
template <class Model>
Trace explain(const Model& model, const std::vector<std::uint16_t>& path) {
  using State = typename Model::State;
  Trace trace;
  MutatorNames names;
  std::iota(names.begin(), names.end(), 0u);
  trace.initial = picture_of(model, model.initial(), names);
  std::vector<ObjectSet> safe;  ///< after each step: not allocated, or about to be marked
  ObjectNumber lost = null_object;
  replay(model, path, [&](const State&, const State& after, const Label& label) {
    const auto name_of = [&](unsigned mutator) { return mutator_name(names[mutator]); };
    const bool is_mutator = label.actor < most_mutators;
    TraceStep step{
        .thread = is_mutator ? name_of(label.actor) : marker_name(label.actor),
        .operation = is_mutator && is_marking(label.action) ? "assist" : text_of(label.operation),
        .text = text_of(label, name_of(label.mutator % most_mutators)),
        .after = {}};
    for (unsigned i = 0; i < most_mutators; ++i) {
      if (label.actor == i) continue;
      for (const std::string& object : object_names(label.dropped[i]))
        step.text += "; " + name_of(i) + " lets go of " + object;
    }
    MutatorNames moved;
    for (unsigned i = 0; i < most_mutators; ++i) moved[i] = names[label.order[i]];
    names = moved;
    step.after = picture_of(model, after, names);
    trace.steps.push_back(std::move(step));
    safe.push_back(
        static_cast<ObjectSet>(model.collector().marked_if_ended(after) | ~after.allocated));
    lost = after.lost;
  });
  trace.lost = object_name(lost);
  trace.broken = trace.steps.empty() ? 0 : trace.steps.size() - 1;
  while (trace.broken > 0 && !contains(safe[trace.broken - 1], lost)) --trace.broken;
  return trace;
}

}  // namespace tricolour::exploration
