// The phase as one mutator knows it: its own copy, changed only at its own stop or handshake.
#pragma once

#include <cstdint>

#include "core/cycle/protocol.hpp"
#include "core/heap/colour.hpp"

namespace tricolour {

/// How much of a barrier runs when nothing is being marked: for measuring its cost on a quiescent
/// heap. `live` is every other run.
enum class BarrierArm : std::uint8_t {
  live,      ///< the flag follows the phase
  filtered,  ///< flag on, no object looks white: flag and colour tests run, nothing is shaded
  full,      ///< flag on, every object looks white: everything is shaded, into a buffer that is
             ///< discarded
};

/// What the steps of a protocol's table change. The heap and the explorer carry steps out with it.
struct SteppedPhase {
  MarkSense sense;
  bool marking = false;        ///< barriers are on
  bool roots_scanned = false;  ///< this mutator's roots, in this cycle
  AllocationColour allocation = AllocationColour::black;
  /// A slot that a barrier would have scanned again (its object made grey, its card dirtied) is
  /// scanned at once: what it refers to is shaded. Marking would not end otherwise where mutators
  /// store faster than markers scan again; set when it is to end.
  bool rescans_at_once = false;

  /// What a step means to the phase; what it has threads do is for the code that carries it out.
  constexpr void apply(Step step) {
    switch (step) {
      case Step::flip_mark_sense:
        sense = sense.flipped();
        roots_scanned = false;
        rescans_at_once = false;
        break;
      case Step::barrier_on:
        marking = true;
        break;
      case Step::barrier_off:
        marking = false;
        break;
      case Step::allocate_black:
        allocation = AllocationColour::black;
        break;
      case Step::allocate_white:
        allocation = AllocationColour::white;
        break;
      case Step::roots_are_scanned:
        roots_scanned = true;
        break;
      case Step::rescan_at_once:
        rescans_at_once = true;
        break;
      default:
        break;
    }
  }

  /// The state byte of a new object.
  ColourByte allocation_state() const {
    return allocation == AllocationColour::black ? sense.black : sense.white();
  }
};

struct PhaseState : SteppedPhase {
  BlackMeans black_means = BlackMeans::marked;
  BarrierArm arm = BarrierArm::live;
  /// A cycle has begun and not terminated. Barriers are on then, except of one that keeps no
  /// invariant.
  bool tracing = false;
  std::uint64_t cycle = 0;

  /// What a shaded object becomes: grey where a reader asks what black means, else black at once.
  ColourByte shaded_state() const {
    return black_means == BlackMeans::marked ? sense.black : grey_state;
  }
};

}  // namespace tricolour
