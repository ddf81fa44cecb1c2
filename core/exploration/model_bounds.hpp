// What is explored: how much of everything, and which way the collector goes.
#pragma once

#include <array>
#include <cstdint>

#include "core/exploration/model_state.hpp"

namespace tricolour::exploration {

/// What a mutator may choose from.
struct Repertoire {
  std::array<bool, operation_kinds> kinds{};
  bool threads = false;  ///< mutators start others and end

  constexpr bool has(OperationKind kind) const { return kinds[static_cast<std::size_t>(kind)]; }
};

constexpr Repertoire repertoire(std::initializer_list<OperationKind> kinds, bool threads = false) {
  Repertoire result{.threads = threads};
  for (const OperationKind kind : kinds) result.kinds[static_cast<std::size_t>(kind)] = true;
  return result;
}

/// Faults outside barriers and tables, for tests that must see them found.
struct SeededFaults {
  bool argument_unshaded = false;  ///< a new mutator's argument is not shaded
  bool end_drops_buffer = false;   ///< a mutator that ends drops its shade buffer
  bool own_flush_unseen =
      false;  ///< a buffer that fills during a termination round does not spoil the round
  bool cards_scanned_at_once = false;   ///< no handshake between taking a card and scanning it
  bool rescan_at_once_dropped = false;  ///< a slot that is to be scanned at once is not scanned
  bool first_marker_decides = false;    ///< marking is over when the first mark thread has run dry
  bool assist_interrupted = false;      ///< a mutator stops, and drops what it had in hand
  bool round_during_assist = false;     ///< a termination round begins while an assist is under way
};

struct Bounds {
  unsigned mutators = 2;  ///< 1 to most_mutators
  unsigned objects = 3;   ///< beside the globals: 2 to most_objects - 1
  unsigned slots = 1;     ///< of each object
  unsigned cycles = 2;
  unsigned operations = 3;  ///< of each mutator; letting a reference go is free
  unsigned buffer = 2;      ///< shaded objects that fill a shade buffer
  unsigned markers = 1;     ///< mark threads: 1 to most_markers
  bool assists = false;     ///< mutators mark, too, between operations
  Repertoire repertoire =
      exploration::repertoire({OperationKind::load, OperationKind::store, OperationKind::allocate});
  SeededFaults faults;

  constexpr bool several_mark() const { return markers > 1 || assists; }
};

/// Where each shared thing lies.
class Layout {
 public:
  explicit Layout(const Bounds& bounds, SideTable side_table)
      : objects_(bounds.objects + 1), slots_(bounds.slots), side_table_(side_table) {}

  unsigned objects() const { return objects_; }  ///< with the globals; they are numbered from 1
  std::uint8_t slots() const { return static_cast<std::uint8_t>(slots_); }  ///< of each object
  unsigned slot(ObjectNumber object, unsigned index) const {
    return (object - 1u) * slots_ + index;
  }
  unsigned colour(ObjectNumber object) const { return objects_ * slots_ + object - 1u; }
  unsigned card(ObjectNumber object) const { return objects_ * (slots_ + 1) + object - 1u; }
  unsigned log_bit(ObjectNumber object, unsigned index) const {
    return objects_ * (slots_ + 1) + slot(object, index);
  }
  bool has_cards() const { return side_table_ == SideTable::cards; }
  bool has_log_bits() const { return side_table_ == SideTable::log_bits; }
  unsigned locations() const {
    return objects_ * (slots_ + 1) + (has_cards() ? objects_ : 0) +
           (has_log_bits() ? objects_ * slots_ : 0);
  }
  /// What a location is, and the object that it belongs to.
  enum class Kind : std::uint8_t { slot, colour, card, log_bit };
  struct Place {
    Kind kind;
    ObjectNumber object;
    std::uint8_t index;
  };
  Place place(unsigned location) const {
    const auto object = [](unsigned number) { return static_cast<ObjectNumber>(number + 1); };
    const unsigned fields = objects_ * slots_;
    const auto of_slot = [&](Kind kind, unsigned number) {
      return Place{kind, object(number / slots_), static_cast<std::uint8_t>(number % slots_)};
    };
    if (location < fields) return of_slot(Kind::slot, location);
    if (location < fields + objects_) return {Kind::colour, object(location - fields), 0};
    if (has_cards()) return {Kind::card, object(location - fields - objects_), 0};
    return of_slot(Kind::log_bit, location - fields - objects_);
  }

 private:
  unsigned objects_;
  unsigned slots_;
  SideTable side_table_;
};

}  // namespace tricolour::exploration
