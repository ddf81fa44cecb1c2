// Faults in phases, handshakes, hand-over, sweeping and allocation, killed by random mutators and
// the oracle; those that overwrite objects by a mutator whose objects refer to nothing, so that the
// oracle comes first and not a wild reference.
#include "barriers/dijkstra.hpp"
#include "barriers/hybrid.hpp"
#include "barriers/steele.hpp"
#include "barriers/yuasa.hpp"
#include "tools/testing/random_kill.hpp"
#include "tools/testing/stop_heap.hpp"

namespace tricolour {
namespace {

/// Two thirds of the blocks hold objects of `bytes`, of which every `survivor`-th is left by a
/// collection. Then mutates and collects again.
template <class Mutate>
Sighting allocate_among_survivors(std::size_t bytes, std::size_t survivor, Mutate mutate) {
  CollectedHeapOptions options = tiny_heap(Yuasa::traits, "stop_the_world");
  options.collection.sweep = SweepMode::eager;
  Sighting sighting;
  CollectedHeap heap(options, Yuasa::traits);
  {
    Mutator<Yuasa> m(heap);
    const std::size_t objects = options.heap.bytes * 2 / 3 / bytes;
    const Root kept(m, m.allocate(static_cast<std::uint32_t>(objects / survivor + 1), 0));
    try {
      for (std::size_t i = 0; i < objects; ++i) {
        Object* const fresh = m.allocate(0, bytes - sizeof(Object));
        if (i % survivor == 0) m.store(kept, i / survivor, fresh);
      }
      heap.collect(m);
      mutate(m);
      heap.collect(m);
    } catch (const InvariantViolated& error) {
      sighting.failure = error.what();
    }
  }
  stop_heap(heap, sighting.failure);
  sighting.cycles = heap.oracle()->statistics().cycles_checked;
  return sighting;
}

Sighting fill_short_holes() {
  constexpr std::size_t hole = least_hole_bytes;
  return allocate_among_survivors(hole, 2, [](Mutator<Yuasa>& m) {
    for (int i = 0; i < 100; ++i) m.allocate(0, hole + granule_bytes - sizeof(Object));
  });
}

/// What is too long for a hole at hand is allocated in a block of its own.
Sighting allocate_short_and_long() {
  return allocate_among_survivors(4096, 16, [](Mutator<Yuasa>& m) {
    for (int i = 0; i < 100; ++i) {
      m.allocate(0, 40);
      m.allocate(0, 2000);
    }
  });
}

/// Another mutator fills most of the heap; then the first goes on where it was.
Sighting allocate_after_another() {
  return allocate_among_survivors(4096, 16, [](Mutator<Yuasa>& m) {
    Heap& heap = context_of(m).heap();
    m.blocking([&heap] {
      Mutator<Yuasa> another(heap);
      for (std::size_t bytes = 0; bytes < heap.bytes() * 7 / 8; bytes += 64)
        another.allocate(0, 64 - sizeof(Object));
    });
    for (int i = 0; i < 100; ++i) m.allocate(0, granule_bytes - sizeof(Object));
  });
}

}  // namespace

TEST_CASE("fault exchange_without_barrier: an exchange hides an object", "[fault]") {
  check_kill_by_random_mutators<Yuasa>(Fault::exchange_without_barrier);
  check_kill_by_random_mutators<Dijkstra>(Fault::exchange_without_barrier);
}

TEST_CASE("fault global_store_without_barrier: a global hides an object", "[fault]") {
  check_kill_by_random_mutators<Dijkstra>(Fault::global_store_without_barrier);
}

TEST_CASE("fault full_buffer_polls: a safepoint inside a barrier is noticed", "[fault]") {
  check_kill_by_random_mutators<Yuasa>(Fault::full_buffer_polls);
}

TEST_CASE("fault tracing_before_barrier_on: a mutator without a barrier beside a marker",
          "[fault]") {
  check_kill_by_random_mutators<Yuasa>(Fault::tracing_before_barrier_on);
  check_kill_by_random_mutators<Dijkstra>(Fault::tracing_before_barrier_on);
}

TEST_CASE("fault allocation_stays_white: a new object is lost under a snapshot barrier",
          "[fault]") {
  check_kill_by_random_mutators<Yuasa>(Fault::allocation_stays_white);
  check_kill_by_random_mutators<Hybrid>(Fault::allocation_stays_white);
}

TEST_CASE("fault roots_not_rescanned: a grey mutator's roots are lost", "[fault]") {
  check_kill_by_random_mutators<Dijkstra>(Fault::roots_not_rescanned);
  check_kill_by_random_mutators<Steele>(Fault::roots_not_rescanned);
}

TEST_CASE("fault blocked_mutator_not_rescanned: a blocked mutator's roots are lost", "[fault]") {
  check_kill_by_random_mutators<Dijkstra>(Fault::blocked_mutator_not_rescanned);
}

TEST_CASE(
    "fault sense_flipped_unannounced: a mutator allocates and shades by the last cycle's colours",
    "[fault]") {
  check_kill_by_random_mutators<Yuasa>(Fault::sense_flipped_unannounced);
  check_kill_by_random_mutators<Dijkstra>(Fault::sense_flipped_unannounced);
}

TEST_CASE("fault shades_of_ended_mutator_dropped: what an ended mutator shaded is lost",
          "[fault]") {
  check_kill_by_random_mutators<Yuasa>(Fault::shades_of_ended_mutator_dropped);
}

TEST_CASE("fault shades_survive_cycle: a shade buffer is not flushed before termination",
          "[fault]") {
  check_kill_by_random_mutators<Yuasa>(Fault::shades_survive_cycle);
  check_kill_by_random_mutators<Steele>(Fault::shades_survive_cycle);
}

TEST_CASE("fault terminates_twice: no termination follows an ended cycle", "[fault]") {
  check_kill_by_random_mutators<Yuasa>(Fault::terminates_twice, "stop_the_world");
}

TEST_CASE("fault hole_too_long: an object reaches into its neighbour", "[fault]") {
  check_kill(Fault::hole_too_long, fill_short_holes);
}

TEST_CASE("fault hole_not_retired: a hole's tail is handed out twice", "[fault]") {
  check_kill(Fault::hole_not_retired, allocate_after_another);
}

TEST_CASE("fault list_trusted: two allocators share a block", "[fault]") {
  check_kill(Fault::list_trusted, allocate_short_and_long);
}

TEST_CASE("fault full_with_holes: a block with room is never allocated in", "[fault]") {
  CHECK(check_kill_by_random_mutators<Yuasa>(Fault::full_with_holes) == "check of block lists");
}

TEST_CASE("fault list_loses_block: a block with room is on no list", "[fault]") {
  CHECK(check_kill_by_random_mutators<Yuasa>(Fault::list_loses_block) == "check of block lists");
}

TEST_CASE("fault large_pages_reused_early: an array is freed while it is being scanned",
          "[fault]") {
  check_kill_by_random_mutators<Yuasa>(Fault::large_pages_reused_early);
}

}  // namespace tricolour
