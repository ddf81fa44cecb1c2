// The protocol table: what happens at the begin and at the termination of a cycle.
//
// Purpose: one constexpr table of steps, chosen by barrier traits alone. `collectors/cycle` executes it with real threads; a model
// checker can execute the same table with model threads.
//
//   phase         successors      what is allowed
//   idle          begin           mutators run, nothing is marked
//   begin         marking         the steps of `Protocol::begin`, inside one stop of the world
//   marking       termination     markers trace; barriers are on when mutators run
//   termination   marking,        the steps of `Protocol::termination`, inside one stop; back to marking when the last
//                 sweeping        rescan or flush left more work than the pause may do
//   sweeping      idle            dead objects' bytes are cleared; mutators allocate from swept blocks
//
// Invariant: every transition is asserted by `may_follow`. Allocation turns to the new cycle's black before any block can be
// swept, in both tables, because white allocation during the sweep would be freed by it.
//
// Source: strong/grey: Dijkstra, Lamport et al. 1978; Steele 1975; with cards: Boehm, Demers, Shenker 1991. weak/black: Yuasa 1990. The vocabulary is Pirinen 1998.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/barrier.hpp"

namespace tricolour {

enum class Phase : std::uint8_t { idle, begin, marking, termination, sweeping };

constexpr bool may_follow(Phase from, Phase to) {
  switch (from) {
    case Phase::idle: return to == Phase::begin;
    case Phase::begin: return to == Phase::marking;
    case Phase::marking: return to == Phase::termination;
    case Phase::termination: return to == Phase::marking || to == Phase::sweeping;
    case Phase::sweeping: return to == Phase::idle;
  }
  return false;
}

constexpr std::string_view to_string(Phase phase) {
  constexpr std::array<std::string_view, 5> names{"idle", "begin", "marking", "termination", "sweeping"};
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
  scan_cards,         ///< marked objects' slots on dirty cards are looked at again; too many send the cycle back to marking
  flush_buffers,      ///< every mutator's shade buffer joins the grey set
  drain,              ///< mark until the grey set is empty; too much of it sends the cycle back to marking
  barrier_off,        ///< every mutator's marking flag is cleared
};

inline constexpr std::size_t max_steps = 8;
using Steps = std::array<Step, max_steps>;

struct Protocol {
  Steps begin{};
  Steps termination{};
  /// The world stays stopped from begin to termination.
  bool stopped_throughout = false;
};

/// The table. `stopped` asks for a cycle in one pause, which is sound under every barrier and needs none.
constexpr Protocol protocol_for(const BarrierTraits& traits, AllocationColour allocation, bool stopped) {
  const Step allocate = allocation == AllocationColour::black ? Step::allocate_black : Step::allocate_white;
  if (stopped || !traits.keeps_an_invariant()) {
    return {.begin = {Step::flip_mark_sense, Step::allocate_black, Step::shade_roots},
            .termination = {Step::drain},
            .stopped_throughout = true};
  }
  if (traits.side_table == SideTable::cards) {
    return {.begin = {Step::flip_mark_sense, Step::barrier_on, allocate, Step::shade_roots},
            .termination = {Step::flush_buffers, Step::shade_roots, Step::scan_cards, Step::drain, Step::barrier_off, Step::allocate_black}};
  }
  if (traits.rescans_roots()) {
    return {.begin = {Step::flip_mark_sense, Step::barrier_on, allocate, Step::shade_roots},
            .termination = {Step::flush_buffers, Step::shade_roots, Step::drain, Step::barrier_off, Step::allocate_black}};
  }
  return {.begin = {Step::flip_mark_sense, Step::barrier_on, allocate, Step::shade_roots, Step::roots_are_scanned},
          .termination = {Step::flush_buffers, Step::drain, Step::barrier_off, Step::allocate_black}};
}

}  // namespace tricolour
