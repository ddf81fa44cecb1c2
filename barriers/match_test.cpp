// Every barrier with every kind of cycle: what matches loses nothing, within bounds; and what is
// known to lose objects does not match.
#include "core/cycle/match.hpp"

#include <string>
#include <vector>

#include "barriers/all.hpp"
#include "tools/testing/catch.hpp"
#include "tools/testing/explorer_expectations.hpp"

namespace tricolour {
namespace {

using enum exploration::OperationKind;

struct Kind {
  CycleTraits cycle;
  AllocationColour allocation;
};

std::string name_of(const Kind& kind) {
  return std::string(kind.cycle.ragged_roots ? "ragged roots" : "roots in one stop") +
         (kind.cycle.handshake_end ? ", handshake end, " : ", end in a stop, ") +
         std::string(to_string(kind.allocation));
}

std::vector<Kind> kinds_that_meet_mutators() {
  std::vector<Kind> kinds;
  for (const bool ragged : {false, true}) {
    for (const bool handshakes : {false, true}) {
      for (const AllocationColour colour : {AllocationColour::white, AllocationColour::black})
        kinds.push_back({{Marking::beside_mutators, ragged, handshakes}, colour});
    }
  }
  return kinds;
}

/// `most`: states to visit at most; where an object is to be lost, as many as it takes.
template <class B>
bool loses(const Kind& kind, const exploration::Bounds& bounds,
           std::uint64_t most = exploration::usual_most_states) {
  exploration::Request request;
  request.variant = {.allocation = kind.allocation,
                     .ragged_roots = kind.cycle.ragged_roots,
                     .handshake_end = kind.cycle.handshake_end};
  request.bounds = bounds;
  request.most_states = most;
  return exploration::is_lost(std::string(B::traits.name) + ", " + name_of(kind),
                              exploration::explore_in<B>(request));
}

constexpr bool finds(const CycleTraits& cycle, const BarrierTraits& barrier,
                     AllocationColour colour, Mismatch reason) {
  return match(cycle, barrier, colour).has(reason);
}

}  // namespace

TEMPLATE_LIST_TEST_CASE("a kind of cycle that matches loses nothing", "[exploration][match]",
                        AllBarriers) {
  for (const Kind& kind : kinds_that_meet_mutators()) {
    if (!match(kind.cycle, TestType::traits, kind.allocation).sound()) continue;
    CAPTURE(name_of(kind));
    CHECK_FALSE(loses<TestType>(kind, exploration::bounded(1, 3, {load, store, allocate}),
                                exploration::most_states));
    CHECK_FALSE(loses<TestType>(kind, exploration::bounded(2, 1, {load, store, exchange}),
                                exploration::most_states));
  }
}

TEMPLATE_TEST_CASE("what never stops the world loses nothing under weaker memories either",
                   "[exploration][match]", Hybrid, Dijkstra, Dlg, SlidingViews) {
  constexpr CycleTraits never{Marking::beside_mutators, true, true};
  STATIC_REQUIRE(never.never_stops());
  STATIC_REQUIRE(match(never, TestType::traits, AllocationColour::black).sound());
  exploration::Request request;
  request.variant = exploration::ragged;
  request.most_states = exploration::most_states;
  for (const auto& [mutators, operations] : {std::pair(1u, 2u), std::pair(2u, 1u)}) {
    request.bounds = exploration::bounded(mutators, operations, {load, store, allocate});
    const std::string what = std::string(TestType::traits.name) + ", never stops, ";
    request.memory = exploration::MemoryKind::tso;
    CHECK_FALSE(exploration::is_lost(
        what + "tso", exploration::explore_in<TestType, exploration::MemoryKind::tso>(request)));
    request.memory = exploration::MemoryKind::ra;
    CHECK_FALSE(exploration::is_lost(
        what + "ra", exploration::explore_in<TestType, exploration::MemoryKind::ra>(request)));
  }
}

TEMPLATE_LIST_TEST_CASE("a cycle in one pause matches every barrier", "[match]", AllBarriers) {
  for (const AllocationColour colour : {AllocationColour::white, AllocationColour::black}) {
    const Match found = match({}, TestType::traits, colour);
    CHECK(found.sound());
    CHECK(found.protocol().stopped_throughout);
  }
}

TEMPLATE_LIST_TEST_CASE("what does not match says why, and each reason is one of the kind's",
                        "[match]", AllBarriers) {
  for (const Kind& kind : kinds_that_meet_mutators()) {
    const Match found = match(kind.cycle, TestType::traits, kind.allocation);
    CHECK(found.sound() == found.reasons().empty());
    const bool white = kind.allocation == AllocationColour::white;
    CHECK((white || !found.has(Mismatch::white_allocation)));
    CHECK(((white && kind.cycle.handshake_end) || !found.has(Mismatch::white_to_the_end)));
    CHECK((kind.cycle.ragged_roots || !found.has(Mismatch::ragged_roots)));
    CHECK((kind.cycle.handshake_end || !found.has(Mismatch::cards_need_a_stop)));
  }
}

TEST_CASE("a collector that scans roots raggedly is not paired with a snapshot barrier",
          "[exploration][match]") {
  constexpr CycleTraits ragged{Marking::beside_mutators, true, true};
  constexpr AllocationColour black = AllocationColour::black;
  STATIC_REQUIRE(finds(ragged, Yuasa::traits, black, Mismatch::ragged_roots));
  STATIC_REQUIRE(match(ragged, Hybrid::traits, black).sound());
  CHECK(loses<Yuasa>({ragged, black}, exploration::bounded(2, 2, {load, store})));
}

TEST_CASE("without an invariant, and white where nothing shades what is new, objects are lost",
          "[exploration][match]") {
  constexpr CycleTraits stops{Marking::interleaved};
  STATIC_REQUIRE(finds(stops, None::traits, AllocationColour::black, Mismatch::no_invariant));
  CHECK(loses<None>({stops, AllocationColour::black}, exploration::bounded(1, 2, {load, store})));
  STATIC_REQUIRE(finds(stops, Yuasa::traits, AllocationColour::white, Mismatch::white_allocation));
  CHECK(loses<Yuasa>({stops, AllocationColour::white},
                     exploration::bounded(1, 2, {store, allocate})));
}

TEST_CASE("what is born white behind a mutator's last handshake is lost", "[exploration][match]") {
  constexpr CycleTraits handshakes{Marking::beside_mutators, false, true};
  constexpr AllocationColour white = AllocationColour::white;
  STATIC_REQUIRE(finds(handshakes, Dijkstra::traits, white, Mismatch::white_to_the_end));
  CHECK(loses<Dijkstra>({handshakes, white}, exploration::bounded(1, 2, {store, allocate})));
}

}  // namespace tricolour
