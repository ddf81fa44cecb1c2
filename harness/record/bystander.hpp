// Bystander delay: what a run does to a thread that only sleeps and wakes.
//
// Purpose: the control thread of a run calls `sleep` again and again; how much later than asked it
// wakes is what a thread beside the run has to wait for: the machine's own delays and, where
// mutators and collector threads fill the cores, the collector's threads. The machine's own floor
// is the same measured with nothing else running.
//
// Invariant: the thread's timer slack is 1 ns while it is measured, so that the kernel adds no
// delay of its own choice. Threads that it starts inherit the slack. Ownership: one thread. Source:
// jHiccup (G. Tene).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/observe/clock.hpp"
#include "harness/record/histogram.hpp"
#include "harness/text/json.hpp"

namespace tricolour {

struct BystanderDelay {
  Nanoseconds t_ns;    ///< when it woke up
  Nanoseconds gap_ns;  ///< by how much too late
};

class BystanderMeter {
 public:
  /// Sleeps `period` and returns the gap.
  BystanderDelay sleep(Nanoseconds period = 1'000'000);

 private:
  bool has_slept_ = false;
};

struct BystanderFigures {
  std::uint64_t count = 0;
  Nanoseconds p50_ns = 0, p99_ns = 0, max_ns = 0;
};

BystanderFigures bystander_figures(const Histogram& gaps);
/// Of the gaps whose sleep ended after `after_ns` and not after `until_ns`.
BystanderFigures bystander_figures(const std::vector<BystanderDelay>& seen, Nanoseconds after_ns,
                                   Nanoseconds until_ns);

Json to_json(const BystanderFigures& figures);
/// Of what `to_json` gave; nothing when it is no such object.
std::optional<BystanderFigures> bystander_figures_of(const Json& json);

/// Sleeps and wakes for that long, with nothing else of this process running; ends early when
/// interrupted.
std::vector<BystanderDelay> attend(Nanoseconds length_ns);

/// The machine's own floor: bystander delay with nothing else running, before and after a sweep.
/// Nothing: not known.
struct MachineFloor {
  std::optional<BystanderFigures> before, after;
};
Json to_json(const MachineFloor& floor);
MachineFloor machine_floor_of(const Json& json);
/// Of floors from several machines the one with the longest wait; each is kept as it was measured.
void keep_greater(MachineFloor& floor, const MachineFloor& other);

}  // namespace tricolour
