// Slots that are scanned again at once (core/cycle/phase_state.hpp): marking ends where mutators
// keep storing, and nothing is lost.
//
// A mutator stores between the last handshake and the stop that ends marking: what it leaves there
// is what the final pause has to scan.
#include <atomic>
#include <random>
#include <thread>
#include <vector>

#include "barriers/boehm_cards.hpp"
#include "barriers/steele.hpp"
#include "collectors/marking/scanner.hpp"
#include "tools/testing/window_run.hpp"

namespace tricolour {
namespace {

constexpr std::uint32_t chunks = 64;

/// A store of a new object into each chunk of an array that is black.
template <Barrier B>
WindowRun store_late(std::size_t final_slots) {
  const auto store = [](Mutator<B>& m, Root& array) {
    for (std::size_t chunk = 0; chunk < chunks; ++chunk)
      m.store(array, chunk * chunk_slots, m.allocate(1, 0));
  };
  return act_in_window<B>(Window::between_gathering_and_termination, chunks * chunk_slots, store,
                          final_slots);
}

template <Barrier B>
Sighting late_stores_seen() {
  return store_late<B>(no_limit).sighting();
}

}  // namespace

TEST_CASE("fault rescan_at_once_dropped: what a mutator stores last is lost", "[fault]") {
  check_kill(Fault::rescan_at_once_dropped, late_stores_seen<Steele>);
  check_kill(Fault::rescan_at_once_dropped, late_stores_seen<BoehmCards>);
}

TEMPLATE_TEST_CASE(
    "the final pause scans what was stored since the last handshake, not the chunks or cards "
    "around it",
    "[rescan]", Steele, BoehmCards) {
  // Each new object counts as two slots, a card as 64 and a chunk as 1024.
  const WindowRun enough = store_late<TestType>(4 * chunks);
  CHECK(enough.failure == "");
  CHECK(enough.cycles_checked == 1);
  CHECK(enough.collection.concurrent_cycles == 1);
  CHECK(enough.collection.resumptions == 0);
  const WindowRun too_few = store_late<TestType>(chunks / 2);
  CHECK(too_few.failure == "");
  CHECK(too_few.collection.resumptions > 0);
}

TEMPLATE_TEST_CASE("marking ends beside mutators that keep storing into one large array",
                   "[rescan][race]", Steele, BoehmCards) {
  CollectedHeapOptions options;
  options.heap.bytes = std::size_t{16} << 20;
  options.collection.allocation = TestType::traits.allocation;
  options.verify = true;
  CollectedHeap heap(options, TestType::traits);
  std::atomic<int> failures{0};
  std::atomic<bool> done{false};
  {
    Mutator<TestType> first(heap);
    first.make_globals(1);
    first.store(first.globals(), 0, first.allocate(chunks * chunk_slots, 0));
    std::vector<std::thread> threads;
    for (unsigned i = 1; i <= 2; ++i) {
      threads.emplace_back([&, i] {
        Mutator<TestType> m(heap);
        std::minstd_rand random(i);
        try {
          while (!done) {
            Object* const fresh = m.allocate(1, 0);
            m.store(m.load(m.globals(), 0), random() % (chunks * chunk_slots), fresh);
          }
        } catch (const std::exception&) {
          ++failures;
        }
      });
    }
    try {
      for (int cycle = 0; cycle < 5; ++cycle) heap.collect(first);
    } catch (const std::exception&) {
      ++failures;
    }
    done = true;
    first.blocking([&] {
      for (std::thread& thread : threads) thread.join();
    });
  }
  heap.stop();
  CHECK(failures == 0);
  CHECK(heap.collector().statistics().cycles >= 5);
  CHECK(heap.oracle()->statistics().lost_objects == 0);
}

}  // namespace tricolour
