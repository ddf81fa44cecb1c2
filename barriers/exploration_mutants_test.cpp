// Mutants of barriers, and barriers under protocols that do not suit them: the explorer finds a
// lost object, and none in the sound twin.
#include "barriers/none.hpp"
#include "barriers/steele.hpp"
#include "tools/examples/rescan_source.hpp"
#include "tools/testing/catch.hpp"
#include "tools/testing/explorer_expectations.hpp"
#include "tools/testing/mutants.hpp"

namespace tricolour::exploration {
namespace {

void examine_sound(std::string_view what, Request request, Explore explore) {
  request.most_states = most_states;
  const Report report = explore(request);
  show(what, report);
  CHECK(loses_nothing(report.coverage));
}

void examine(const Expectation& expectation) {
  INFO(expectation.what);
  const Report report = expectation.faulty(expectation.request);
  show(expectation.what, report);
  CHECK(report.coverage.violated);
  REQUIRE(report.trace.has_value());
  CHECK(report.trace->broken < report.trace->steps.size());
  CHECK_FALSE(report.trace->lost.empty());
  if (expectation.sound != nullptr) {
    examine_sound("  its sound twin", expectation.request, expectation.sound);
  }
}

Request request(const Bounds& bounds, const ProtocolVariant& variant = {},
                MemoryKind memory = MemoryKind::sc) {
  return {.variant = variant, .memory = memory, .bounds = bounds, .progress = {}};
}

const auto loads_and_stores = {load, store};
const auto ordinary = {load, store, allocate};

}  // namespace

TEST_CASE("a fault of a barrier for cycles that never stop loses an object there",
          "[exploration][faults]") {
  const Bounds two = bounded(2, 1, ordinary);
  const Bounds longer = bounded(2, 2, loads_and_stores);
  Bounds two_slots = bounded(1, 3, loads_and_stores);
  two_slots.slots = 2;
  const Expectation expectations[] = {
      {"dlg without its deletion half", request(longer, ragged), explore_in<DlgKeepsOldUnshaded>},
      {"dlg without its insertion half", request(longer, ragged), explore_in<DlgStoresUnshaded>},
      {"dlg, fault 4: null stores skipped", request(longer, ragged),
       explore_in<SkipsNullStores<Dlg>>},
      {"sliding_views, no snooping", request(longer, ragged), explore_in<ViewsDoNotSnoop>},
      {"sliding_views, logged before it is read", request(longer, ragged),
       explore_in<LogsBeforeItReads>},
      {"sliding_views, more logged than read", request(two_slots, ragged),
       explore_in<LogsMoreThanItReads>, explore_in<SlidingViews>},
      {"sliding_views, fault 4: null stores skipped", request(longer, ragged),
       explore_in<SkipsNullStores<SlidingViews>>},
      {"dijkstra, roots are not scanned again",
       request(two, {.ragged_roots = true, .handshake_end = true, .rescan = false}),
       explore_in<Dijkstra>},
  };
  for (const Expectation& expectation : expectations) examine(expectation);
}

TEST_CASE("a barrier under a protocol that does not suit it loses an object", "[exploration]") {
  const Bounds one = bounded(1, 2, ordinary);
  const Bounds longer = bounded(1, 3, ordinary);
  const Expectation expectations[] = {
      {"none beside mutators", request(one), explore_in<None>},
      {"dijkstra, fault 14: roots are not scanned again",
       request(one, {.allocation = AllocationColour::white, .rescan = false}),
       explore_in<Dijkstra>},
      {"dijkstra, white allocation and a handshake end",
       request(one, {.allocation = AllocationColour::white, .handshake_end = true}),
       explore_in<Dijkstra>},
      {"yuasa, fault 13: white allocation", request(one, white), explore_in<Yuasa>},
      {"hybrid, fault 13: white allocation", request(one, white), explore_in<Hybrid>},
      {"yuasa, fault 8: ragged scans, stopped end", request(longer, {.ragged_roots = true}),
       explore_in<Yuasa>, explore_in<Hybrid>},
      {"yuasa, fault 8: ragged scans", request(longer, ragged), explore_in<Yuasa>,
       explore_in<Hybrid>},
  };
  for (const Expectation& expectation : expectations) examine(expectation);
}

TEST_CASE("a barrier with a broken promise loses an object", "[exploration][faults]") {
  const Bounds short_stores = bounded(1, 2, loads_and_stores);
  const Bounds stores = bounded(1, 3, loads_and_stores);
  const Expectation expectations[] = {
      {"yuasa, fault 2: old value read after the store", request(short_stores),
       explore_in<ReadsOldValueAfterStore<Yuasa>>, explore_in<Yuasa>},
      {"hybrid, fault 2: old value read after the store", request(short_stores),
       explore_in<ReadsOldValueAfterStore<Hybrid>>, explore_in<Hybrid>},
      {"yuasa, fault 4: null stores skipped", request(short_stores),
       explore_in<SkipsNullStores<Yuasa>>},
      {"hybrid, fault 4: null stores skipped", request(short_stores, ragged),
       explore_in<SkipsNullStores<Hybrid>>, explore_in<Hybrid>},
      {"hybrid without its insertion half", request(bounded(1, 3, ordinary), ragged),
       explore_in<IgnoresOwnRoots>},
      {"dijkstra_black, fault 5: tests before it stores", request(stores, white),
       explore_in<TestsBeforeItStores>, explore_in<DijkstraBlack>},
      {"abraham_patel, fault 5: black means started", request(short_stores),
       explore_in<SkipsWhatIsBeingScanned>, explore_in<AbrahamPatel>},
      {"abraham_patel, asks after the store", request(short_stores), explore_in<AsksAfterStore>},
      {"baker, tests after it loads", request(bounded(2, 2, loads_and_stores)),
       explore_in<AsksAfterLoad>, explore_in<Baker>},
      {"field_log, reads the old value after the bit is won",
       request(bounded(2, 2, {store, exchange})), explore_in<ReadsOldValueAsWinner>},
      {"dijkstra, fault 10: stores to globals skip the barrier", request(stores, white),
       explore_in<SkipsGlobals<Dijkstra>>, explore_in<Dijkstra>},
      {"yuasa, fault 3: exchange skips the barrier", request(bounded(1, 2, {load, exchange})),
       explore_in<ExchangesWithoutBarrier<Yuasa>>, explore_in<Yuasa>},
      {"yuasa, fault 3: compare-exchange skips the barrier",
       request(bounded(1, 2, {load, compare_exchange})), explore_in<ExchangesWithoutBarrier<Yuasa>>,
       explore_in<Yuasa>},
      {"dijkstra, fault 3: exchange skips the barrier",
       request(bounded(1, 3, {load, exchange}), white),
       explore_in<ExchangesWithoutBarrier<Dijkstra>>, explore_in<Dijkstra>},
  };
  for (const Expectation& expectation : expectations) examine(expectation);
}

TEST_CASE("a barrier that rescans its source looks at every slot, after the store",
          "[exploration][faults]") {
  Bounds bounds = bounded(1, 3, loads_and_stores);
  bounds.slots = 2;
  examine({"rescan_source, of two slots only the first", request(bounds, white),
           explore_in<RescansFirstSlot>, explore_in<RescanSource>});
  examine({"rescan_source, looks before it stores", request(bounds, white),
           explore_in<RescansBeforeStore>});
  const Bounds together = two_objects(bounded(2, 1, {load, store, exchange}));
  examine_sound("rescan_source, tso", request(together, white, MemoryKind::tso),
                explore_in<RescanSource, MemoryKind::tso>);
  examine_sound("rescan_source, ra", request(together, white, MemoryKind::ra),
                explore_in<RescanSource, MemoryKind::ra>);
}

TEST_CASE("a barrier that guards the first slot alone loses an object of two slots",
          "[exploration][faults]") {
  Bounds bounds = bounded(1, 2, {load, store, exchange});
  const Report blind = explore_in<GuardsFirstSlot<Dijkstra>>(request(bounds, white));
  show("dijkstra, guards the first slot, of one", blind);
  CHECK(loses_nothing(blind.coverage));
  bounds.slots = 2;
  examine({"dijkstra, guards the first slot, of two", request(bounds, white),
           explore_in<GuardsFirstSlot<Dijkstra>>, explore_in<Dijkstra>});
}

TEST_CASE("a safepoint inside a barrier loses an object", "[exploration][faults]") {
  const Expectation expectations[] = {
      {"dijkstra, Stenning and Woodger: a safepoint before the store",
       request(bounded(1, 2, {load, store, copy}), white), explore_in<PollsBeforeStore<Dijkstra>>,
       explore_in<Dijkstra>},
      {"yuasa, fault 11: a safepoint before the store", request(bounded(1, 2, {load, exchange})),
       explore_in<PollsBeforeStore<Yuasa>>, explore_in<Yuasa>},
      {"yuasa, fault 1: the flag is loaded before a poll", request(bounded(1, 2, {load, exchange})),
       explore_in<LoadsFlagBeforePoll>},
  };
  for (const Expectation& expectation : expectations) examine(expectation);
}

TEST_CASE("Stenning and Woodger's schedule takes two cycles", "[exploration][faults]") {
  Request one_cycle = request(bounded(1, 3, {load, store, copy}), white);
  one_cycle.bounds.cycles = 1;
  const Report report = explore_in<PollsBeforeStore<Dijkstra>>(one_cycle);
  show("dijkstra, a safepoint before the store, one cycle only", report);
  CHECK(report.coverage.exhausted);
  CHECK_FALSE(report.coverage.violated);
}

TEST_CASE("the store-load order of dijkstra_black is needed as soon as memory is weaker than SC",
          "[exploration][faults]") {
  const Bounds bounds = bounded(1, 3, loads_and_stores);
  examine({"dijkstra_black, fault 5: unordered, tso", request(bounds, white, MemoryKind::tso),
           explore_in<ShadesIfBlackUnordered, MemoryKind::tso>,
           explore_in<DijkstraBlack, MemoryKind::tso>});
  examine({"dijkstra_black, fault 5: unordered, ra", request(bounds, white, MemoryKind::ra),
           explore_in<ShadesIfBlackUnordered, MemoryKind::ra>,
           explore_in<DijkstraBlack, MemoryKind::ra>});
  const Report harmless = explore_in<ShadesIfBlackUnordered>(request(bounds, white));
  show("dijkstra_black, unordered, sc", harmless);
  CHECK(harmless.coverage.exhausted);
  CHECK_FALSE(harmless.coverage.violated);
}

}  // namespace tricolour::exploration
