// The figures of one run: what its events, accounts and requests come to.
//
// Purpose: the definitions of the design's metrics, once. Invariant: only what touches the measured
// region counts; pauses count whole, intervals of utilisation are clipped. Pauses of kind `verify`
// are the oracle's and are no figure.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "harness/figures/request_figures.hpp"
#include "harness/figures/utilisation.hpp"
#include "harness/record/bystander.hpp"
#include "harness/record/pass.hpp"
#include "harness/record/recorder.hpp"

namespace tricolour {

struct PauseFigures {
  std::uint64_t count = 0;
  Nanoseconds total_ns = 0;
  Nanoseconds p50_ns = 0;
  Nanoseconds p99_ns = 0;
  Nanoseconds max_ns = 0;
  Nanoseconds max_time_to_safepoint_ns = 0;
};
struct Tally {
  std::uint64_t count = 0;
  Nanoseconds total_ns = 0;
};
/// CPU time of the process in the region; the parts add up to the whole. Of what mutators did
/// beside their own work counts what surely was CPU time.
struct CpuFigures {
  Nanoseconds mutator = 0, mark = 0, sweep = 0, pause = 0, assist = 0, other = 0;
  bool sweep_is_least = false;  ///< it may have been more, and the mutators' own less
  bool assist_is_least = false;
};
/// Of all mutators in the region: time in which they could have run and the system did not let
/// them, and time in which the machine was taken from under them.
struct RunDelayFigures {
  bool available = false;
  std::string why;  ///< there is no such number
  Nanoseconds total_ns = 0;
  Nanoseconds steal_ns = 0;  ///< at least; not in `total_ns`
};

struct RunFigures {
  Interval region{};
  std::uint64_t operations = 0;
  std::uint64_t allocated_bytes = 0;
  std::uint64_t allocated_objects = 0;
  std::uint64_t cycles = 0;
  std::uint64_t fallbacks = 0;
  PauseFigures pauses;
  Tally stalls;
  Tally assists;
  BystanderFigures bystander;
  std::optional<RequestFigures> requests;
  RunDelayFigures run_delay;
  std::vector<std::pair<std::string, double>>
      mmu;  ///< window to value, where the run is long enough
  CpuFigures cpu_ns;
  std::vector<MutatorAccount> mutators;
  std::uint64_t peak_bytes = 0;           ///< most heap in use that an event saw
  std::optional<BarrierCounts> barriers;  ///< of the instrumented build

  Nanoseconds wall_ns() const { return region.end - region.begin; }
  double operations_per_s() const {
    return static_cast<double>(operations) * 1e9 / static_cast<double>(wall_ns());
  }
};

/// Whether it is a pause of that mutator: of all that there were, or of the only one.
bool stops(const PauseEvent& pause, unsigned mutator);

/// A pause's length as every statistic counts it: from the last stop, and where there were several
/// mutators at the time, children of a workload included, from the request, because the first may
/// have stopped then.
Nanoseconds pause_begin(const PauseEvent& pause);

/// Of `part` of a wall time `whole`, in which threads wanted a CPU and were on one for `cpu`, what
/// they were on it at least: all the time they had to wait may have fallen into that part.
Nanoseconds certain_cpu(Nanoseconds part, Nanoseconds whole, Nanoseconds cpu);

/// `events` by end time; empty when nothing was recorded.
RunFigures compute_figures(const Pass& pass, const std::vector<RecordedEvent>& events,
                           const BystanderFigures& bystander);

}  // namespace tricolour
