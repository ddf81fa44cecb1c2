// The safepoint protocol, its own source, under models of memory: every schedule of a thread that
// holds the world and two mutators (tools/testing/safepoint_program.hpp).
#include <string>
#include <vector>

#include "core/exploration/sequential_memory.hpp"
#include "core/exploration/store_buffer_memory.hpp"
#include "core/mutator/safepoint_protocol.hpp"
#include "tools/testing/catch.hpp"
#include "tools/testing/safepoint_program.hpp"

namespace tricolour::exploration {
namespace {

using enum Transition;
using enum Meeting;

template <template <class, unsigned, unsigned> class MemoryOf>
void check(const SafepointProgram& program) {
  const Coverage coverage = search_program<MemoryOf>(program);
  INFO(program.name());
  if (coverage.violated) FAIL(steps_of<MemoryOf>(program, {}, coverage));
  CHECK((coverage.exhausted || searches_are_cut_short));
}

std::vector<std::vector<Transition>> scripts_of(unsigned length) {
  std::vector<std::vector<Transition>> all;
  for (unsigned bits = 0; bits < 1u << length; ++bits) {
    std::vector<Transition> one;
    for (unsigned i = 0; i < length; ++i) one.push_back((bits >> i & 1) != 0 ? block : poll);
    all.push_back(one);
  }
  return all;
}

}  // namespace

TEST_CASE("no two act at once, all is seen, and all go on", "[safepoint][exploration]") {
  const auto meetings = GENERATE(std::vector{stop, stop}, std::vector{stop, handshake},
                                 std::vector{handshake, stop}, std::vector{handshake, handshake});
  for (const auto& one : scripts_of(3)) {
    for (const auto& other : scripts_of(3))
      check<SequentialMemory>({"3 and 3 transitions", {{one, other}, meetings}});
  }
  for (const auto& one : scripts_of(1)) {
    for (const auto& other : scripts_of(1))
      check<StoreBufferMemory>({"1 and 1, tso", {{one, other}, meetings}});
  }
}

TEST_CASE("nor under release and acquire", "[safepoint][exploration]") {
  const Meeting meeting = GENERATE(stop, handshake);
  for (const auto& one : scripts_of(1)) {
    for (const auto& other : scripts_of(1))
      check<ReleaseAcquireMemory>({"1 and 1, ra", {{one, other}, {meeting}}});
  }
}

TEST_CASE("a mutator that is born late misses no stop", "[safepoint][exploration]") {
  for (const auto& one : scripts_of(1)) {
    for (const auto& other : scripts_of(1)) {
      const Script script{{one, other}, {stop, stop}, true};
      check<SequentialMemory>({"born late", script});
      check<StoreBufferMemory>({"born late, tso", script});
    }
  }
}

TEST_CASE("with any order that the protocol states weakened it goes wrong",
          "[safepoint][exploration]") {
  std::vector<SafepointProgram> programs;
  for (const auto& script : scripts_of(2)) {
    programs.emplace_back("a stop", Script{{script}, {stop}});
    programs.emplace_back("a handshake", Script{{script}, {handshake}});
    programs.emplace_back("a stop and a handshake", Script{{script}, {stop, handshake}});
    programs.emplace_back("a handshake and a stop", Script{{script}, {handshake, stop}});
  }
  CHECK(order_complaints(programs) == std::vector<std::string>{});
}

TEST_CASE("a seeded fault of the protocol goes wrong", "[safepoint][exploration][faults]") {
  struct Case {
    Seeded seeded;
    Script script;
  };
  const std::vector<Transition> polls{poll}, blocks{block};
  const Case cases[]{
      {Seeded::acts_before_arrival, {{polls}, {stop}}},
      {Seeded::poll_before_work, {{polls}, {handshake}}},
      {Seeded::poll_left_on, {{{poll, poll}}, {stop}}},
      {Seeded::claimed_is_resumed, {{blocks}, {stop}}},
      {Seeded::claim_released_early, {{blocks}, {handshake}}},
      {Seeded::blocked_is_not_claimed, {{blocks}, {stop}}},
      {Seeded::left_without_exchange, {{blocks}, {stop}}},
      {Seeded::reported_before_work, {{polls}, {handshake}}},
      {Seeded::arrival_not_told, {{blocks}, {stop}}},
      {Seeded::born_unlocked, {{polls, polls}, {stop}, true}},
  };
  for (const Case& one : cases) {
    Script script = one.script;
    CAPTURE(static_cast<int>(one.seeded));
    CHECK_FALSE(search_program<SequentialMemory>(SafepointProgram("sound", script)).violated);
    script.seeded = one.seeded;
    CHECK(search_program<SequentialMemory>(SafepointProgram("seeded", script)).violated);
  }
}

}  // namespace tricolour::exploration
