#include "harness/run/upgraded_run.hpp"

#include <fmt/format.h>

#include <system_error>

#include "core/errors.hpp"
#include "harness/figures/event_figures.hpp"
#include "harness/figures/figures_json.hpp"
#include "harness/figures/tables.hpp"
#include "harness/files/result_folder.hpp"
#include "harness/run/run_json.hpp"

namespace tricolour {
namespace {

namespace fs = std::filesystem;

/// Columns of requests.bin in version 2.
constexpr std::size_t binary_columns = 5;

/// Names of version 2 that were not those of the table of activities.
std::string_view present_name(std::string_view name) {
  constexpr std::pair<std::string_view, Activity> renamed[]{
      {"assisting", Activity::assisting},
      {"stalled", Activity::stalled},
      {"pause", Activity::paused},
      {"sweep", Activity::lazy_sweeping},
      {"allocation", Activity::allocation_slow_path}};
  for (const auto& [earlier, activity] : renamed) {
    if (name == earlier) return to_string(activity);
  }
  return name;
}

Json with_present_names(const Json& times) {
  Json::Object all;
  for (const auto& [name, value] : times.members())
    all.emplace_back(std::string(present_name(name)), value);
  return all;
}

/// Replaces the member, or adds it.
void set(Json::Object& members, std::string_view name, Json value) {
  for (auto& [key, old] : members) {
    if (key != name) continue;
    old = std::move(value);
    return;
  }
  members.emplace_back(std::string(name), std::move(value));
}

Json requests(const Json& earlier, Json latency) {
  if (earlier.is_null()) return nullptr;
  Json::Object all = earlier.members();
  set(all, "slow_causes", with_present_names(earlier["slow_causes"]));
  Json::Array slow;
  for (const Json& one : earlier["slow"].elements()) {
    Json::Object request = one.members();
    set(request, "causes", with_present_names(one["causes"]));
    slow.emplace_back(std::move(request));
  }
  set(all, "slow", std::move(slow));
  set(all, "latencies", std::move(latency));
  return all;
}

/// What version 2 lacked, of a run without tables.
void set_unknown(Json::Object& run, const Json& record) {
  const auto lacking = [&](std::string_view name, std::initializer_list<const char*> members) {
    Json::Object all = record[name].members();
    for (const char* const member : members) set(all, member, nullptr);
    set(run, name, std::move(all));
  };
  lacking("pauses", {"max_thread_cpu_ns", "by_kind", "quantiles_ns"});
  lacking("stalls", {"max_ns"});
  lacking("assists", {"max_ns"});
  set(run, "held", nullptr);
  set(run, "explicit_wall_ns", nullptr);
  set(run, "utilisation", nullptr);
}

std::optional<Interval> region_of(const Json& record) {
  if (record["start_ns"].is_null()) return std::nullopt;
  return Interval{record["start_ns"].integer_or(0), record["end_ns"].integer_or(0)};
}

void check_version(const Json& record, std::string_view what) {
  const std::int64_t version = record["schema_version"].integer_or(0);
  if (version == upgraded_schema_version) return;
  throw ConfigurationError(
      fmt::format("{} has schema version {}, and only version {} can be upgraded; run it again",
                  what, version, upgraded_schema_version));
}

EventTables tables_of(const fs::path& place) {
  EventTables tables{read_events(place), read_requests(place, binary_columns)};
  meter(tables.requests);
  return tables;
}

bool is_rewritten(const std::string& name) {
  return name == "run.json" || name == "pauses.csv" || name.starts_with("requests.") ||
         name == ResultFolder::marker;
}

/// A link to each file that stays as it is, or a copy of it on another file system.
void take_over(const fs::path& from, const fs::path& to) {
  for (const auto& entry : fs::directory_iterator(from)) {
    const fs::path name = entry.path().filename();
    if (is_rewritten(name.string())) continue;
    std::error_code not_linked;
    fs::create_hard_link(entry.path(), to / name, not_linked);
    if (not_linked) fs::copy_file(entry.path(), to / name);
  }
}

std::string text_of(const Json& record) { return to_text(record, 1) + "\n"; }

}  // namespace

Json upgraded(const Json& record, const std::optional<EventTables>& tables) {
  Json::Object run = record.members();
  set(run, "schema_version", run_schema_version);
  const std::optional<Interval> region = region_of(record);
  if (!region) return run;
  Json::Array times;
  for (const Json& row : record["mutator_time_ns"].elements())
    times.push_back(with_present_names(row));
  const auto mutators = static_cast<unsigned>(times.size());
  set(run, "mutator_time_ns", std::move(times));
  if (!tables) {
    set_unknown(run, record);
    set(run, "requests", requests(record["requests"], nullptr));
    return run;
  }
  const EventFigures figures = event_figures(tables->events, tables->requests, *region, mutators);
  for (auto& [name, value] : event_members(figures)) set(run, name, std::move(value));
  set(run, "requests", requests(record["requests"], to_json(figures.latency)));
  return run;
}

bool upgrade_run(const fs::path& place) {
  const Json record = parse_json(read_file(place / "run.json"));
  if (record["schema_version"].integer_or(0) == run_schema_version) return false;
  check_version(record, (place / "run.json").string());
  std::optional<EventTables> tables;
  if (fs::exists(place / "pauses.csv")) tables = tables_of(place);
  ResultFolder folder(place, true, ResultFolder::Parents::are_there);
  try {
    take_over(place, folder.place());
  } catch (const fs::filesystem_error& error) {
    throw OutputError(fmt::format("cannot write {}: {}", place.string(), error.code().message()));
  }
  if (tables) {
    write_pauses(folder.place(), tables->events, region_of(record));
    write_requests(folder.place(), tables->requests);
  }
  write_file(folder.place() / "run.json", text_of(upgraded(record, tables)));
  folder.complete();
  return true;
}

std::optional<std::string> upgraded_record(std::string_view text) {
  const Json record = parse_json(text);
  if (record["schema_version"].integer_or(0) == run_schema_version) return std::nullopt;
  check_version(record, "a record");
  return text_of(upgraded(record, std::nullopt));
}

}  // namespace tricolour
