// Killing tests by random mutators and the oracle.
//
// Invariant: under `incremental` and `stop_the_world` with the serial marker everything happens on
// one thread at a time, so a seed decides the whole run, and what kills a fault once kills it
// always.
#pragma once

#include "tools/testing/fault_test.hpp"
#include "tools/testing/random_run.hpp"

namespace tricolour {

/// A heap in which little room is left and everything is tiny, so that cycles are many and every
/// overflow path is taken.
inline CollectedHeapOptions tiny_heap(const BarrierTraits& barrier, const std::string& collector) {
  CollectedHeapOptions options;
  options.heap.bytes = std::size_t{1} << 20;
  options.heap.packet_capacity = 2;
  options.heap.hole_piece_bytes = 1024;
  options.collector = collector;
  options.collection.marker = "serial";
  options.collection.quantum_slots = 64;
  options.collection.allocation = barrier.allocation;
  options.verify = true;
  return options;
}

template <Barrier B>
Sighting random_mutator_sees(const CollectedHeapOptions& options, std::uint64_t seed) {
  constexpr int steps = 20'000;
  const RandomRun run = run_random_mutators<B>(options, 1, steps, seed);
  return {run.failure, run.verification.cycles_checked};
}

/// Turns `fault` on, or takes the mutant, until a seed sees it; then the original has to get past
/// the same seeds. Returns who saw it.
template <Barrier Original, Barrier Mutant = Original>
std::string_view check_kill_by_random_mutators(Fault fault,
                                               const std::string& collector = "incremental") {
  constexpr std::uint64_t most_seeds = 20;
  INFO(Original::traits.name << " under " << collector);
  const CollectedHeapOptions options = tiny_heap(Original::traits, collector);
  std::uint64_t seeds = 0;
  std::uint64_t cycles = 0;
  std::string failure;
  {
    const FaultSwitch on(fault);
    while (failure.empty() && seeds < most_seeds) {
      const Sighting sighting = random_mutator_sees<Mutant>(options, ++seeds);
      failure = sighting.failure;
      cycles += sighting.cycles;
    }
  }
  CHECK(failure != "");
  CHECK(failure.find("heap exhausted") == std::string::npos);
  if (!failure.empty()) report_kill(fault, reporter_of(failure), cycles);
  for (std::uint64_t seed = 1; seed <= seeds; ++seed)
    CHECK(random_mutator_sees<Original>(options, seed).failure == "");
  return reporter_of(failure);
}

}  // namespace tricolour
