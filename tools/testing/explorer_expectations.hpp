// What the explorer must find, and what it must not, as data.
//
// Purpose: each row is a barrier or a mutant under a protocol and a memory model, with the bounds
// within which it is explored, and whether an object is lost. The bounds of a row that loses are
// small ones in which it is found at once; its sound twin is explored in the same.
#pragma once

#include <cstdio>
#include <string_view>

#include "core/exploration/exploration.hpp"
#include "tools/testing/catch.hpp"

namespace tricolour::exploration {

using Explore = Report (*)(const Request&);

/// With no instance for the memory models that the row does not ask for.
template <class B, MemoryKind memory = MemoryKind::sc>
Report explore_in(const Request& request) {
  const Protocol protocol = protocol_for(B::traits, request.variant);
  if constexpr (memory == MemoryKind::tso)
    return explore_with<B, StoreBufferMemory>(request, protocol);
  if constexpr (memory == MemoryKind::ra)
    return explore_with<B, ReleaseAcquireMemory>(request, protocol);
  return explore_with<B, SequentialMemory>(request, protocol);
}

struct Expectation {
  std::string_view what;
  Request request;
  Explore faulty;           ///< loses an object
  Explore sound = nullptr;  ///< its twin, which does not; null: another row has it
};

using enum OperationKind;

inline Bounds bounded(unsigned mutators, unsigned operations,
                      std::initializer_list<OperationKind> kinds, bool threads = false) {
  Bounds bounds;
  bounds.mutators = mutators;
  bounds.operations = operations;
  bounds.repertoire = repertoire(kinds, threads);
  return bounds;
}

inline Bounds two_objects(Bounds bounds) {
  bounds.objects = 2;
  return bounds;
}

/// What is visited at most where nothing is lost: everything, unless searches are cut short.
inline constexpr std::uint64_t most_states =
    searches_are_cut_short ? cut_short_states : ~std::uint64_t{0};

inline bool loses_nothing(const Coverage& coverage) {
  return !coverage.violated && (coverage.exhausted || coverage.states >= most_states);
}

/// A line about an exploration, for the reader of a test's output.
inline void show(std::string_view what, const Report& report) {
  std::printf("%-72.*s %9llu states  %2zu steps  %.2f s\n", static_cast<int>(what.size()),
              what.data(), static_cast<unsigned long long>(report.coverage.states),
              report.coverage.path.size(), report.seconds);
}

/// Shows the exploration, and checks that it lost an object or saw that it loses none.
inline bool is_lost(std::string_view what, const Report& report) {
  show(what, report);
  CHECK((report.coverage.violated || loses_nothing(report.coverage)));
  return report.coverage.violated;
}

inline constexpr ProtocolVariant ragged{.ragged_roots = true, .handshake_end = true};
inline constexpr ProtocolVariant white{.allocation = AllocationColour::white};

}  // namespace tricolour::exploration
