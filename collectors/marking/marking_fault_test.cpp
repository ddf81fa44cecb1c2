// Faults of markers, killed by threads that meet inside a window.
#include <atomic>
#include <thread>
#include <vector>

#include "barriers/abraham_patel.hpp"
#include "barriers/boehm_cards.hpp"
#include "barriers/none.hpp"
#include "collectors/cycle/card_scan.hpp"
#include "collectors/marking/registry.hpp"
#include "collectors/marking/termination.hpp"
#include "tools/testing/bench_heap.hpp"
#include "tools/testing/fault_test.hpp"

namespace tricolour {
namespace {

/// A heap without a collector; the test does what a cycle does.
template <Barrier B>
struct HeapToMark {
  static HeapOptions options(std::size_t bytes) {
    HeapOptions chosen;
    chosen.bytes = bytes;
    chosen.side_table = B::traits.side_table;
    return chosen;
  }
  explicit HeapToMark(std::size_t bytes) : heap(options(bytes)) {
    heap.attach(hooks, nullptr);
    mutator.emplace(heap);
  }
  void begin_cycle(Marker* marker) {
    bench::change_phase(heap, [](PhaseState& phase) {
      phase.sense = phase.sense.flipped();
      phase.black_means = B::traits.black_means;
      phase.marking = true;
      ++phase.cycle;
    });
    context_of(*mutator).adopt(heap.phase());
    if (marker != nullptr) marker->begin_cycle(heap.phase());
  }
  void grey(Object* object) {
    if (heap.metadata.try_shade(object, heap.phase().sense.white(), heap.phase().shaded_state()))
      heap.grey_set.pour(GreyItem(object));
  }
  bench::NoCollection hooks;
  Heap heap;
  std::optional<Mutator<B>> mutator;
};

// --- termination --------------------------------------------------------------------------------

Sighting close_beside_two_workers() {
  Termination<> termination;
  termination.open();
  termination.try_resume();
  termination.try_resume();
  termination.announce_idle();
  return {termination.try_finish([] { return true; }) ? "the run is closed beside two busy workers"
                                                      : ""};
}

/// A helper of the stealing marker is held between a mark and its push, until the leader has
/// finished or has gone to wait for it.
Sighting slow_helper() {
  HeapToMark<None> marked(std::size_t{32} << 20);
  Mutator<None>& m = *marked.mutator;
  const Root all(m, m.allocate(512, 0));
  constexpr std::size_t leaves = 200;
  for (std::size_t i = 0; i < all->slot_count(); ++i) {
    m.store(all, i, m.allocate(leaves, 0));
    for (std::size_t j = 0; j < leaves; ++j) m.store(m.load(all, i), j, m.allocate(0, 8));
  }
  const std::uint64_t objects = 1 + all->slot_count() * (1 + leaves);
  const auto marker = find_marker("stealing")->make(marked.heap, {.stopped_threads = 2});
  marked.begin_cycle(marker.get());
  marked.grey(all);

  const std::thread::id leader = std::this_thread::get_id();
  std::atomic<bool> held{false};
  std::atomic<bool> release{false};
  std::atomic<int> marks{0};
  const Schedule::Visitor visitor([&](Window here) {
    const bool leads = std::this_thread::get_id() == leader;
    if (here == Window::before_parking && leads && held) release = true;
    if (here != Window::between_mark_and_push) return;
    if (!leads && !held.exchange(true)) {
      while (!release) std::this_thread::yield();
    }
    // The leader goes on when the helper has taken something.
    if (leads && ++marks > 20'000) {
      while (!held) std::this_thread::yield();
    }
  });
  Schedule::visit(&visitor);
  marker->mark_stopped();
  const std::uint64_t scanned = marker->marked_objects();
  Schedule::visit(nullptr);
  release = true;
  return {scanned == objects
              ? ""
              : std::to_string(objects - scanned) + " objects were not scanned when marking ended"};
}

/// True if the leader of concurrent marking found nothing left while an assist was between a mark
/// and its push.
bool closes_beside_an_assist() {
  HeapToMark<None> marked(std::size_t{4} << 20);
  Mutator<None>& m = *marked.mutator;
  const Root source(m, m.allocate(1, 0));
  m.store(source, 0, m.allocate(0, 8));
  const auto marker = find_marker("stealing")->make(marked.heap, {});
  marked.begin_cycle(marker.get());
  marked.grey(source);

  const std::thread::id assistant = std::this_thread::get_id();
  std::atomic<bool> held{false};
  std::atomic<bool> release{false};
  std::atomic<bool> closed{false};
  const Schedule::Visitor visitor([&](Window here) {
    if (std::this_thread::get_id() != assistant) {
      if (here == Window::between_emptiness_and_close && !release) closed = true;
      // The leader saw the assist and looks again, or closes.
      if (here == Window::between_sight_and_resume || here == Window::between_emptiness_and_close)
        release = true;
    } else if (here == Window::between_mark_and_push && !release) {
      held = true;
      while (!release) std::this_thread::yield();
    }
  });
  Schedule::visit(&visitor);
  std::thread leader([&] {
    while (!held) std::this_thread::yield();
    marker->mark_concurrently();
  });
  marker->assist(1000);
  leader.join();
  Schedule::visit(nullptr);
  return closed;
}

// --- what black means ---------------------------------------------------------------------------

/// A mutator deletes the only reference to an object while the marker is about to read the slot,
/// and keeps it in a root.
Sighting deletion_before_scan() {
  HeapToMark<AbrahamPatel> marked(std::size_t{4} << 20);
  Mutator<AbrahamPatel>& m = *marked.mutator;
  const Root source(m, m.allocate(1, 0));
  m.store(source, 0, m.allocate(1, 0));
  const auto marker = find_marker("serial")->make(marked.heap, {});
  marked.begin_cycle(marker.get());
  marked.grey(source);
  Root kept(m);
  {
    const Visit visit(Window::between_black_and_scan, [&] {
      if (kept.get() == nullptr) kept = m.exchange(source, 0, nullptr);
    });
    marker->mark_concurrently();
  }
  context_of(m).flush_shade_buffer();
  marker->mark_concurrently();
  return {context_of(m).is_white(kept) ? "an object of the snapshot is white when marking ended"
                                       : ""};
}

// --- cards --------------------------------------------------------------------------------------

/// A marked source, and two white objects; the first is in slot 0, whose card is taken.
struct TakenCard {
  explicit TakenCard(std::uint32_t slots) : source(m, m.allocate(slots, 0)) {
    marked.begin_cycle(nullptr);
    marked.grey(source);
    m.store(source, 0, first);
    cards.take();
  }
  HeapToMark<BoehmCards> marked{std::size_t{4} << 20};
  Mutator<BoehmCards>& m = *marked.mutator;
  const Root source;
  const Root first{m, m.allocate(0, 8)};
  const Root second{m, m.allocate(0, 8)};
  CardScan cards{marked.heap};
};

/// A mutator stores into an object whose card was just scanned.
Sighting store_behind_card_scan() {
  TakenCard taken(2);
  {
    const auto store = [&] { taken.m.store(taken.source, 1, taken.second); };
    const Visit visit(Window::between_card_scans, store);
    taken.cards.scan_taken();
  }
  taken.cards.scan_stopped(1'000'000);
  const bool forgotten = context_of(taken.m).is_white(taken.second);
  return {forgotten ? "a marked object refers to a white one, and no card is dirty" : ""};
}

/// A thread is late in a round of cards; meanwhile a store dirties a card near by, and the next
/// round takes it.
Sighting scan_late_in_a_round() {
  constexpr std::size_t next_card = CardTable::card_bytes / sizeof(Slot);
  TakenCard taken(2 * next_card);
  {
    bool late = false;
    const Visit visit(Window::between_card_scans, [&] {
      if (std::exchange(late, true)) return;
      taken.m.store(taken.source, next_card, taken.second);
      taken.cards.take();
    });
    taken.cards.scan_taken();
  }
  if (!context_of(taken.m).is_white(taken.second)) {
    return {"a card was scanned before the handshakes of its round"};
  }
  taken.cards.scan_taken();
  return {context_of(taken.m).is_white(taken.second) ? "a card of the next round was forgotten"
                                                     : ""};
}

// --- assists -----------------------------------------------------------------------------------

/// An assist stops behind the first object; the marker looks while the rest is in its packet alone.
Sighting look_while_an_assist_holds_items() {
  HeapToMark<None> marked(std::size_t{4} << 20);
  Mutator<None>& m = *marked.mutator;
  const Root all(m, m.allocate(8, 0));
  for (std::size_t i = 0; i < all->slot_count(); ++i) m.store(all, i, m.allocate(1, 0));
  const auto marker = find_marker("serial")->make(marked.heap, {});
  marked.begin_cycle(marker.get());
  marked.grey(all);
  Sighting sighting;
  {
    const Visit visit(Window::between_scan_and_pour, [&] {
      if (marker->drained()) sighting.failure = "all is called marked, and an assist has work";
    });
    marker->assist(1);
  }
  marker->mark_stopped();
  return sighting;
}

}  // namespace

TEST_CASE("fault assist_leaves_before_pouring: the marker finds nothing left", "[assist][fault]") {
  check_kill(Fault::assist_leaves_before_pouring, look_while_an_assist_holds_items);
}

TEST_CASE("fault workers_left_out: a run is closed beside busy workers", "[termination][fault]") {
  check_kill(Fault::workers_left_out, close_beside_two_workers, "termination check");
}

TEST_CASE("fault idle_before_last_round: marking ends while a helper holds objects",
          "[marker][fault]") {
  check_kill(Fault::idle_before_last_round, slow_helper, "count of scanned objects");
}

TEST_CASE("concurrent marking does not end beside an assist", "[marker][assist]") {
  CHECK_FALSE(closes_beside_an_assist());
}

TEST_CASE("fault black_set_before_scan: a barrier that trusts black deletes from the snapshot",
          "[scanner][fault]") {
  check_kill(Fault::black_set_before_scan, deletion_before_scan, "colour check");
}

TEST_CASE("a thread that is late in a round of cards leaves the next round's alone", "[cards]") {
  CHECK(scan_late_in_a_round().failure == "");
}

TEST_CASE("fault card_cleared_late: a store behind the scan is forgotten", "[cards][fault]") {
  check_kill(Fault::card_cleared_late, store_behind_card_scan, "colour check");
}

}  // namespace tricolour
