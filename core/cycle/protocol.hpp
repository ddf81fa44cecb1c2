// The protocol table: what happens at the begin and at the termination of a cycle.
//
// Purpose: one constexpr table of steps, chosen by barrier traits and a variant. `collectors/cycle`
// executes it with real threads, core/exploration the same table with model threads.
//
//   phase         successors      what is allowed
//   idle          begin           mutators run, nothing is marked
//   begin         marking         the steps of `Protocol::begin`, inside one stop of the world or
//                                 by handshakes
//   marking       termination     markers trace; barriers are on when mutators run
//   termination   marking,        the steps of `Protocol::termination`, inside one stop or by
//                 sweeping        handshakes; back to marking when the last rescan or flush left
//                                 more work than the pause may do, or any in a round of handshakes
//   sweeping      idle            dead objects' bytes are cleared; mutators allocate from swept
//                                 blocks
//
// Invariant: every transition is asserted by `may_follow`. Allocation turns to the new cycle's
// black before any block can be swept, in both tables, because white allocation during the sweep
// would be freed by it.
//
// Source: strong/grey: Dijkstra, Lamport et al. 1978; Steele 1975; with cards: Boehm, Demers,
// Shenker 1991. weak/black: Yuasa 1990. The vocabulary is Pirinen 1998.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string_view>

#include "core/barrier/barrier.hpp"

namespace tricolour {

enum class Phase : std::uint8_t { idle, begin, marking, termination, sweeping };

constexpr bool may_follow(Phase from, Phase to) {
  switch (from) {
    case Phase::idle:
      return to == Phase::begin;
    case Phase::begin:
      return to == Phase::marking;
    case Phase::marking:
      return to == Phase::termination;
    case Phase::termination:
      return to == Phase::marking || to == Phase::sweeping;
    case Phase::sweeping:
      return to == Phase::idle;
  }
  return false;
}

constexpr std::string_view to_string(Phase phase) {
  constexpr std::array<std::string_view, 5> names{"idle", "begin", "marking", "termination",
                                                  "sweeping"};
  return names[static_cast<std::size_t>(phase)];
}

enum class Step : std::uint8_t {
  end,                ///< no more steps
  flip_mark_sense,    ///< black becomes white; every mutator copies the new sense
  barrier_on,         ///< every mutator's marking flag is set
  allocate_black,     ///< new objects take this cycle's black
  allocate_white,     ///< new objects take this cycle's white
  shade_roots,        ///< every reference in every root is shaded
  roots_are_scanned,  ///< every mutator is black from here on: its roots are not looked at again
  scan_cards,      ///< marked objects' slots on dirty cards are looked at again; too many send the
                   ///< cycle back to marking
  flush_buffers,   ///< every mutator's shade buffer joins the grey set
  rescan_at_once,  ///< slots that a barrier would have scanned again are, at each store, from here
                   ///< on
  take_cards,      ///< what is dirty now is to be scanned once every mutator has acknowledged
  scan_taken_cards,
  drain,  ///< mark until the grey set is empty; too much of it sends the cycle back to marking
  barrier_off,  ///< every mutator's marking flag is cleared
  acknowledge,  ///< the steps before it are each mutator's own handshake, and nothing goes on until
                ///< all have made them
  repeat_until_clean,  ///< from the first step again, until no thread shaded or flushed anything in
                       ///< the round and the markers stayed idle; mutators that assist are markers,
                       ///< and have nothing in hand when a round begins
};

inline constexpr std::size_t max_steps = 12;
using Steps = std::array<Step, max_steps>;

struct Protocol {
  Steps begin{};
  /// Whenever the markers have run dry: each mutator in a handshake of its own, and what is found
  /// is marked.
  Steps gather{};
  /// Around a round of those handshakes, with every mutator; empty where there are no cards.
  Steps card_round{};
  Steps termination{};
  /// The world stays stopped from begin to termination.
  bool stopped_throughout = false;
};

/// What a cycle beside mutators may do otherwise than the barrier's traits ask. Not every variant
/// is sound under every barrier.
struct ProtocolVariant {
  AllocationColour allocation = AllocationColour::black;
  bool ragged_roots = false;   ///< begins by handshakes, each mutator's roots in its own
  bool handshake_end = false;  ///< ends by handshake rounds instead of a stop
  bool rescan = true;  ///< a barrier that leaves mutators grey has their roots scanned again
};

constexpr void append(Steps& steps, std::initializer_list<Step> more) {
  std::size_t used = 0;
  while (steps[used] != Step::end) ++used;
  for (const Step step : more) steps[used++] = step;
}

constexpr bool has(const Steps& steps, Step wanted) {
  for (const Step step : steps) {
    if (step == wanted) return true;
  }
  return false;
}
constexpr bool by_handshakes(const Steps& steps) { return has(steps, Step::acknowledge); }

/// The table of a cycle that marks beside mutators.
constexpr Protocol protocol_for(const BarrierTraits& traits, const ProtocolVariant& variant) {
  const Step allocate =
      variant.allocation == AllocationColour::black ? Step::allocate_black : Step::allocate_white;
  Protocol protocol;
  if (variant.ragged_roots) {
    append(protocol.begin, {Step::flip_mark_sense, Step::allocate_white, Step::barrier_on,
                            Step::acknowledge, allocate, Step::acknowledge, Step::shade_roots});
  } else {
    append(protocol.begin, {Step::flip_mark_sense, Step::barrier_on, allocate, Step::shade_roots});
  }
  if (!traits.rescans_roots()) append(protocol.begin, {Step::roots_are_scanned});
  if (variant.ragged_roots) append(protocol.begin, {Step::acknowledge});

  const bool rescans_roots = traits.rescans_roots() && variant.rescan;
  const bool has_cards = traits.side_table == SideTable::cards;
  if (traits.regreys || has_cards) append(protocol.gather, {Step::rescan_at_once});
  append(protocol.gather, {Step::flush_buffers});
  if (rescans_roots) append(protocol.gather, {Step::shade_roots});
  if (has_cards) {
    append(protocol.card_round, {Step::take_cards, Step::acknowledge, Step::scan_taken_cards});
  }

  append(protocol.termination, {Step::flush_buffers});
  if (rescans_roots) append(protocol.termination, {Step::shade_roots});
  if (has_cards) append(protocol.termination, {Step::scan_cards});
  if (variant.handshake_end) {
    append(protocol.termination, {Step::acknowledge, Step::repeat_until_clean, Step::barrier_off,
                                  Step::allocate_black, Step::acknowledge});
  } else {
    append(protocol.termination, {Step::drain, Step::barrier_off, Step::allocate_black});
  }
  return protocol;
}

/// The table of a cycle in one pause, which is sound under every barrier and needs none.
inline constexpr Protocol stopped_protocol{
    .begin = {Step::flip_mark_sense, Step::allocate_black, Step::shade_roots},
    .termination = {Step::drain},
    .stopped_throughout = true};

}  // namespace tricolour
