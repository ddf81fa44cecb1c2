#include "harness/run/run_text.hpp"

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
  CHECK_THAT(logged(every_mutator), Catch::Matchers::Contains("longest  30.0 us"));
  CHECK_THAT(logged(0), Catch::Matchers::Contains("longest  25.0 us"));
}

}  // namespace tricolour
