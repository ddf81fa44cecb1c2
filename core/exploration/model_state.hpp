// The state of the model of a heap: a few objects, a few mutators, a collector with one or two mark
// threads.
//
// Purpose: plain values. What threads share (slots, colours, cards, log bits) are locations of a
// memory model; the rest belongs to one thread, or changes hands in stops and handshakes.
//
// Invariant: object 0 is null, object 1 holds the globals, the others are a, b, ... A mutator whose
// operation is `none` is at a safepoint: there the collector may stop it, so a mutator that is
// blocked or waits at a poll is one that makes no step.
//
// Ownership: as in the heap. Registers are read by the collector only at their mutator's safepoint.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <utility>

#include "core/cycle/phase_state.hpp"
#include "core/exploration/archive.hpp"
#include "core/exploration/resumption.hpp"
#include "core/heap/colour.hpp"

namespace tricolour::exploration {

using ObjectNumber = std::uint8_t;
using ObjectSet = std::uint8_t;  ///< bit n: object n

inline constexpr ObjectNumber null_object = 0;
inline constexpr ObjectNumber globals_object = 1;
inline constexpr unsigned most_objects = 5;  ///< with the globals
inline constexpr unsigned most_slots = 2;
inline constexpr unsigned most_mutators = 3;
inline constexpr unsigned registers = 2;
inline constexpr unsigned most_locations = most_objects * (2 * most_slots + 2);
inline constexpr unsigned most_markers = 2;  ///< mark threads beside mutators
inline constexpr unsigned most_threads = most_mutators + most_markers;

constexpr ObjectSet only(ObjectNumber object) { return static_cast<ObjectSet>(1u << object); }
constexpr bool contains(ObjectSet set, ObjectNumber object) { return (set & only(object)) != 0; }
constexpr void add(ObjectSet& set, ObjectNumber object) {
  set = static_cast<ObjectSet>(set | only(object));
}
constexpr void remove(ObjectSet& set, ObjectNumber object) {
  set = static_cast<ObjectSet>(set & ~only(object));
}

template <class Each>
void for_each(ObjectSet set, Each each) {
  for (unsigned rest = set; rest != 0; rest &= rest - 1)
    each(static_cast<ObjectNumber>(std::countr_zero(rest)));
}

/// What a mutator may do between two safepoints.
enum class OperationKind : std::uint8_t {
  none,
  load,
  store,
  allocate,
  exchange,
  compare_exchange,
  copy
};
inline constexpr unsigned operation_kinds = 7;

/// Operands are objects, not registers: nothing moves.
struct Operation {
  OperationKind kind = OperationKind::none;
  ObjectNumber source = null_object;  ///< the object that is read or written
  std::uint8_t slot = 0;
  ObjectNumber value = null_object;     ///< what is stored; `copy`: the object that is read
  ObjectNumber expected = null_object;  ///< `compare_exchange`
  std::uint8_t destination = 0;         ///< the register that takes the result

  template <class Archive>
  void transfer(Archive& archive) {
    transfer_packed<std::uint32_t>(archive, Bits{kind, 3}, Bits{source, 3}, Bits{slot, 1},
                                   Bits{value, 3}, Bits{expected, 3}, Bits{destination, 3});
  }
};

/// The phase as one thread knows it.
struct ModelPhase : SteppedPhase {
  template <class Archive>
  void transfer(Archive& archive) {
    transfer_packed<std::uint8_t>(archive, Bits{sense.black, 2}, Bits{marking, 1},
                                  Bits{roots_scanned, 1}, Bits{allocation, 1},
                                  Bits{rescans_at_once, 1});
  }
};

/// What a thread that marks has in hand: a mark thread, or a mutator that assists.
struct MarkerState {
  ObjectNumber scanning = null_object;
  std::uint8_t next_slot = 0;
  ObjectSet pending = 0;  ///< read from a field, not yet looked at

  bool holds_nothing() const { return scanning == null_object && pending == 0; }

  template <class Archive>
  void transfer(Archive& archive) {
    transfer_packed<std::uint8_t>(archive, Bits{scanning, 3}, Bits{next_slot, 2});
    archive(pending);
  }
};

enum class Life : std::uint8_t { unborn, running, ended };

/// Results of actions are small: objects, colours, truth values.
using ActionResult = std::uint8_t;
inline constexpr unsigned most_actions = 32;
using OperationLog = ActionLog<ActionResult, most_actions>;
using OperationResumption = Resumption<ActionResult, most_actions>;

struct MutatorState {
  Life life = Life::unborn;
  ModelPhase phase{};
  std::array<ObjectNumber, registers> roots{};
  std::uint8_t operations_left = 0;
  ObjectSet buffer = 0;  ///< shaded, not yet in the grey set
  Operation operation{};
  bool at_poll = false;  ///< the operation under way is at a safepoint
  OperationLog log{};
  MarkerState assist{};  ///< between operations

  bool between_actions() const { return operation.kind == OperationKind::none || at_poll; }
  bool at_safepoint() const { return between_actions() && assist.holds_nothing(); }
  /// What its registers refer to.
  ObjectSet held() const {
    ObjectSet objects = 0;
    for (const ObjectNumber root : roots) add(objects, root);
    remove(objects, null_object);
    return objects;
  }
  /// Between operations and without another.
  bool is_through() const { return operation.kind == OperationKind::none && operations_left == 0; }
  /// Registers are alike: the order says nothing, nor does the same reference twice.
  void sort_registers() {
    if (roots[0] < roots[1]) std::swap(roots[0], roots[1]);
    if (roots[0] == roots[1]) roots[1] = null_object;
  }

  template <class Archive>
  void transfer(Archive& archive) {
    bool busy = operation.kind != OperationKind::none;
    bool assists = !assist.holds_nothing();
    transfer_packed<std::uint16_t>(archive, Bits{life, 2}, Bits{busy, 1}, Bits{at_poll, 1},
                                   Bits{operations_left, 4}, Bits{assists, 1});
    if (life != Life::running) {
      *this = {.life = life, .operations_left = operations_left};
      return;
    }
    phase.transfer(archive);
    for (ObjectNumber& root : roots) archive(root);
    archive(buffer);
    if (busy) {
      operation.transfer(archive);
      log.transfer(archive);
    } else {
      operation = {};
      log.size = 0;
    }
    if (assists) {
      assist.transfer(archive);
    } else {
      assist = {};
    }
  }
};

/// `enter`: the program's first moment.
enum class Stage : std::uint8_t { enter, idle, begin, marking, termination, done };

struct CollectorState {
  Stage stage = Stage::enter;
  std::uint8_t step = 0;  ///< of the table, while it goes by handshakes
  std::uint8_t cycles_left = 0;
  std::uint8_t acknowledged = 0;  ///< bit per mutator
  std::uint8_t held = 0;          ///< 1 + the mutator whose handshake is under way
  bool found = false;             ///< a thread shaded or flushed since the round began
  ModelPhase phase{};
  ObjectSet grey = 0;  ///< the grey set
  std::array<MarkerState, most_markers> markers{};
  ObjectSet cleaned = 0;                  ///< cards taken beside mutators in this cycle
  ObjectNumber taken_card = null_object;  ///< the object whose card is taken and not scanned yet

  template <class Archive>
  void transfer(Archive& archive) {
    transfer_packed<std::uint32_t>(archive, Bits{stage, 3}, Bits{step, 4}, Bits{cycles_left, 3},
                                   Bits{acknowledged, 3}, Bits{held, 2}, Bits{found, 1},
                                   Bits{taken_card, 3});
    phase.transfer(archive);
    archive(grey);
    for (MarkerState& marker : markers) marker.transfer(archive);
    archive(cleaned);
  }
};

// Threads that mark are numbered: first mark threads, then mutators that assist.
inline constexpr unsigned most_marking = most_markers + most_mutators;
constexpr bool is_assist(unsigned marker) { return marker >= most_markers; }
constexpr std::uint8_t assisting(unsigned marker) {
  return static_cast<std::uint8_t>(marker - most_markers);
}

template <class Memory>
struct HeapState {
  Memory memory{};
  ObjectSet allocated = 0;
  ObjectNumber lost = null_object;  ///< reachable, and freed or about to be
  std::array<MutatorState, most_mutators> mutators{};
  CollectorState collector{};

  template <class Archive>
  void transfer(Archive& archive) {
    memory.transfer(archive);
    archive(allocated);
    archive(lost);
    for (MutatorState& mutator : mutators) mutator.transfer(archive);
    collector.transfer(archive);
  }

  MarkerState& marker(unsigned number) {
    return is_assist(number) ? mutators[assisting(number)].assist : collector.markers[number];
  }
  const MarkerState& marker(unsigned number) const {
    return const_cast<HeapState&>(*this).marker(number);
  }
};

}  // namespace tricolour::exploration
