// The pauses of one run: which count, from when, and what they come to.
//
// Purpose: one definition of a pause for run.json, the tables and the text. Invariant: a pause
// counts whole when it touches the measured region; a pause of kind `verify` is the oracle's and
// does not count. It lasts from the last stop until the mutators run again, and where there were
// several mutators at the time, children of a workload included, from the request, because the
// first may have stopped then.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "harness/figures/tally.hpp"
#include "harness/figures/utilisation.hpp"
#include "harness/record/recorder.hpp"

namespace tricolour {

inline constexpr std::size_t pause_kinds = static_cast<std::size_t>(PauseKind::verify) + 1;

struct PauseFigures {
  std::uint64_t count = 0;
  Nanoseconds total_ns = 0;
  Nanoseconds p50_ns = 0;
  Nanoseconds p99_ns = 0;
  Nanoseconds max_ns = 0;
  Nanoseconds max_time_to_safepoint_ns = 0;
  Nanoseconds max_thread_cpu_ns = 0;  ///< of the thread that stopped the world
  std::array<Tally, pause_kinds> by_kind{};
  std::vector<double> curve_ns;  ///< quantiles by nines (quantile_curve.hpp)
};

bool is_collector_pause(const PauseEvent& pause);
/// Whether it is a pause of that mutator: of all that there were, or of the only one.
bool stops(const PauseEvent& pause, unsigned mutator);
/// From when a pause counts; it ends with `end_ns`.
Nanoseconds pause_begin(const PauseEvent& pause);
/// Whether a pause is one of the run's; none is where there was no region.
bool counts(const PauseEvent& pause, std::optional<Interval> region);

PauseFigures pause_figures(const std::vector<RecordedEvent>& events, Interval region);

}  // namespace tricolour
