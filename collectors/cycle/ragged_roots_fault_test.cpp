// A mutator's roots are scanned when every mutator has its barrier on, and not before.
#include <atomic>
#include <thread>

#include "barriers/hybrid.hpp"
#include "core/mutator/context_of.hpp"
#include "tools/testing/fault_test.hpp"
#include "tools/testing/stop_heap.hpp"

namespace tricolour {
namespace {

/// The first mutator answers the first handshake and loads an object into a root. The second has
/// not answered yet, and deletes the field: nothing but that root refers to the object.
Sighting delete_before_the_answer() {
  CollectedHeapOptions options;
  options.heap.bytes = std::size_t{16} << 20;
  options.collector = "concurrent";
  options.collection.ragged_roots = true;
  options.verify = true;
  CollectedHeap heap(options, Hybrid::traits);
  Sighting sighting;
  {
    Mutator<Hybrid> first(heap);
    Object* const globals = first.make_globals(1);
    first.store(globals, 0, first.allocate(0, 8));
    std::atomic<bool> ready{false}, taken{false}, collected{false};
    std::thread second_thread([&] {
      Mutator<Hybrid> second(heap);
      ready = true;
      while (!taken) std::this_thread::yield();
      second.store(second.globals(), 0, nullptr);
      while (!collected) second.poll();
    });
    while (!ready) first.poll();
    std::thread collection([&] {
      Mutator<Hybrid> third(heap);
      try {
        heap.collect(third);
      } catch (const std::exception& error) {
        sighting.failure = error.what();
      }
      collected = true;
    });
    while (!context_of(first).marking()) first.poll();
    const Root kept(first, first.load(globals, 0));
    taken = true;
    while (!collected) first.poll();
    first.blocking([&] {
      second_thread.join();
      collection.join();
    });
  }
  stop_heap(heap, sighting.failure);
  sighting.cycles = heap.oracle()->statistics().cycles_checked;
  return sighting;
}

}  // namespace

TEST_CASE(
    "fault acknowledgement_not_awaited: roots are scanned while a mutator's barrier is still off",
    "[fault]") {
  check_kill(Fault::acknowledgement_not_awaited, delete_before_the_answer);
}

}  // namespace tricolour
