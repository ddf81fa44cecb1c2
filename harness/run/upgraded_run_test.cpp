// A run of version 2 becomes what this program would have written of it.
#include "harness/run/upgraded_run.hpp"

#include <algorithm>
#include <map>
#include <sstream>

#include "core/errors.hpp"
#include "harness/figures/figures_json.hpp"
#include "tools/testing/catch.hpp"
#include "tools/testing/known_run.hpp"

namespace tricolour {
namespace {

namespace fs = std::filesystem;

void set(Json::Object& members, std::string_view name, Json value) {
  for (auto& [key, old] : members) {
    if (key == name) {
      old = std::move(value);
      return;
    }
  }
}
void remove(Json::Object& members, std::string_view name) {
  std::erase_if(members, [&](const auto& member) { return member.first == name; });
}

Json renamed(const Json& times, const std::map<std::string, std::string>& names) {
  Json::Object all = times.members();
  for (auto& [name, value] : all) {
    if (const auto found = names.find(name); found != names.end()) name = found->second;
  }
  return all;
}

/// As version 2 wrote it.
Json earlier(const Json& record) {
  const std::map<std::string, std::string> causes{
      {"paused", "pause"}, {"lazy_sweeping", "sweep"}, {"allocation_slow_path", "allocation"}};
  Json::Object run = record.members();
  set(run, "schema_version", 2);
  Json::Array times;
  for (const Json& row : record["mutator_time_ns"].elements())
    times.push_back(renamed(row, {{"assist", "assisting"}, {"stall", "stalled"}}));
  set(run, "mutator_time_ns", times);
  Json::Object requests = record["requests"].members();
  Json::Array slow;
  for (const Json& one : record["requests"]["slow"].elements()) {
    Json::Object request = one.members();
    set(request, "causes", renamed(one["causes"], causes));
    slow.emplace_back(std::move(request));
  }
  set(requests, "slow", slow);
  set(requests, "slow_causes", renamed(record["requests"]["slow_causes"], causes));
  remove(requests, "latencies");
  set(run, "requests", requests);
  for (const char* const name : {"pauses", "stalls", "assists"}) {
    Json::Object tally = record[name].members();
    for (const char* const member : {"max_thread_cpu_ns", "by_kind", "quantiles_ns"})
      remove(tally, member);
    if (std::string_view(name) != "pauses") remove(tally, "max_ns");
    set(run, name, tally);
  }
  remove(run, "held");
  remove(run, "explicit_wall_ns");
  remove(run, "utilisation");
  return run;
}

/// The table without its last two columns.
std::string narrower(const std::string& table) {
  std::istringstream lines(table);
  std::string all;
  for (std::string line; std::getline(lines, line);) {
    for (int column = 0; column < 2; ++column) line.resize(line.rfind(','));
    all += line + "\n";
  }
  return all;
}
/// Rows of seven numbers as rows of five.
std::string narrower_rows(const std::string& rows) {
  constexpr std::size_t now = 7 * sizeof(std::int64_t), before = 5 * sizeof(std::int64_t);
  std::string all;
  for (std::size_t at = 0; at < rows.size(); at += now) all += rows.substr(at, before);
  return all;
}

std::map<std::string, std::string> files_in(const fs::path& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::directory_iterator(folder))
    files[entry.path().filename().string()] = read_file(entry.path());
  return files;
}

/// Members by name, since their order is no part of a record.
std::map<std::string, std::string> members_of(const std::string& record) {
  const Json run = parse_json(record);
  std::map<std::string, std::string> members;
  for (const auto& [name, value] : run.members()) members[name] = to_text(value);
  return members;
}

void write_folder(const fs::path& place, const std::map<std::string, std::string>& files) {
  ResultFolder folder(place, false);
  for (const auto& [name, text] : files) {
    if (name != ResultFolder::marker) write_file(folder.place() / name, text);
  }
  folder.complete();
}

std::map<std::string, std::string> written(const fs::path& place, const Outcome& outcome) {
  ResultFolder folder(place, false);
  write_tables(folder.place(), outcome.tables);
  write_file(folder.place() / "run.json", known_run_json(outcome));
  folder.complete();
  return files_in(place);
}

Outcome known_run(bool many) {
  const Toml file = known_file();
  const Toml& told = at(file, many ? "many" : "short_requests");
  return known_outcome(file, many ? integer(told, "times") : 1, count(told, "rows"));
}

}  // namespace

TEST_CASE("a folder of version 2 becomes the one that this version writes") {
  const bool many = GENERATE(false, true);  // requests as text, or binary
  const KnownFolder scratch;
  const auto now = written(scratch.path() / "now", known_run(many));
  auto before = now;
  before["run.json"] = to_text(earlier(parse_json(now.at("run.json"))), 1) + "\n";
  before["pauses.csv"] = narrower(now.at("pauses.csv"));
  if (many) {
    before["requests.bin"] = narrower_rows(now.at("requests.bin"));
  } else {
    before["requests.csv"] = narrower(now.at("requests.csv"));
  }
  const fs::path place = scratch.path() / "before";
  write_folder(place, before);
  CHECK(upgrade_run(place));
  auto after = files_in(place);
  CHECK(members_of(after["run.json"]) == members_of(now.at("run.json")));
  after["run.json"] = now.at("run.json");
  CHECK(after == now);
  CHECK_FALSE(upgrade_run(place));
}

TEST_CASE("a record without tables keeps its figures, and lacks those that version 2 lacked") {
  const Json now = parse_json(known_run_json(known_run(false)));
  const Json found = parse_json(*upgraded_record(to_text(earlier(now), 1)));
  CHECK(found["schema_version"].integer_or(0) == run_schema_version);
  for (const char* const name : {"mmu", "mutator_time_ns", "cpu_ns", "operations", "provenance"}) {
    CAPTURE(name);
    CHECK(to_text(found[name]) == to_text(now[name]));
  }
  CHECK(to_text(found["requests"]["slow"]) == to_text(now["requests"]["slow"]));
  CHECK(found["requests"]["latencies"].is_null());
  CHECK(found["pauses"]["max_ns"].integer_or(0) == now["pauses"]["max_ns"].integer_or(1));
  CHECK(found["pauses"]["by_kind"].is_null());
  CHECK(found["held"].is_null());
  CHECK(found["explicit_wall_ns"].is_null());
  CHECK(found["utilisation"].is_null());
  CHECK_FALSE(upgraded_record(to_text(now)));
}

TEST_CASE("a record of another version is not upgraded, and one that failed has no figures") {
  CHECK_THROWS_AS(upgraded_record(R"({"schema_version": 1})"), ConfigurationError);
  CHECK_THROWS_AS(upgraded_record("{}"), ConfigurationError);
  CHECK_THROWS_AS(upgraded_record("{"), std::invalid_argument);
  const std::string failed = *upgraded_record(R"({"schema_version": 2, "status": "timeout"})");
  CHECK(to_text(parse_json(failed)) == R"({"schema_version":3,"status":"timeout"})");
}

}  // namespace tricolour
