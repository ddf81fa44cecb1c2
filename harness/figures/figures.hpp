// The figures of one run: what its events, accounts and requests come to.
//
// Purpose: what the tables suffice for (event_figures.hpp), and what only the run itself knows: its
// clocks, counts and taken time. Invariant: only what touches the measured region counts.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/figures/event_figures.hpp"
#include "harness/figures/request_figures.hpp"
#include "harness/record/bystander.hpp"
#include "harness/record/pass.hpp"
#include "harness/record/recorder.hpp"

namespace tricolour {

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

struct RunFigures : EventFigures {
  Interval region{};
  std::uint64_t operations = 0;
  std::uint64_t allocated_bytes = 0;
  std::uint64_t allocated_objects = 0;
  TracingTotals while_marking;  ///< of all mutators
  std::uint64_t cycles = 0;
  std::uint64_t fallbacks = 0;
  HandshakeAnswers handshakes;
  BystanderFigures bystander;
  std::optional<RequestFigures> requests;
  RunDelayFigures run_delay;
  CpuFigures cpu_ns;
  std::vector<MutatorAccount> mutators;
  std::uint64_t peak_bytes = 0;           ///< most heap in use that an event saw
  std::optional<BarrierCounts> barriers;  ///< of the instrumented build

  Nanoseconds wall_ns() const { return region.end - region.begin; }
  double operations_per_s() const {
    return static_cast<double>(operations) * 1e9 / static_cast<double>(wall_ns());
  }
  /// Of the region, how long a cycle marked, as the mean mutator saw it; in it all allocated
  /// together so many bytes a second, where it did.
  Nanoseconds marking_ns() const;
  std::optional<double> marking_allocation_per_s() const;
};

/// Of `part` of a wall time `whole`, in which threads wanted a CPU and were on one for `cpu`, what
/// they were on it at least: all the time they had to wait may have fallen into that part.
Nanoseconds certain_cpu(Nanoseconds part, Nanoseconds whole, Nanoseconds cpu);

/// `events` by end time; empty when nothing was recorded. `requests`: rows of the requests table.
RunFigures compute_figures(const Pass& pass, const std::vector<RecordedEvent>& events,
                           std::span<const RequestTableRow> requests,
                           const BystanderFigures& bystander);

}  // namespace tricolour
