#include "tools/testing/known_run.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <sstream>

#include "harness/run/run_text.hpp"
#include "tools/testing/catch.hpp"

namespace tricolour {
namespace {

Json in_json(const Toml& value) {
  if (const auto* const flag = std::get_if<bool>(&value.value)) return *flag;
  if (const auto* const whole = std::get_if<std::int64_t>(&value.value)) return *whole;
  if (const auto* const real = std::get_if<double>(&value.value)) return *real;
  return *value.text() == "none" ? Json() : Json(*value.text());
}

/// Every figure of `wanted` in `found`; those that are no whole number to twelve digits.
void check_figures(const Toml& wanted, const Json& found) {
  for (const auto& [name, value] : *wanted.table()) {
    INFO("known_run.toml:" << value.line << ": " << name);
    if (value.table() != nullptr) {
      check_figures(value, found[name]);
    } else if (const auto* const real = std::get_if<double>(&value.value)) {
      CHECK(found[name].number_or(-1) == Approx(*real).epsilon(1e-12));
    } else {
      CHECK(to_text(found[name]) == to_text(in_json(value)));
    }
  }
}

/// The members of `found` are those of `wanted`.
void check_names(const Toml& wanted, const Json& found) {
  std::set<std::string> names, told;
  for (const auto& [name, value] : *wanted.table()) names.insert(name);
  for (const auto& [name, value] : found.members()) told.insert(name);
  CHECK(told == names);
}

/// With one space for each stretch of white space, so that it does not matter where lines break.
std::string on_one_line(const std::string& text) {
  std::istringstream words(text);
  std::string line;
  for (std::string word; words >> word;) line += (line.empty() ? "" : " ") + word;
  return line;
}

void check_lines(const Toml& wanted, const std::string& text) {
  for (const Toml& line : *at(wanted, "lines").array()) {
    INFO("known_run.toml:" << line.line);
    CHECK_THAT(on_one_line(text), Catch::Matchers::Contains(on_one_line(*line.text())));
  }
}

const Toml& file() {
  static const Toml known = known_file();
  return known;
}
std::string kind_of(const PauseEvent& pause) {
  return "pause: " + std::string(to_string(pause.kind));
}
std::string kind_of(const MutatorInterval& interval) {
  return "interval: " + std::string(to_string(interval.activity));
}
std::string kind_of(const PhaseInterval& interval) {
  return "phase: " + std::string(to_string(interval.phase));
}
std::string kind_of(const TriggerEvent&) { return "trigger"; }
Outcome known_run() {
  return known_outcome(file(), 1, count(at(file(), "short_requests"), "rows"));
}
Outcome known_run_of_many() {
  const Toml& many = at(file(), "many");
  return known_outcome(file(), integer(many, "times"), count(many, "rows"));
}

}  // namespace

TEST_CASE("every figure of a run of known times is its value by hand") {
  const Json run = parse_json(known_run_json(known_run()));
  const Toml& by_hand = at(file(), "by_hand");
  check_figures(at(by_hand, "run"), run);
  check_names(at(at(by_hand, "run"), "mmu"), run["mmu"]);
  check_names(at(at(at(by_hand, "run"), "requests"), "slow_causes"),
              run["requests"]["slow_causes"]);
  CHECK(run["heap"]["peak"].integer_or(0) == integer(at(at(by_hand, "metrics"), "heap_peak")));
}

TEST_CASE("an event counts as well when nothing is recorded after it") {
  Outcome outcome = known_run();
  const std::vector<RecordedEvent> events = std::move(outcome.tables.events);
  outcome.tables.events.clear();
  std::set<std::string> kinds;
  for (std::size_t i = 0; i < events.size(); ++i) {
    const Event& last = events[i].event;
    const std::string kind = std::visit([](const auto& one) { return kind_of(one); }, last);
    if (!kinds.insert(kind).second) continue;
    CAPTURE(kind);
    std::vector<RecordedEvent> told(events.begin(), events.begin() + static_cast<long>(i) + 1);
    const auto figures = [&] {
      outcome.figures = compute_figures(*outcome.pass, told, outcome.tables.requests, {});
      const Json run = parse_json(known_run_json(outcome));
      std::string text;
      for (const auto& [name, value] : run.members()) {
        if (name != "provenance") text += name + ": " + to_text(value) + "\n";
      }
      return text;
    };
    const std::string of_last = figures();
    const Nanoseconds behind = outcome.pass->end_ns() + 1000;
    const PhaseInterval late{.phase = Activity::marking, .begin_ns = behind, .end_ns = behind};
    told.push_back({late, 0, false});
    CHECK(figures() == of_last);
  }
  CHECK(kinds.size() > 10);
}

TEST_CASE("the slow requests of a run of known times are its own, with their causes") {
  const Json run = parse_json(known_run_json(known_run()));
  const auto& wanted = *at(at(file(), "by_hand"), "slow").array();
  const auto& found = run["requests"]["slow"].elements();
  REQUIRE(found.size() == wanted.size());
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    check_figures(wanted[i], found[i]);
    check_names(at(wanted[i], "causes"), found[i]["causes"]);
  }
}

TEST_CASE("a mutator's times come out under their names, and add up to the region") {
  const Json run = parse_json(known_run_json(known_run()));
  const auto& wanted = *at(file(), "mutators").array();
  const auto& found = run["mutator_time_ns"].elements();
  REQUIRE(found.size() == wanted.size());
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    check_figures(at(wanted[i], "times"), found[i]);
    Nanoseconds sum = 0;
    for (const auto& [name, value] : *at(wanted[i], "times").table()) sum += integer(value);
    CHECK(sum == integer(at(file(), "region"), "length_ns"));
  }
}

TEST_CASE("percentiles of many requests are of the rank above where a rank is no whole number") {
  const Outcome outcome = known_run_of_many();
  const Json run = parse_json(known_run_json(outcome));
  check_figures(at(at(file(), "by_hand"), "many"), run["requests"]);
}

TEST_CASE("the text of a run of known times says the same") {
  const Outcome outcome = known_run();
  const RunOptions options = known_options();
  check_lines(at(at(file(), "by_hand"), "text"), key_figures(plan_run(options), outcome));
  check_lines(at(at(file(), "by_hand"), "log"), cycle_log(outcome));
}

TEST_CASE("the text of a run that held no mutator, or recorded nothing, has no line of it") {
  Outcome outcome = known_run();
  for (const std::optional<HeldFigures>& none : {std::optional<HeldFigures>(HeldFigures{}), {}}) {
    outcome.figures->held = none;
    CHECK_THAT(key_figures(plan_run(known_options()), outcome),
               !Catch::Matchers::Contains("  held "));
  }
}

TEST_CASE("the tables of a run of known times hold each event once, with its times") {
  const KnownFolder folder;
  write_tables(folder.path(), known_run().tables);
  for (const auto& [name, wanted] : *at(at(file(), "by_hand"), "tables").table()) {
    INFO(name);
    const std::string text = "\n" + read_file(folder.path() / name);
    CHECK(std::ranges::count(text, '\n') - 2 == integer(wanted, "rows"));
    for (const Toml& line : *at(wanted, "lines").array()) {
      CHECK_THAT(text, Catch::Matchers::Contains("\n" + *line.text() + "\n"));
    }
  }
}

// What tools/known_run_test.py reads.
TEST_CASE("the folders of the runs of known times are written", "[.known_run]") {
  const char* const place = std::getenv("TRICOLOUR_KNOWN_RUN");
  REQUIRE(place != nullptr);
  const auto write = [&](const char* name, const Outcome& outcome) {
    const auto folder = std::filesystem::path(place) / name;
    std::filesystem::create_directory(folder);
    write_tables(folder, outcome.tables);
    write_file(folder / "run.json", known_run_json(outcome));
  };
  write("known", known_run());
  write("many", known_run_of_many());
}

}  // namespace tricolour
