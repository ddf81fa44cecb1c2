// Faults 6 and 8: roots are scanned mutator by mutator, which the hybrid barrier was made for. The
// test takes a cycle's steps itself, so that the store falls between two scans.
#include "collectors/cycle/root_scan.hpp"
#include "collectors/marking/registry.hpp"
#include "tools/testing/bench_heap.hpp"
#include "tools/testing/fault_test.hpp"
#include "tools/testing/mutants.hpp"

namespace tricolour {
namespace {

/// A mutator whose roots are not scanned yet moves an object from its root into one that was
/// scanned with another mutator's roots.
template <Barrier B>
Sighting insert_before_own_scan() {
  bench::BenchHeap<bench::NoCollection> bench(std::size_t{4} << 20);
  Heap& heap = bench.heap;
  Mutator<B> first(heap);
  // As if on a thread of its own.
  MutatorContext second(heap, MutatorStatus::blocked, {}, B::traits.black_means);
  const Root shared(first, first.allocate(2, 0));
  Object** const own = second.roots.push(second.allocate(0, 8));
  const auto marker = find_marker("serial")->make(heap, {});
  bench::change_phase(heap, [](PhaseState& phase) {
    phase.sense = phase.sense.flipped();
    phase.marking = true;
  });
  context_of(first).adopt(heap.phase());
  second.adopt(heap.phase());
  marker->begin_cycle(heap.phase());
  bench::change_phase(heap, [](PhaseState& phase) { phase.roots_scanned = true; });
  const auto scan = [&](MutatorContext& mutator) {
    scan_piece_of_roots(heap, mutator);
    mutator.flush_shade_buffer();
    mutator.adopt(heap.phase());
    marker->mark_concurrently();
  };

  scan(context_of(first));
  first.store(shared, 0, nullptr);
  Operations<B, MutatorContext>::store(second, shared, shared->slot(1), *own);
  second.roots.pop(own);
  scan(second);
  return {second.is_white(shared->slot(1).load())
              ? "a marked object refers to a white one when marking ended"
              : ""};
}

}  // namespace

TEST_CASE("fault roots_of_any_mutator_scanned: an unscanned mutator hides an object", "[fault]") {
  check_kill(Fault::roots_of_any_mutator_scanned, insert_before_own_scan<Hybrid>,
             insert_before_own_scan<AsksForRootsOfAnyMutator>, "colour check");
}

TEST_CASE("fault ragged_scans_of_yuasa: an unscanned mutator hides an object", "[fault]") {
  check_kill(Fault::ragged_scans_of_yuasa, insert_before_own_scan<Hybrid>,
             insert_before_own_scan<Yuasa>, "colour check");
}

}  // namespace tricolour
