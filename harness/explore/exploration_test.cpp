// Every barrier as specified, explored: none loses an object within these bounds, under any memory
// model.
//
// A barrier is explored here the moment it stands in barriers/CMakeLists.txt. The tests tagged
// [deep] go as far as docs/soundness.md says and take minutes.
#include <string>

#include "harness/explore/explorable.hpp"
#include "tools/testing/catch.hpp"
#include "tools/testing/explorer_expectations.hpp"

namespace tricolour {
namespace {

using namespace exploration;

const auto ordinary = {load, store, allocate};
const auto all = {load, store, allocate, exchange, compare_exchange, copy};

Bounds two_slots(Bounds bounds) {
  bounds.slots = 2;
  return bounds;
}

void examine(const Explorable& barrier, std::string_view what, const Bounds& bounds,
             MemoryKind memory, const ProtocolVariant& variant) {
  const Report report = barrier.explore({.variant = variant,
                                         .memory = memory,
                                         .bounds = bounds,
                                         .most_states = most_states,
                                         .progress = {}});
  const std::string name = std::string(barrier.traits->name) + ", " + std::string(what);
  show(name, report);
  INFO(name);
  CHECK(report.coverage.violated == !barrier.traits->keeps_an_invariant());
  CHECK(loses_nothing(report.coverage) == barrier.traits->keeps_an_invariant());
}

/// Every barrier, under the table that collectors execute for it.
void examine_all(std::string_view what, const Bounds& bounds, MemoryKind memory) {
  for (const Explorable& barrier : explorables())
    examine(barrier, what, bounds, memory, {.allocation = barrier.traits->allocation});
}

}  // namespace

TEST_CASE("no schedule loses an object: sc", "[exploration]") {
  examine_all("sc, 1 mutator, 3 operations", bounded(1, 3, ordinary), MemoryKind::sc);
  examine_all("sc, 2 mutators, 1 operation", bounded(2, 1, ordinary), MemoryKind::sc);
  examine_all("sc, 1 mutator, 1 of all operations, 2 slots", two_slots(bounded(1, 1, all)),
              MemoryKind::sc);
  examine_all("sc, 1 mutator, 2 operations, 2 slots",
              two_slots(bounded(1, 2, {load, store, exchange})), MemoryKind::sc);
  examine_all("sc, 2 mutators that start and end, 1 operation", bounded(2, 1, ordinary, true),
              MemoryKind::sc);
}

TEST_CASE("no schedule loses an object: handshakes", "[exploration]") {
  for (const Explorable& barrier : explorables()) {
    if (barrier.traits->side_table == SideTable::cards)
      continue;  // its last card scan needs a stop
    const ProtocolVariant variant{.ragged_roots = barrier.traits->ragged_safe,
                                  .handshake_end = true};
    examine(barrier, "sc, handshakes, 2 mutators, 1 operation", bounded(2, 1, ordinary),
            MemoryKind::sc, variant);
    examine(barrier, "sc, handshakes, 1 mutator, 3 operations", bounded(1, 3, ordinary),
            MemoryKind::sc, variant);
  }
}

TEST_CASE("no schedule loses an object: tso", "[exploration]") {
  examine_all("tso, 1 mutator, 2 operations", bounded(1, 2, ordinary), MemoryKind::tso);
  examine_all("tso, 2 mutators, 1 operation, 2 objects",
              two_objects(bounded(2, 1, {load, store, exchange})), MemoryKind::tso);
}

TEST_CASE("no schedule loses an object: ra", "[exploration]") {
  examine_all("ra, 1 mutator, 2 operations", bounded(1, 2, ordinary), MemoryKind::ra);
  examine_all("ra, 2 mutators, 1 operation, 2 objects", two_objects(bounded(2, 1, {load, store})),
              MemoryKind::ra);
}

TEST_CASE("no schedule loses an object, deeper: sc", "[.][deep]") {
  examine_all("sc, 2 mutators, 2 operations", bounded(2, 2, ordinary), MemoryKind::sc);
  examine_all("sc, 3 mutators, 1 operation", bounded(3, 1, {load, store, exchange}),
              MemoryKind::sc);
  examine_all("sc, 1 mutator, 2 of all operations, 2 slots", two_slots(bounded(1, 2, all)),
              MemoryKind::sc);
}

TEST_CASE("no schedule loses an object, deeper: tso", "[.][deep]") {
  examine_all("tso, 2 mutators, 2 operations, 2 objects", two_objects(bounded(2, 2, {load, store})),
              MemoryKind::tso);
  examine_all("tso, 1 mutator, 3 operations", bounded(1, 3, ordinary), MemoryKind::tso);
}

TEST_CASE("no schedule loses an object, deeper: ra", "[.][deep]") {
  examine_all("ra, 2 mutators, 1 operation, 2 objects",
              two_objects(bounded(2, 1, {load, store, exchange})), MemoryKind::ra);
}

}  // namespace tricolour
