// Which cycles are sound: what a collector does with mutators, matched with what a barrier keeps.
//
// Purpose: the one place that knows. Runs, sweeps, the explorer, the lists, tests and tools ask it,
// and get the protocol that fits, or every reason why none does.
//
// Invariant: what matches loses nothing, under any collector that does no more than its traits say;
// barriers/match_test.cpp explores every match. What does not match need not lose anything within
// small bounds.
#pragma once

#include <algorithm>
#include <array>
#include <span>

#include "core/cycle/protocol.hpp"

namespace tricolour {

enum class Marking : std::uint8_t {
  in_pauses,        ///< a cycle is one stop of the world
  interleaved,      ///< in stops, and mutators run between them
  beside_mutators,  ///< while mutators run
};

/// What a collector's cycle does with mutators.
struct CycleTraits {
  Marking marking = Marking::in_pauses;
  bool ragged_roots = false;   ///< scans them mutator by mutator, not all in one stop
  bool handshake_end = false;  ///< ends by rounds of handshakes, not in a stop

  constexpr bool meets_mutators() const { return marking != Marking::in_pauses; }
  /// The world, from a cycle's begin to its end.
  constexpr bool never_stops() const {
    return marking == Marking::beside_mutators && ragged_roots && handshake_end;
  }
  /// The colour of objects born while marking, where a run does not choose: the barrier's, unless
  /// what is born white would be freed.
  constexpr AllocationColour usual_allocation(const BarrierTraits& barrier) const {
    return handshake_end ? AllocationColour::black : barrier.allocation;
  }
};

enum class Mismatch : std::uint8_t {
  no_invariant,       ///< marking meets mutators, and the barrier keeps nothing from being hidden
  white_allocation,   ///< neither the barrier nor a rescan shades what is new
  ragged_roots,       ///< before a mutator's own roots are scanned, what it stores is not shaded
  white_to_the_end,   ///< what is born white behind a mutator's last handshake is freed
  cards_need_a_stop,  ///< the last scan of cards does
};

class Match {
 public:
  constexpr bool sound() const { return count_ == 0; }
  constexpr std::span<const Mismatch> reasons() const& { return {reasons_.data(), count_}; }
  std::span<const Mismatch> reasons() const&& = delete;  ///< it would end before a loop over them
  constexpr bool has(Mismatch reason) const {
    return std::ranges::find(reasons(), reason) != reasons().end();
  }
  /// Where not sound, one that loses objects.
  constexpr const Protocol& protocol() const { return protocol_; }

 private:
  friend constexpr Match match(const CycleTraits&, const BarrierTraits&, AllocationColour);
  constexpr void refuse_if(bool wrong, Mismatch reason) {
    if (wrong) reasons_[count_++] = reason;
  }

  std::array<Mismatch, 5> reasons_{};
  std::size_t count_ = 0;
  Protocol protocol_{};
};

/// `allocation`: the colour of objects born while marking.
constexpr Match match(const CycleTraits& cycle, const BarrierTraits& barrier,
                      AllocationColour allocation) {
  Match found;
  if (!cycle.meets_mutators()) {
    found.protocol_ = stopped_protocol;
    return found;
  }
  const bool white = allocation == AllocationColour::white;
  found.refuse_if(!barrier.keeps_an_invariant(), Mismatch::no_invariant);
  found.refuse_if(white && !barrier.sound_with_white_allocation, Mismatch::white_allocation);
  found.refuse_if(cycle.ragged_roots && !barrier.ragged_safe, Mismatch::ragged_roots);
  found.refuse_if(cycle.handshake_end && white, Mismatch::white_to_the_end);
  found.refuse_if(cycle.handshake_end && barrier.side_table == SideTable::cards,
                  Mismatch::cards_need_a_stop);
  found.protocol_ = protocol_for(barrier, {.allocation = allocation,
                                           .ragged_roots = cycle.ragged_roots,
                                           .handshake_end = cycle.handshake_end});
  return found;
}

}  // namespace tricolour
