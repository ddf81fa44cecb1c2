#include "harness/figures/figures_json.hpp"

#include <cmath>
#include <string>

namespace tricolour {
namespace {

Json whole_numbers(const std::vector<double>& values) {
  Json::Array all;
  for (const double value : values) all.emplace_back(std::llrint(value));
  return all;
}

/// To six decimals, which a curve does not show.
Json shares(const std::vector<double>& values) {
  Json::Array all;
  for (const double value : values) all.emplace_back(std::round(value * 1e6) / 1e6);
  return all;
}

Json to_json(const Tally& one) {
  return Json::Object{{"count", one.count}, {"total_ns", one.total_ns}, {"max_ns", one.max_ns}};
}

Json to_json(const PauseFigures& pauses) {
  Json::Object by_kind;
  for (std::size_t i = 0; i < pauses.by_kind.size(); ++i) {
    if (pauses.by_kind[i].count > 0)
      by_kind.emplace_back(to_string(static_cast<PauseKind>(i)), to_json(pauses.by_kind[i]));
  }
  return Json::Object{{"count", pauses.count},
                      {"total_ns", pauses.total_ns},
                      {"p50_ns", pauses.p50_ns},
                      {"p99_ns", pauses.p99_ns},
                      {"max_ns", pauses.max_ns},
                      {"max_time_to_safepoint_ns", pauses.max_time_to_safepoint_ns},
                      {"max_thread_cpu_ns", pauses.max_thread_cpu_ns},
                      {"by_kind", std::move(by_kind)},
                      {"quantiles_ns", whole_numbers(pauses.curve_ns)}};
}

Json to_json(const HeldFigures& held) {
  return Json::Object{{"count", held.count},     {"total_ns", held.total_ns},
                      {"p50_ns", held.p50_ns},   {"p99_ns", held.p99_ns},
                      {"p999_ns", held.p999_ns}, {"max_ns", held.max_ns}};
}

Json to_json(const LatencyFigures& form) {
  return Json::Object{{"max_ns", form.max_ns}, {"quantiles_ns", whole_numbers(form.curve_ns)}};
}

}  // namespace

Json::Object event_members(const EventFigures& figures) {
  Json::Object mmu;
  for (const auto& [window, value] : figures.mmu) mmu.emplace_back(window, value);
  Json utilisation;
  if (const auto& curves = figures.utilisation)
    utilisation = Json::Object{{"mmu", shares(curves->mmu)}, {"bmu", shares(curves->bmu)}};
  return {{"pauses", to_json(figures.pauses)},
          {"held", figures.held ? to_json(*figures.held) : Json()},
          {"stalls", to_json(figures.stalls)},
          {"assists", to_json(figures.assists)},
          {"explicit_wall_ns", figures.explicit_wall_ns ? Json(*figures.explicit_wall_ns) : Json()},
          {"mmu", std::move(mmu)},
          {"utilisation", std::move(utilisation)}};
}

Json to_json(const std::optional<LatencyForms>& forms) {
  if (!forms) return nullptr;
  Json::Object all{{"simple", to_json(forms->simple)}};
  if (forms->intended) all.emplace_back("intended", to_json(*forms->intended));
  all.emplace_back("metered_100ms", to_json(forms->metered_100ms));
  all.emplace_back("metered_full", to_json(forms->metered_full));
  return all;
}

}  // namespace tricolour
