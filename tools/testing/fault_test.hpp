// What killing tests of seeded faults share: one scenario, run with the fault off and on, and a
// line for tools/faults.
//
// A killing test's name is "fault NAME: ..." and its tag [fault]. It stands in a
// <unit>_fault_test.cpp beside what is at fault.
#pragma once

#include <iostream>
#include <string>
#include <string_view>

#include "core/seams/faults.hpp"
#include "core/seams/schedule_window.hpp"
#include "tools/testing/catch.hpp"

namespace tricolour {

/// How a scenario ended.
struct Sighting {
  std::string failure;       ///< what was reported; empty when nothing was
  std::uint64_t cycles = 0;  ///< collections until then
};

constexpr std::string_view name_of(Fault fault) {
  for (const FaultInfo& info : all_faults) {
    if (info.fault == fault) return info.name;
  }
  return "none";
}

/// Who reported a failure of a whole heap, by the words of its message.
inline std::string_view reporter_of(std::string_view failure) {
  const auto says = [&](std::string_view words) {
    return failure.find(words) != std::string_view::npos;
  };
  if (says("lost object") || says("allocated over") || says("freed twice") || says("the oracle") ||
      says("outside the heap:"))
    return "oracle";
  if (says("words are not") || says("points outside")) return "mutator's self-check";
  if (says("is called full") || says("is called free") || says("and not listed") ||
      says("is on no list"))
    return "check of block lists";
  return "assertion";
}

/// Prints the line that tools/faults reads.
inline void report_kill(Fault fault, std::string_view by, std::uint64_t cycles) {
  std::cout << "killed " << name_of(fault) << " by " << by << " after " << cycles << " cycles\n";
}

/// Calls `visitor` at one kind of window, and not from within itself; one thread.
class Visit {
 public:
  Visit(Window where, std::function<void()> visitor)
      : visitor_([this, where, visitor = std::move(visitor)](Window here) {
          if (here != where || inside_) return;
          inside_ = true;
          visitor();
          inside_ = false;
        }) {
    Schedule::visit(&visitor_);
  }
  ~Visit() { Schedule::visit(nullptr); }

 private:
  bool inside_ = false;
  Schedule::Visitor visitor_;
};

/// A fault in a seam: `scenario`, a Sighting(), reports nothing without it and something with it.
template <class Scenario>
void check_kill(Fault fault, Scenario scenario, std::string_view by = {}) {
  INFO(name_of(fault));
  CHECK(scenario().failure == "");
  const FaultSwitch on(fault);
  const Sighting sighting = scenario();
  CHECK(sighting.failure != "");
  if (!sighting.failure.empty())
    report_kill(fault, by.empty() ? reporter_of(sighting.failure) : by, sighting.cycles);
}

/// A fault that is a mutant type: `healthy` reports nothing, `mutant` something.
template <class Healthy, class Mutant>
void check_kill(Fault fault, Healthy healthy, Mutant mutant, std::string_view by) {
  INFO(name_of(fault));
  CHECK(healthy().failure == "");
  const Sighting sighting = mutant();
  CHECK(sighting.failure != "");
  if (!sighting.failure.empty())
    report_kill(fault, by.empty() ? reporter_of(sighting.failure) : by, sighting.cycles);
}

}  // namespace tricolour
