#include "core/exploration/trace.hpp"

namespace tricolour::exploration {
namespace {

std::string slot_text(ObjectNumber object, unsigned slot) {
  return object_name(object) + "[" + std::to_string(slot) + "]";
}

std::string value_text(ObjectNumber object) {
  return object == null_object ? "null" : object_name(object);
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

std::string action_text(const Label& label, const std::string& mutator) {
  const std::string object = object_name(label.object);
  const std::string slot = slot_text(label.object, label.slot);
  const std::string result = value_text(label.result);
  switch (label.action) {
    case Action::load:
      return "reads " + slot + ": " + result;
    case Action::store:
      return "writes " + slot;
    case Action::exchange:
      return "exchanges " + slot + ", which was " + result;
    case Action::compare_exchange:
      return "compares and exchanges " + slot + ", which was " + result;
    case Action::shade:
      return "shades " + object;
    case Action::look_black:
      return "looks whether " + object + " is black";
    case Action::look_white:
      return "looks whether " + object + " is white";
    case Action::look_grey:
      return "looks whether " + object + " is grey";
    case Action::regrey:
      return "makes " + object + " grey again if it is black";
    case Action::mark_card:
      return "marks the card of " + object;
    case Action::look_logged:
      return "looks whether " + slot + " is logged: " + (label.result != 0 ? "yes" : "no");
    case Action::log:
      return "logs " + slot + (label.result != 0 ? ", which was logged already" : "");
    case Action::publish:
      return "publishes its full shade buffer";
    case Action::poll:
      return "polls, and continues";
    case Action::allocate:
      return "allocates " + object;
    case Action::start:
      return "starts " + mutator + " with " + object;
    case Action::end:
      return "ends";
    case Action::enter:
      return "the program begins";
    case Action::begin:
      return "begins a cycle, the world stopped";
    case Action::announce:
      return "asks every mutator for a handshake";
    case Action::handshake:
      return "handshake with " + mutator;
    case Action::scan:
      return "reads " + slot + ": " + result;
    case Action::scan_and_blacken:
      return "makes " + object + " black";
    case Action::blacken_and_scan:
      return "takes " + object + " and makes it black";
    case Action::mark:
      return "marks " + object;
    case Action::gather:
      return "handshake with " + mutator + ", while marking runs";
    case Action::take_card:
      return "takes the card of " + object;
    case Action::scan_card:
      return "scans the card of " + object + " if that is marked";
    case Action::repeat_round:
      return "the round brought something: marks on";
    case Action::end_marking:
      return "a round brought nothing: marking is over";
    case Action::terminate:
      return "stops the world, marks the rest, sweeps";
    case Action::sweep:
      return "sweeps";
    case Action::drain:
      return "the oldest store leaves the store buffer";
  }
  return "";
}

}  // namespace

std::string object_name(ObjectNumber object) {
  if (object == null_object) return "";
  if (object == globals_object) return "globals";
  return std::string(1, static_cast<char>('a' + object - globals_object - 1));
}

std::string mutator_name(unsigned number) { return "mutator " + std::to_string(number + 1); }

std::string marker_name(std::uint8_t actor) {
  return actor == collector_actor ? "collector"
                                  : "mark thread " + std::to_string(actor - collector_actor + 1);
}

bool is_marking(Action action) {
  return action == Action::scan || action == Action::scan_and_blacken ||
         action == Action::blacken_and_scan || action == Action::mark;
}

std::vector<std::string> object_names(ObjectSet objects) {
  std::vector<std::string> names;
  for_each(objects, [&](ObjectNumber object) { names.push_back(object_name(object)); });
  return names;
}

std::string text_of(const Operation& operation) {
  const std::string slot = slot_text(operation.source, operation.slot);
  switch (operation.kind) {
    case OperationKind::none:
      return "";
    case OperationKind::load:
      return "load " + slot;
    case OperationKind::store:
      return slot + " = " + value_text(operation.value);
    case OperationKind::allocate:
      return "allocate " + object_name(operation.source);
    case OperationKind::exchange:
      return "exchange " + slot + ", " + value_text(operation.value);
    case OperationKind::compare_exchange:
      return "compare_exchange " + slot + ", " + value_text(operation.expected) + ", " +
             value_text(operation.value);
    case OperationKind::copy:
      return "copy " + object_name(operation.value) + " to " + object_name(operation.source);
  }
  return "";
}

std::string text_of(const Layout::Place& place, std::uint8_t value) {
  switch (place.kind) {
    case Layout::Kind::slot:
      return slot_text(place.object, place.index) + " = " + value_text(value);
    case Layout::Kind::colour:
      return "colour of " + object_name(place.object);
    case Layout::Kind::card:
      return "card of " + object_name(place.object);
    case Layout::Kind::log_bit:
      return "log bit of " + slot_text(place.object, place.index);
  }
  return "";
}

std::string text_of(const Label& label, const std::string& mutator) {
  std::string text = action_text(label, mutator);
  for (unsigned i = 0; i < most_mutators; ++i) {
    if (label.actor != i || label.dropped[i] == 0) continue;
    text += ", lets go of " + joined(object_names(label.dropped[i]));
  }
  return text;
}

}  // namespace tricolour::exploration
