// Every barrier as specified, explored: none loses an object within these bounds, under any memory model.
//
// A barrier is explored here the moment it stands in barriers/CMakeLists.txt.
#include <fmt/format.h>

#include "barriers/all.hpp"
#include "barriers/explorer_expectations.hpp"
#include "tools/catch.hpp"

namespace tricolour::exploration {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool slow_build = true;
#else
constexpr bool slow_build = false;
#endif

template <class B>
void examine(std::string_view what, Bounds bounds, MemoryKind memory, ProtocolVariant variant) {
  if (slow_build) bounds.operations = 1;
  const Report report = explore<B>({.variant = variant, .memory = memory, .bounds = bounds, .progress = {}});
  fmt::print("{:<16} {:<52} {:>9} states {:>10} transitions  {:.2f} s\n", B::traits.name, what, report.coverage.states, report.coverage.transitions,
             report.seconds);
  INFO(B::traits.name << " " << what);
  CHECK(report.coverage.violated == !B::traits.keeps_an_invariant());
  CHECK(report.coverage.violated != report.coverage.exhausted);
}

}  // namespace

TEMPLATE_LIST_TEST_CASE("no schedule loses an object: sc", "[exploration]", AllBarriers) {
  const ProtocolVariant stopped{.allocation = TestType::traits.allocation};
  examine<TestType>("sc, 2 mutators, 2 operations", bounded(2, 2, {load, store, allocate}), MemoryKind::sc, stopped);
  examine<TestType>("sc, 1 mutator, 3 operations", bounded(1, 3, {load, store, allocate}), MemoryKind::sc, stopped);
  Bounds everything = bounded(1, 2, {load, store, allocate, exchange, compare_exchange, copy});
  everything.slots = 2;
  examine<TestType>("sc, 1 mutator, 2 of all operations, 2 slots", everything, MemoryKind::sc, stopped);
  examine<TestType>("sc, 3 mutators, 1 operation", bounded(3, 1, {load, store, exchange}), MemoryKind::sc, stopped);
  examine<TestType>("sc, 2 mutators that start and end, 1 operation", bounded(2, 1, {load, store, allocate}, true), MemoryKind::sc, stopped);
}

TEMPLATE_LIST_TEST_CASE("no schedule loses an object: handshakes", "[exploration]", AllBarriers) {
  const ProtocolVariant variant{.ragged_roots = TestType::traits.ragged_safe, .handshake_end = true};
  examine<TestType>("sc, handshakes, 2 mutators, 1 operation", bounded(2, 1, {load, store, allocate}), MemoryKind::sc, variant);
  examine<TestType>("sc, handshakes, 1 mutator, 3 operations", bounded(1, 3, {load, store, allocate}), MemoryKind::sc, variant);
}

TEMPLATE_LIST_TEST_CASE("no schedule loses an object: tso", "[exploration]", AllBarriers) {
  const ProtocolVariant stopped{.allocation = TestType::traits.allocation};
  Bounds two = bounded(2, 2, {load, store});
  two.objects = 2;
  examine<TestType>("tso, 2 mutators, 2 operations, 2 objects", two, MemoryKind::tso, stopped);
  examine<TestType>("tso, 1 mutator, 3 operations", bounded(1, 3, {load, store, allocate}), MemoryKind::tso, stopped);
}

TEMPLATE_LIST_TEST_CASE("no schedule loses an object: ra", "[exploration]", AllBarriers) {
  const ProtocolVariant stopped{.allocation = TestType::traits.allocation};
  Bounds two = bounded(2, 1, {load, store, exchange});
  two.objects = 2;
  examine<TestType>("ra, 2 mutators, 1 operation, 2 objects", two, MemoryKind::ra, stopped);
  examine<TestType>("ra, 1 mutator, 2 operations", bounded(1, 2, {load, store, allocate}), MemoryKind::ra, stopped);
}

}  // namespace tricolour::exploration
