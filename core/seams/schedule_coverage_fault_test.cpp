// What is counted of schedule windows: who was delayed in which, and who passed one meanwhile.
#include <atomic>
#include <set>
#include <string_view>
#include <thread>

#include "core/seams/schedule_coverage.hpp"
#include "core/seams/window_names.hpp"
#include "tools/testing/catch.hpp"

namespace tricolour {
namespace {

std::uint64_t times(Window window, Role in, Role meanwhile) {
  for (const ScheduleCoverage::Pair& pair : ScheduleCoverage::pairs()) {
    if (pair.window == window && pair.in == in && pair.meanwhile == meanwhile) return pair.times;
  }
  return 0;
}

void pass_one_as(Role role) {
  std::thread([role] {
    const RoleScope scope(role);
    ScheduleCoverage::note_progress();
  }).join();
}

}  // namespace

TEST_CASE("a delayed thread counts the roles that pass windows meanwhile", "[windows]") {
  constexpr Window here = Window::before_parking;
  const std::uint64_t before = times(here, Role::marker, Role::sweeper);
  pass_one_as(Role::collector);
  {
    const RoleScope marks(Role::marker);
    const ScheduleCoverage::Delay delay(here);
    pass_one_as(Role::sweeper);
    pass_one_as(Role::sweeper);
  }
  pass_one_as(Role::mutator);
  CHECK(times(here, Role::marker, Role::sweeper) == before + 1);
  for (const Role other : {Role::mutator, Role::collector, Role::marker}) {
    CHECK(times(here, Role::marker, other) == 0);
    CHECK(times(here, Role::sweeper, other) == 0);
  }
}

TEST_CASE("with a seed a thread's first visit of a window is delayed", "[windows]") {
  constexpr Window here = Window::before_run_opens;
  std::atomic<bool> ended{false};
  Schedule::seed(1);
  std::thread other([&] {
    while (!ended) pass_window(Window::between_cycles);
  });
  // A delay may be short; and on one processor, the other thread may not run in it.
  for (int i = 0; i < 10'000 && times(here, Role::sweeper, Role::mutator) == 0; ++i) {
    std::thread([] {
      const RoleScope sweeps(Role::sweeper);
      pass_window(here);
    }).join();
  }
  ended = true;
  other.join();
  Schedule::seed(0);
  CHECK(times(here, Role::sweeper, Role::mutator) > 0);
  CHECK(times(here, Role::sweeper, Role::sweeper) == 0);
}

TEST_CASE("a role's scope ends with the role before it", "[windows]") {
  CHECK(RoleScope::here() == Role::mutator);
  {
    const RoleScope marks(Role::marker);
    {
      const RoleScope sweeps(Role::sweeper);
      CHECK(RoleScope::here() == Role::sweeper);
    }
    CHECK(RoleScope::here() == Role::marker);
  }
  CHECK(RoleScope::here() == Role::mutator);
}

TEST_CASE("each window has its enumerator's name", "[windows]") {
  CHECK(to_string(Window::between_poll_and_answer) == "between_poll_and_answer");
  CHECK(to_string(Window::between_cycles) == "between_cycles");
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < window_count; ++i) names.insert(to_string(static_cast<Window>(i)));
  CHECK(names.size() == window_count);
}

}  // namespace tricolour
