#include "harness/figures/lost_time.hpp"

#include <algorithm>

#include "harness/figures/pause_figures.hpp"

namespace tricolour {
namespace {

using Intervals = std::vector<Interval>;

/// For each mutator its pauses, from `stop_of` on, and its intervals that are `wanted`.
template <class StopOf, class Wanted>
std::vector<Intervals> intervals_of(const std::vector<RecordedEvent>& events, unsigned mutators,
                                    StopOf stop_of, Wanted wanted) {
  std::vector<Intervals> all(mutators);
  for (const RecordedEvent& recorded : events) {
    const auto* const pause = std::get_if<PauseEvent>(&recorded.event);
    if (pause != nullptr && is_collector_pause(*pause)) {
      for (unsigned i = 0; i < mutators; ++i) {
        if (stops(*pause, i)) all[i].push_back({stop_of(*pause), pause->end_ns});
      }
    }
    const auto* const interval = std::get_if<MutatorInterval>(&recorded.event);
    if (interval != nullptr && wanted(interval->activity) && interval->mutator < mutators)
      all[interval->mutator].push_back({interval->begin_ns, interval->end_ns});
  }
  return all;
}

/// Of two lists of sorted, disjoint intervals.
Intervals intersection(const Intervals& one, const Intervals& other) {
  Intervals common;
  for (auto left = one.begin(), right = other.begin(); left != one.end() && right != other.end();) {
    const Interval both{std::max(left->begin, right->begin), std::min(left->end, right->end)};
    if (both.begin < both.end) common.push_back(both);
    (left->end < right->end ? left : right)++;
  }
  return common;
}

}  // namespace

std::vector<LostTime> lost_times(const std::vector<RecordedEvent>& events, Interval region,
                                 unsigned mutators) {
  std::vector<LostTime> times;
  for (Intervals& one : intervals_of(events, mutators, pause_begin, is_lost))
    times.emplace_back(std::move(one), region);
  return times;
}

Nanoseconds explicit_wall_cost(const std::vector<RecordedEvent>& events, Interval region,
                               unsigned mutators) {
  const auto stopped = [](const PauseEvent& pause) { return pause.stopped_ns; };
  const auto is_explicit = [](Activity activity) {
    return activity == Activity::assisting || activity == Activity::stalled;
  };
  Intervals common{region};
  for (Intervals& one : intervals_of(events, mutators, stopped, is_explicit))
    common = intersection(common, merged(std::move(one), region));
  Nanoseconds total = 0;
  for (const Interval& one : common) total += one.end - one.begin;
  return mutators == 0 ? 0 : total;
}

Tally tally(const std::vector<RecordedEvent>& events, Interval region, Activity activity) {
  Tally found;
  for (const RecordedEvent& recorded : events) {
    const auto* const one = std::get_if<MutatorInterval>(&recorded.event);
    if (one == nullptr || one->activity != activity || one->end_ns <= region.begin ||
        one->begin_ns >= region.end)
      continue;
    found.add(one->end_ns - one->begin_ns,
              std::min(one->end_ns, region.end) - std::max(one->begin_ns, region.begin));
  }
  return found;
}

}  // namespace tricolour
