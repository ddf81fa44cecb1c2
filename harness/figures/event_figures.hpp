// The figures of a run that its tables suffice for.
//
// Purpose: one computation for the run itself, from what it recorded, and for a folder of an
// earlier version, from the tables that it wrote (table_reader.hpp). Invariant: only what touches
// the measured region counts; pauses and what held a mutator count whole, intervals of utilisation
// are clipped. Both ways give the same figures.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "harness/figures/held_figures.hpp"
#include "harness/figures/pause_figures.hpp"
#include "harness/figures/request_latency.hpp"
#include "harness/figures/tally.hpp"
#include "harness/figures/utilisation.hpp"

namespace tricolour {

struct EventFigures {
  PauseFigures pauses;
  Tally stalls;
  Tally assists;
  /// The rest is of a run that recorded events.
  std::optional<HeldFigures> held;
  std::optional<Nanoseconds> explicit_wall_ns;
  std::vector<std::pair<std::string, double>>
      mmu;  ///< window to value, where the run is long enough
  std::optional<UtilisationCurves> utilisation;
  std::optional<LatencyForms> latency;  ///< nothing without rows of requests
};

/// Of a run that recorded events. `events`: by end time; tables hold none where nothing was lost.
EventFigures event_figures(const std::vector<RecordedEvent>& events,
                           std::span<const RequestTableRow> requests, Interval region,
                           unsigned mutators);

}  // namespace tricolour
