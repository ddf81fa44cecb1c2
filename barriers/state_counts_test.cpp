// How many states small explorations visit, pinned: a search that takes two states for one visits
// fewer, and still says that every state was visited. A change of the model, of a protocol table or
// of a barrier changes the counts; then the test's output has the new ones.
#include "barriers/boehm_cards.hpp"
#include "barriers/dijkstra.hpp"
#include "barriers/field_log.hpp"
#include "barriers/hybrid.hpp"
#include "barriers/steele.hpp"
#include "barriers/yuasa.hpp"
#include "tools/testing/catch.hpp"
#include "tools/testing/explorer_expectations.hpp"

namespace tricolour::exploration {
namespace {

struct Pinned {
  std::string_view what;
  Explore explore;
  MemoryKind memory;
  ProtocolVariant variant;
  unsigned mutators, operations, slots;
  std::uint64_t states;
};

Request request(const Pinned& one) {
  Bounds bounds = bounded(one.mutators, one.operations, {load, store, allocate});
  bounds.slots = one.slots;
  return {.variant = one.variant,
          .memory = one.memory,
          .bounds = bounds,
          .most_states = most_states,
          .progress = {}};
}

using enum MemoryKind;
constexpr ProtocolVariant usual{};
const Pinned all_pinned[]{
    {"yuasa, sc", explore_in<Yuasa>, sc, usual, 1, 3, 1, 39'474},
    {"yuasa, sc, 4 operations", explore_in<Yuasa>, sc, usual, 1, 4, 1, 182'272},
    {"yuasa, sc, 2 mutators", explore_in<Yuasa>, sc, usual, 2, 1, 1, 8'388},
    {"steele, sc, 2 slots", explore_in<Steele>, sc, white, 1, 2, 2, 35'531},
    {"field_log, sc, 2 slots", explore_in<FieldLog>, sc, usual, 1, 2, 2, 54'557},
    {"hybrid, sc, ragged", explore_in<Hybrid>, sc, ragged, 1, 3, 1, 101'672},
    {"boehm_cards, tso", explore_in<BoehmCards, tso>, tso, white, 1, 2, 1, 31'905},
    {"dijkstra, tso", explore_in<Dijkstra, tso>, tso, white, 1, 3, 1, 113'222},
    {"dijkstra, ra", explore_in<Dijkstra, ra>, ra, white, 1, 2, 1, 9'136},
    {"hybrid, ra", explore_in<Hybrid, ra>, ra, usual, 1, 2, 1, 12'214},
};

}  // namespace

TEST_CASE("small explorations visit the states that there are", "[exploration]") {
  if (searches_are_cut_short) return;
  for (const Pinned& one : all_pinned) {
    INFO(one.what);
    const Report report = one.explore(request(one));
    show(one.what, report);
    CHECK(report.coverage.exhausted);
    CHECK(report.coverage.states == one.states);
  }
}

}  // namespace tricolour::exploration
