// `tricolour list`: what there is, and what fits what.
#include <fmt/format.h>

#include <algorithm>

#include "collectors/marking/registry.hpp"
#include "collectors/registry.hpp"
#include "core/errors.hpp"
#include "core/seams/faults.hpp"
#include "harness/cli/commands.hpp"
#include "harness/process/exit_codes.hpp"
#include "harness/run/registry.hpp"
#include "harness/text/json.hpp"
#include "harness/text/names.hpp"

namespace tricolour {
namespace {

/// One topic: its lines, and the same as JSON.
struct Listing {
  std::string text;
  Json::Array json;

  void add(const std::string& lines, Json::Object entry) {
    text += lines;
    json.emplace_back(std::move(entry));
  }
};

bool fit(const CollectorInfo& collector, const BarrierTraits& barrier) {
  return unsound_because(collector, barrier, collector.cycle.usual_allocation(barrier)).empty();
}

/// How a collector can scan roots, soundly with `barrier` if there is one; first what it does
/// without being asked.
Json roots_of(const CollectorInfo& collector, const BarrierTraits* barrier = nullptr) {
  Json::Array all;
  for (const bool ragged : {false, true}) {
    if (cycle_of(collector, ragged).ragged_roots != ragged) continue;
    if (barrier == nullptr ||
        unsound_because(collector, *barrier, collector.cycle.usual_allocation(*barrier), ragged)
            .empty())
      all.emplace_back(ragged ? "ragged" : "stopped");
  }
  return all;
}

/// With which collectors, which colours of objects born while marking, and which scans of roots.
Json sound_with(const BarrierTraits& barrier) {
  Json::Array all;
  for (const CollectorInfo& collector : collectors()) {
    Json::Array allocations;
    for (const AllocationColour colour : {AllocationColour::white, AllocationColour::black}) {
      if (unsound_because(collector, barrier, colour).empty())
        allocations.emplace_back(to_string(colour));
    }
    if (allocations.empty()) continue;
    all.push_back(Json::Object{{"collector", collector.name},
                               {"allocations", std::move(allocations)},
                               {"roots", roots_of(collector, &barrier)}});
  }
  return all;
}

Json array_of(const std::vector<std::string>& names) {
  return Json::Array(names.begin(), names.end());
}

Listing list_collectors() {
  Listing listing;
  for (const CollectorInfo& one : collectors()) {
    const auto fitting =
        names_of(barriers(), [&](const BarrierTraits& barrier) { return fit(one, barrier); });
    listing.add(
        fmt::format("{:<16}{}; barriers: {}\n", one.name, one.summary, joined(fitting, ", ")),
        {{"name", one.name},
         {"summary", one.summary},
         {"marks_beside_mutators", one.cycle.meets_mutators()},
         {"has_background_thread", one.has_background_thread},
         {"roots", roots_of(one)},
         {"reference", one.reference},
         {"barriers", array_of(fitting)}});
  }
  return listing;
}

Listing list_barriers() {
  Listing listing;
  for (const BarrierTraits* one : barriers()) {
    const auto fitting = names_of(
        collectors(), [&](const CollectorInfo& collector) { return fit(collector, *one); });
    listing.add(
        fmt::format("{:<16}{}; invariant {}, mutators {}, allocates {}; collectors: {}\n",
                    one->name, one->catalogue.summary, to_string(one->invariant),
                    to_string(one->mutators), to_string(one->allocation), joined(fitting, ", ")),
        {{"name", one->name},
         {"summary", one->catalogue.summary},
         {"invariant", to_string(one->invariant)},
         {"mutators", to_string(one->mutators)},
         {"allocation_colour", to_string(one->allocation)},
         {"sound_with_white_allocation", one->sound_with_white_allocation},
         {"ragged_safe", one->ragged_safe},
         {"regreys", one->regreys},
         {"black_means", to_string(one->black_means)},
         {"side_table", to_string(one->side_table)},
         {"guards_loads", one->guards_loads},
         {"has_flag", one->has_flag},
         {"idle_instructions", one->catalogue.idle_instructions},
         {"idle_load_instructions", one->catalogue.idle_load_instructions},
         {"reference", one->reference},
         {"collectors", array_of(fitting)},
         {"sound_with", sound_with(*one)},
         {"source", one->catalogue.source}});
  }
  return listing;
}

std::string shown_default(const ParameterInfo& one) {
  return one.words.empty() ? show_number(one.value)
                           : std::string(one.words[static_cast<std::size_t>(one.value)]);
}

Listing list_workloads() {
  Listing listing;
  for (const Instance* instance : workloads()) {
    const WorkloadInfo info = instance->info();
    std::string lines =
        fmt::format("{:<16}{}; an operation is {}\n", info.name, info.summary, info.operation);
    Json::Array parameters;
    for (const ParameterInfo& one : info.parameters) {
      lines += fmt::format("  {}={}{}{}: {}\n", one.name, shown_default(one),
                           one.unit.empty() ? "" : " ", one.unit, one.summary);
      Json::Object parameter{{"name", one.name},
                             {"default", shown_default(one)},
                             {"unit", one.unit},
                             {"summary", one.summary}};
      if (one.words.empty()) {
        parameter.insert(parameter.end(),
                         {{"least", number(one.least)}, {"most", number(one.most)}});
      } else {
        parameter.emplace_back("words", Json::Array(one.words.begin(), one.words.end()));
      }
      if (one.small) parameter.emplace_back("small", number(*one.small));
      parameters.emplace_back(std::move(parameter));
    }
    listing.add(lines, {{"name", info.name},
                        {"summary", info.summary},
                        {"operation", info.operation},
                        {"shared", info.shared},
                        {"has_requests", info.has_requests},
                        {"least_mutators", info.least_mutators},
                        {"parameters", parameters},
                        {"source", info.source}});
  }
  return listing;
}

std::string_view shown_if_default(bool is_default) { return is_default ? "the default: " : ""; }

Listing list_markers() {
  Listing listing;
  for (const MarkerInfo& one : markers()) {
    const bool is_default = one.name == CollectorOptions{}.marker;
    listing.add(fmt::format("{:<16}{}{}\n", one.name, shown_if_default(is_default), one.summary),
                {{"name", one.name},
                 {"summary", one.summary},
                 {"default", is_default},
                 {"reference", one.reference},
                 {"one_thread", one.one_thread}});
  }
  return listing;
}

Listing list_sweepers() {
  Listing listing;
  for (const SweepModeInfo& one : sweep_modes) {
    const auto fitting = names_of(collectors(), [&](const CollectorInfo& collector) {
      return sweep_refused_because(collector, one.mode).empty();
    });
    const bool is_default = one.mode == CollectorOptions{}.sweep;
    listing.add(fmt::format("{:<16}{}{}; collectors: {}\n", one.name, shown_if_default(is_default),
                            one.summary, joined(fitting, ", ")),
                {{"name", one.name},
                 {"summary", one.summary},
                 {"default", is_default},
                 {"reference", one.reference},
                 {"collectors", array_of(fitting)}});
  }
  return listing;
}

[[maybe_unused]] Listing list_faults() {
  Listing listing;
  Json::Array all;
  for (const FaultInfo& one : all_faults) {
    listing.text +=
        fmt::format("{:<34}{:>2}{}\n", one.name, one.number, one.switched ? "  --fault" : "");
    all.push_back(
        Json::Object{{"name", one.name}, {"number", one.number}, {"switched", one.switched}});
  }
  listing.json = all;
  return listing;
}

Listing list_parameters() {
  Listing listing;
  for (const Setting& one : settings()) {
    const double value = one.default_value();
    const std::string shown =
        one.unit == "switch" ? (value != 0 ? "on" : "off") : show_number(value);
    const std::string flag = fmt::format("--set {}={}", one.name, shown);
    listing.add(fmt::format("{:<40}{:<12}{} ({} to {})\n", flag, one.unit, one.summary,
                            show_number(one.least), show_number(one.most)),
                {{"name", one.name},
                 {"default", number(value)},
                 {"unit", one.unit},
                 {"least", number(one.least)},
                 {"most", number(one.most)},
                 {"summary", one.summary}});
  }
  return listing;
}

using Topic = std::pair<std::string_view, Listing (*)()>;

std::vector<Topic> topics() {
  std::vector<Topic> all{
      {"collectors", list_collectors}, {"barriers", list_barriers}, {"workloads", list_workloads},
      {"markers", list_markers},       {"sweepers", list_sweepers}, {"parameters", list_parameters},
  };
  if constexpr (faults_built) all.emplace_back("faults", list_faults);
  return all;
}

}  // namespace

std::vector<std::string> list_topics() {
  std::vector<std::string> names;
  for (const auto& [name, make] : topics()) names.emplace_back(name);
  return names;
}

int carry_out(const ListCommand& command) {
  std::string text;
  Json::Object everything;
  for (const auto& [name, make] : topics()) {
    if (!command.topic.empty() && name != command.topic) continue;
    Listing listing = make();
    if (command.topic.empty()) text += fmt::format("{}{}:\n", text.empty() ? "" : "\n", name);
    text += listing.text;
    everything.emplace_back(name, std::move(listing.json));
  }
  if (everything.empty()) {
    const std::vector<std::string> existing = list_topics();
    throw ConfigurationError(
        unknown_name("list", command.topic, {existing.begin(), existing.end()}));
  }
  if (!command.json) {
    fmt::print("{}", text);
  } else {
    fmt::print("{}\n",
               to_text(command.topic.empty() ? Json(everything) : everything.front().second, 1));
  }
  return exit_code::done;
}

}  // namespace tricolour
