#include "harness/run/run_text.hpp"

#include "harness/text/columns.hpp"
#include "tools/testing/catch.hpp"

namespace tricolour {

TEST_CASE("the log of cycles counts a pause from the same moment as every other figure") {
  const auto logged = [](std::uint32_t stopped) {
    Outcome outcome;
    outcome.tables.events.push_back({.event = PauseEvent{.mutator = stopped,
                                                         .cycle = 1,
                                                         .begin_ns = 10'000,
                                                         .stopped_ns = 15'000,
                                                         .end_ns = 40'000},
                                     .emitter = 0,
                                     .on_mutator_thread = true});
    return cycle_log(outcome);
  };
  CHECK_THAT(logged(every_mutator), Catch::Matchers::Contains("1  30.0 us  30.0 us"));
  CHECK_THAT(logged(0), Catch::Matchers::Contains("1  25.0 us  25.0 us"));
}

TEST_CASE("the log of cycles is a table that fits a terminal") {
  Outcome outcome;
  outcome.tables.events.push_back(
      {.event = TriggerEvent{.at_ns = 1, .trigger = std::uint64_t{1023} << 30},
       .emitter = 0,
       .on_mutator_thread = true});
  outcome.tables.events.push_back({.event = PauseEvent{.cause = Cause::allocation_quantum,
                                                       .mutator = every_mutator,
                                                       .cycle = 99999,
                                                       .begin_ns = 0,
                                                       .stopped_ns = 999'999'999,
                                                       .end_ns = 999'999'999},
                                   .emitter = 0,
                                   .on_mutator_thread = true});
  const std::string log = cycle_log(outcome);
  for (std::size_t begin = 0; begin < log.size();) {
    const std::size_t end = log.find('\n', begin);
    CHECK(end - begin <= most_columns);
    begin = end + 1;
  }
  CHECK_THAT(log, Catch::Matchers::StartsWith("cycle cause"));
  CHECK(cycle_log(Outcome{}).empty());
}

}  // namespace tricolour
