// The list of seeded faults: complete, and nothing of it in an ordinary build.
#include "core/seams/faults.hpp"

#include <iostream>
#include <set>

#include "core/seams/schedule_window.hpp"
#include "tools/testing/catch.hpp"

using namespace tricolour;

TEST_CASE("the list of seeded faults", "[faults]") {
  std::set<unsigned> numbers;
  std::set<std::string_view> names;
  for (const FaultInfo& info : all_faults) {
    std::cout << "listed " << info.number << " " << info.name << "\n";  // tools/faults reads this
    numbers.insert(info.number);
    names.insert(info.name);
  }
  CHECK(names.size() == all_faults.size());
  CHECK(numbers.size() == 43);
  CHECK(*numbers.begin() == 1);
  CHECK(*numbers.rbegin() == 43);
}

TEST_CASE("a fault is on for the life of its switch, where faults are built", "[faults]") {
  CHECK_FALSE(faulty(Fault::hole_too_long));
  {
    const FaultSwitch on(Fault::hole_too_long);
    CHECK(faulty(Fault::hole_too_long) == faults_built);
    CHECK_FALSE(faulty(Fault::mark_not_atomic));
  }
  CHECK_FALSE(faulty(Fault::hole_too_long));
}

TEST_CASE("a window is passed where faults are built, and nothing elsewhere", "[faults]") {
  int passed = 0;
  const Schedule::Visitor visitor([&](Window) { ++passed; });
  Schedule::visit(&visitor);
  pass_window(Window::between_cycles);
  Schedule::visit(nullptr);
  pass_window(Window::between_cycles);
  CHECK(passed == (faults_built ? 1 : 0));
}
