// The tables of a run: an event has its rows also where it is the only one, so the first and the
// last.
#include "harness/figures/tables.hpp"

#include <unistd.h>

#include <algorithm>

#include "harness/files/result_folder.hpp"
#include "tools/testing/catch.hpp"

namespace tricolour {
namespace {

std::string text_of(const RunTables& tables, const char* file) {
  const auto folder =
      std::filesystem::temp_directory_path() / ("tables-" + std::to_string(::getpid()));
  std::filesystem::create_directory(folder);
  write_tables(folder, tables);
  const std::string text = read_file(folder / file);
  std::filesystem::remove_all(folder);
  return text;
}

std::ptrdiff_t rows_of(const RunTables& tables, const char* file) {
  return std::ranges::count(text_of(tables, file), '\n') - 1;
}

/// When nothing but this event was recorded.
std::ptrdiff_t rows_of(const Event& event, const char* file) {
  RunTables tables;
  tables.events.push_back({.event = event, .emitter = 0, .on_mutator_thread = true});
  return rows_of(tables, file);
}

}  // namespace

TEST_CASE("the only event of a run has its rows", "[tables]") {
  const PauseEvent pause{.begin_ns = 1, .stopped_ns = 2, .end_ns = 3};
  CHECK(rows_of(pause, "pauses.csv") == 1);
  CHECK(rows_of(pause, "heap.csv") == 2);  // before and after it
  CHECK(rows_of(TriggerEvent{}, "heap.csv") == 1);
  const PhaseInterval marking{.phase = Activity::marking};
  CHECK(rows_of(marking, "phases.csv") == 1);
  const MutatorInterval stall{.activity = Activity::stalled};
  CHECK(rows_of(stall, "phases.csv") == 1);
  CHECK(rows_of(stall, "pauses.csv") == 0);
}

TEST_CASE("a cycle that begins at its trigger says so, with and without a pause", "[tables]") {
  const Event begin =
      GENERATE(Event{TriggerEvent{.at_ns = 7, .used = 60, .trigger = 60, .reached = true}},
               Event{PauseEvent{.kind = PauseKind::cycle_begin,
                                .cause = Cause::pacing,
                                .stopped_ns = 7,
                                .used_before = 60}});
  RunTables tables;
  tables.heap_bytes = 100;
  tables.events.push_back({.event = begin, .emitter = 0, .on_mutator_thread = true});
  CHECK_THAT(text_of(tables, "heap.csv"),
             Catch::Contains("7,60,100,") && Catch::Contains(",trigger\n"));
}

TEST_CASE("each check, use of the heap and delay of a run has its row", "[tables]") {
  RunTables tables;
  tables.checks = {{1, 10, 0, 0, 0}, {2, 10, 0, 0, 0}};
  tables.heap_use = {{1, 100}, {2, 100}, {3, 100}};
  tables.bystander = {{1, 50}};
  CHECK(rows_of(tables, "verify.csv") == 2);
  CHECK(rows_of(tables, "heap.csv") == 3);
  CHECK(rows_of(tables, "bystander.csv") == 1);
}

}  // namespace tricolour
