#include "core/observe/last_events.hpp"

#include <algorithm>
#include <string>

#include "tools/testing/catch.hpp"

namespace tricolour {

TEST_CASE("the last events are told in their order, with begin, cycle, name and length",
          "[watchdog]") {
  LastEvents events;
  CHECK(events.text() == "    none\n");
  events.note(
      PauseEvent{.kind = PauseKind::full, .cycle = 3, .begin_ns = 1'500'000, .end_ns = 1'742'000});
  events.note(PhaseInterval{.phase = Activity::marking,
                            .role = Role::marker,
                            .cycle = 4,
                            .begin_ns = 2'000'000,
                            .end_ns = 7'000'000});
  events.note(MutatorInterval{
      .activity = Activity::stalled, .cycle = 5, .begin_ns = 8'000'000, .end_ns = 8'001'000});
  events.note(TriggerEvent{.at_ns = 9'000'000, .used = 100, .trigger = 2000});
  CHECK(events.text() ==
        "    1500000 ns: cycle 3, pause full, 242 us\n"
        "    2000000 ns: cycle 4, marker marking, 5000 us\n"
        "    8000000 ns: cycle 5, mutator stall, 1 us\n"
        "    9000000 ns: trigger at 2000 bytes, 0 us\n");
}

TEST_CASE("of many events the last ones are kept", "[watchdog]") {
  LastEvents events;
  for (std::uint64_t cycle = 1; cycle <= 20; ++cycle) events.note(PauseEvent{.cycle = cycle});
  const std::string text = events.text();
  CHECK(std::ranges::count(text, '\n') == 16);
  CHECK(text.find("cycle 4,") == std::string::npos);
  CHECK(text.find("cycle 5,") < text.find("cycle 20,"));
  CHECK(text.find("cycle 20,") != std::string::npos);
}

}  // namespace tricolour
