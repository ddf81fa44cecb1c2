// A counterexample as people read it.
//
// Purpose: the steps of a schedule that loses an object, each with what the heap looks like after
// it, as plain text and names. The step from which on nothing would have marked the lost object any
// more is told apart: that is where the barrier or the protocol broke its promise.
//
// Ownership: plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/exploration/label.hpp"
#include "core/exploration/model_bounds.hpp"

namespace tricolour::exploration {

struct ObjectPicture {
  std::string name;
  std::string colour;              ///< white, grey, black, or free
  std::vector<std::string> slots;  ///< names, empty for null
  bool dirty = false;              ///< its card
};

struct MutatorPicture {
  std::string name;
  std::vector<std::string> roots;   ///< without nulls
  std::vector<std::string> buffer;  ///< shaded, not yet in the grey set
  std::string operation;            ///< the one under way, or empty
  std::vector<std::string> unseen;  ///< stores that its store buffer still holds, oldest first
  bool marking = false;
  bool roots_scanned = false;
  bool running = true;
};

struct HeapPicture {
  unsigned cycle = 0;  ///< from 1
  std::string phase;
  std::vector<ObjectPicture> objects;
  std::vector<MutatorPicture> mutators;
  std::vector<std::string> grey_set;
  std::vector<std::string> pending;  ///< read from fields, not yet looked at
};

struct TraceStep {
  std::string thread;
  std::string operation;  ///< the operation that the step belongs to, of a mutator
  std::string text;
  HeapPicture after;
};

struct Trace {
  HeapPicture initial;
  std::vector<TraceStep> steps;
  std::string lost;        ///< the object's name
  std::size_t broken = 0;  ///< the step after which nothing would have marked it
};

std::string object_name(ObjectNumber object);
std::string mutator_name(unsigned number);
/// Of a thread that is no mutator.
std::string marker_name(std::uint8_t actor);
/// What a mutator does only as an assist.
bool is_marking(Action action);
std::vector<std::string> object_names(ObjectSet objects);
/// "globals[0] = b"
std::string text_of(const Operation& operation);
/// A store that no other thread sees yet.
std::string text_of(const Layout::Place& place, std::uint8_t value);
/// `mutator`: the name of the one that the label's `mutator` means.
std::string text_of(const Label& label, const std::string& mutator);

}  // namespace tricolour::exploration
