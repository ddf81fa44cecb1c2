// The phase as one mutator knows it: its own copy, changed only at its own stop or handshake.
#pragma once

#include <cstdint>

#include "core/barrier.hpp"
#include "core/colour.hpp"

namespace tricolour {

struct PhaseState {
  std::uint64_t cycle = 0;
  MarkSense sense;
  bool marking = false;        ///< barriers are on
  bool roots_scanned = false;  ///< this mutator's roots, in this cycle
  AllocationColour allocation = AllocationColour::black;
  BlackMeans black_means = BlackMeans::marked;

  /// The state byte of a new object.
  ColourByte allocation_state() const { return allocation == AllocationColour::black ? sense.black : sense.white(); }
  /// What a shaded object becomes: grey where somebody asks what black means, else black at once.
  ColourByte shaded_state() const { return black_means == BlackMeans::marked ? sense.black : grey_state; }
};

}  // namespace tricolour
