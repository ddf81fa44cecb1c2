#include "harness/figures/held_figures.hpp"

#include <algorithm>
#include <limits>
#include <numeric>
#include <utility>

#include "harness/figures/pause_figures.hpp"
#include "harness/record/ranked.hpp"

namespace tricolour {
namespace {

constexpr Interval all_time{std::numeric_limits<Nanoseconds>::min(),
                            std::numeric_limits<Nanoseconds>::max()};

/// `others`: by time, disjoint.
bool overlaps(const Interval& one, const std::vector<Interval>& others) {
  const auto next = std::ranges::upper_bound(others, one.begin, {}, &Interval::end);
  return next != others.end() && next->begin < one.end;
}

/// Of one mutator, by time. Lists are of one mutator at a time: those of all may not fit.
std::vector<Interval> held_stretches(const std::vector<RecordedEvent>& events, unsigned mutator) {
  std::vector<Interval> held, paused;
  std::vector<Interval> stopped;  // by anything, from the request
  for (const RecordedEvent& recorded : events) {
    const auto* const pause = std::get_if<PauseEvent>(&recorded.event);
    if (pause != nullptr && stops(*pause, mutator)) {
      stopped.push_back({pause->begin_ns, pause->end_ns});
      if (is_collector_pause(*pause)) held.push_back({pause_begin(*pause), pause->end_ns});
    }
    const auto* const interval = std::get_if<MutatorInterval>(&recorded.event);
    if (interval == nullptr || interval->mutator != mutator) continue;
    const Interval span{interval->begin_ns, interval->end_ns};
    if (interval->activity == Activity::handshake) held.push_back(span);
    if (interval->activity == Activity::paused) paused.push_back(span);
  }
  stopped = merged(std::move(stopped), all_time);
  for (const Interval& one : paused) {
    if (!overlaps(one, stopped)) held.push_back(one);
  }
  return merged(std::move(held), all_time);
}

}  // namespace

HeldFigures held_figures(const std::vector<RecordedEvent>& events, Interval region,
                         unsigned mutators) {
  std::vector<Nanoseconds> lengths;
  for (unsigned i = 0; i < mutators; ++i) {
    for (const Interval& one : held_stretches(events, i)) {
      if (one.end > region.begin && one.begin < region.end) lengths.push_back(one.end - one.begin);
    }
  }
  std::ranges::sort(lengths);
  return {.count = lengths.size(),
          .total_ns = std::accumulate(lengths.begin(), lengths.end(), Nanoseconds{0}),
          .p50_ns = ranked(lengths, 0.5),
          .p99_ns = ranked(lengths, 0.99),
          .p999_ns = ranked(lengths, 0.999),
          .max_ns = lengths.empty() ? 0 : lengths.back()};
}

}  // namespace tricolour
