#include "harness/figures/pause_figures.hpp"

#include <algorithm>

#include "harness/figures/quantile_curve.hpp"
#include "harness/record/ranked.hpp"

namespace tricolour {
namespace {

void add_quantiles(PauseFigures& figures, std::vector<Nanoseconds> lengths) {
  std::ranges::sort(lengths);
  figures.p50_ns = ranked(lengths, 0.5);
  figures.p99_ns = ranked(lengths, 0.99);
  figures.max_ns = lengths.empty() ? 0 : lengths.back();
  std::vector<WeightedValue> values;
  for (const Nanoseconds length : lengths) values.push_back({static_cast<double>(length)});
  figures.curve_ns = quantile_curve(std::move(values));
}

}  // namespace

bool is_collector_pause(const PauseEvent& pause) { return pause.kind != PauseKind::verify; }

bool stops(const PauseEvent& pause, unsigned mutator) {
  return pause.mutator == every_mutator || pause.mutator == mutator;
}

Nanoseconds pause_begin(const PauseEvent& pause) {
  return pause.mutator == every_mutator ? pause.begin_ns : pause.stopped_ns;
}

bool counts(const PauseEvent& pause, std::optional<Interval> region) {
  return region && is_collector_pause(pause) && pause.end_ns > region->begin &&
         pause_begin(pause) < region->end;
}

PauseFigures pause_figures(const std::vector<RecordedEvent>& events, Interval region) {
  PauseFigures figures;
  std::vector<Nanoseconds> lengths;
  for (const RecordedEvent& recorded : events) {
    const auto* const pause = std::get_if<PauseEvent>(&recorded.event);
    if (pause == nullptr || !counts(*pause, region)) continue;
    lengths.push_back(pause->end_ns - pause_begin(*pause));
    figures.total_ns += lengths.back();
    figures.by_kind[static_cast<std::size_t>(pause->kind)].add(lengths.back());
    figures.max_time_to_safepoint_ns =
        std::max(figures.max_time_to_safepoint_ns, pause->stopped_ns - pause->begin_ns);
    figures.max_thread_cpu_ns = std::max(figures.max_thread_cpu_ns, pause->cpu_ns);
  }
  figures.count = lengths.size();
  add_quantiles(figures, std::move(lengths));
  return figures;
}

}  // namespace tricolour
