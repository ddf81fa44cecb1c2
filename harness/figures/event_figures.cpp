#include "harness/figures/event_figures.hpp"

#include <algorithm>

#include "harness/figures/lost_time.hpp"

namespace tricolour {
namespace {

std::vector<std::pair<std::string, double>> least_mmu(const std::vector<LostTime>& mutators,
                                                      Interval region) {
  constexpr std::pair<const char*, Nanoseconds> windows[]{
      {"1ms", 1'000'000}, {"10ms", 10'000'000}, {"100ms", 100'000'000}, {"1s", 1'000'000'000}};
  std::vector<std::pair<std::string, double>> least;
  for (const auto& [name, window] : windows) {
    if (window > region.end - region.begin) continue;
    double value = 1;
    for (const LostTime& one : mutators) value = std::min(value, *one.mmu(window));
    least.emplace_back(name, value);
  }
  return least;
}

}  // namespace

EventFigures event_figures(const std::vector<RecordedEvent>& events,
                           std::span<const RequestTableRow> requests, Interval region,
                           unsigned mutators) {
  EventFigures figures;
  figures.pauses = pause_figures(events, region);
  figures.stalls = tally(events, region, Activity::stalled);
  figures.assists = tally(events, region, Activity::assisting);
  figures.latency = latency_forms(requests);
  figures.held = held_figures(events, region, mutators);
  figures.explicit_wall_ns = explicit_wall_cost(events, region, mutators);
  const std::vector<LostTime> lost = lost_times(events, region, mutators);
  figures.mmu = least_mmu(lost, region);
  figures.utilisation = utilisation_curves(lost, region);
  return figures;
}

}  // namespace tricolour
