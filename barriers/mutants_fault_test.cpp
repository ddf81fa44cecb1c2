// Mutant barriers on a real heap: the oracle loses sight of an object, or a barrier is caught at a safepoint.
#include "barriers/mutants.hpp"

#include "collectors/random_run.hpp"
#include "tools/fault_test.hpp"

namespace tricolour {
namespace {

/// Deterministic: everything happens on one thread at a time.
template <Barrier B>
Sighting random_mutators() {
  CollectedHeapOptions options;
  options.heap.bytes = std::size_t{1} << 20;
  options.heap.hole_piece_bytes = 1024;
  options.collector = "incremental";
  options.collection.marker = "serial";
  options.collection.quantum_slots = 64;
  options.collection.allocation = B::traits.allocation;
  options.verify = true;
  Sighting sighting;
  for (std::uint64_t seed = 1; seed <= 20 && sighting.failure.empty(); ++seed) {
    const RandomRun run = run_random_mutators<B>(options, 1, 20'000, seed);
    sighting.failure = run.failure;
    sighting.cycles += run.verification.cycles_checked;
  }
  return sighting;
}

template <Barrier Original, Barrier Mutant>
void check_mutant(Fault fault) {
  check_kill(fault, random_mutators<Original>, random_mutators<Mutant>, "");
}

}  // namespace

TEST_CASE("fault flag_loaded_before_poll: a barrier that polls is caught at it", "[fault]") {
  check_mutant<Yuasa, LoadsFlagBeforePoll>(Fault::flag_loaded_before_poll);
}

TEST_CASE("fault old_value_read_after_store: an object is lost", "[fault]") {
  check_mutant<Yuasa, ReadsOldValueAfterStore<Yuasa>>(Fault::old_value_read_after_store);
  check_mutant<Hybrid, ReadsOldValueAfterStore<Hybrid>>(Fault::old_value_read_after_store);
}

TEST_CASE("fault null_store_skipped: an object is lost", "[fault]") {
  check_mutant<Yuasa, SkipsNullStores<Yuasa>>(Fault::null_store_skipped);
  check_mutant<Hybrid, SkipsNullStores<Hybrid>>(Fault::null_store_skipped);
}

}  // namespace tricolour
