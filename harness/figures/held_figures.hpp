// For how long a collector held each mutator.
//
// Purpose: one figure for collectors that stop the world and for those that shake hands with one
// mutator at a time: what a mutator sees of either.
//
// Invariant: a stretch is of one mutator, and what is done to another costs it nothing. It is a
// pause of the collector that stops the mutator, from when the pause counts (pause_figures.hpp);
// a handshake's work on the mutator; or a `paused` interval of the mutator that no stop of it
// overlaps: it came back while a collector acted for it in a handshake, or it held the world
// itself and stopped nothing. A `paused` interval that a stop overlaps is that stop, and the
// oracle's stops do not count. Stretches of one mutator that overlap or touch are one. A stretch
// that touches the measured region counts whole.
#pragma once

#include <cstdint>
#include <vector>

#include "harness/figures/utilisation.hpp"
#include "harness/record/recorder.hpp"

namespace tricolour {

/// Percentiles by nearest rank; 0 where nothing was held.
struct HeldFigures {
  std::uint64_t count = 0;
  Nanoseconds total_ns = 0;
  Nanoseconds p50_ns = 0;
  Nanoseconds p99_ns = 0;
  Nanoseconds p999_ns = 0;
  Nanoseconds max_ns = 0;
  friend bool operator==(const HeldFigures&, const HeldFigures&) = default;
};

/// Of mutators 0 to `mutators` - 1.
HeldFigures held_figures(const std::vector<RecordedEvent>& events, Interval region,
                         unsigned mutators);

}  // namespace tricolour
