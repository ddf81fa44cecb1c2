// Several threads mark: two mark threads, and mutators that assist.
#include "barriers/all.hpp"
#include "core/cycle/match.hpp"
#include "tools/testing/catch.hpp"
#include "tools/testing/explorer_expectations.hpp"

namespace tricolour::exploration {
namespace {

/// `most`: states to visit at most; where an object is to be lost, as many as it takes.
template <class B, MemoryKind memory = MemoryKind::sc>
bool loses(std::string_view what, const Bounds& bounds, const ProtocolVariant& variant,
           std::uint64_t most = most_states) {
  return is_lost(std::string(B::traits.name) + ", " + std::string(what),
                 explore_in<B, memory>({.variant = variant,
                                        .memory = memory,
                                        .bounds = bounds,
                                        .most_states = most,
                                        .progress = {}}));
}

Bounds with_two_markers(Bounds bounds) {
  bounds.markers = 2;
  return bounds;
}
Bounds with_assists(Bounds bounds) {
  bounds.assists = true;
  return bounds;
}

}  // namespace

TEMPLATE_LIST_TEST_CASE("several threads that mark lose nothing", "[exploration][marking]",
                        AllBarriers) {
  if (!TestType::traits.keeps_an_invariant()) return;
  const ProtocolVariant variant{.allocation = TestType::traits.allocation};
  const Bounds alone = bounded(1, 2, {load, store, allocate});
  const Bounds together = two_objects(bounded(2, 1, {load, store, exchange}));
  CHECK_FALSE(loses<TestType>("two mark threads", with_two_markers(alone), variant));
  CHECK_FALSE(
      loses<TestType>("two mark threads, two mutators", with_two_markers(together), variant));
  CHECK_FALSE(loses<TestType>("an assist", with_assists(alone), variant));
  CHECK_FALSE(loses<TestType>("two assists", with_assists(together), variant));
  CHECK_FALSE(loses<TestType>("two mark threads, an assist", with_assists(with_two_markers(alone)),
                              variant));
  const CycleTraits handshakes{Marking::beside_mutators, false, true};
  if (!match(handshakes, TestType::traits, AllocationColour::black).sound()) return;
  CHECK_FALSE(loses<TestType>("two assists, a handshake end", with_assists(together),
                              {.handshake_end = true}));
}

TEST_CASE("several threads that mark lose nothing where memory is weak", "[exploration][marking]") {
  const Bounds small = two_objects(bounded(1, 2, {load, store}));
  for (const Bounds& bounds : {with_two_markers(small), with_assists(small)}) {
    CHECK_FALSE(loses<Dijkstra, MemoryKind::tso>("tso", bounds, white));
    CHECK_FALSE(loses<Dijkstra, MemoryKind::ra>("ra", bounds, white));
    CHECK_FALSE(loses<Yuasa, MemoryKind::tso>("tso", bounds, {}));
    CHECK_FALSE(loses<Yuasa, MemoryKind::ra>("ra", bounds, {}));
  }
}

TEST_CASE("marking is over when every mark thread has run dry", "[exploration][marking][faults]") {
  Bounds bounds = with_two_markers(bounded(1, 2, {load, store}));
  bounds.faults.first_marker_decides = true;
  CHECK(loses<Yuasa>("the first mark thread decides", bounds, {}, usual_most_states));
}

TEST_CASE("a mutator stops when its assist has nothing in hand", "[exploration][marking][faults]") {
  Bounds bounds = with_assists(bounded(1, 2, {load, store}));
  bounds.faults.assist_interrupted = true;
  CHECK(loses<Yuasa>("an assist is interrupted by the stop", bounds, {}, usual_most_states));
}

TEST_CASE("a round of handshakes begins when no assist is under way",
          "[exploration][marking][faults]") {
  Bounds bounds = with_assists(two_objects(bounded(2, 1, {load, store, exchange})));
  bounds.faults.round_during_assist = true;
  CHECK(loses<Yuasa>("a round begins during an assist", bounds, {.handshake_end = true},
                     usual_most_states));
}

}  // namespace tricolour::exploration
