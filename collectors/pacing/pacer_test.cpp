#include "collectors/pacing/pacer.hpp"

#include "tools/testing/catch.hpp"

using tricolour::Pacer;

namespace {
constexpr std::size_t heap_bytes = 1'000'000'000;
constexpr std::size_t live_bytes = 200'000'000;
constexpr double headroom = 1.5;

/// A cycle in which a byte is allocated for every `mark_advantage` bytes marked.
Pacer::CycleFacts cycle(double mark_advantage) {
  return {.live_bytes = live_bytes,
          .marked_bytes = live_bytes,
          .scattered_bytes = 0,
          .marking_ns = 100'000'000,
          .allocated_bytes = static_cast<std::size_t>(live_bytes / mark_advantage),
          .elapsed_ns = 100'000'000};
}
}  // namespace

TEST_CASE("the first measured rates are taken whole") {
  Pacer pacer(heap_bytes, headroom);
  pacer.cycle_ended(cycle(4));
  const std::size_t first = pacer.trigger_bytes(false);
  // Allocated while the live bytes are marked, at a quarter of the mark rate, half as much again,
  // and what no heap hands out.
  const double predicted = headroom * live_bytes / 4;
  CHECK(static_cast<double>(heap_bytes - first) > predicted);
  CHECK(static_cast<double>(heap_bytes - first) < predicted + 0.05 * heap_bytes);
  pacer.cycle_ended(cycle(4));
  CHECK(pacer.trigger_bytes(false) == first);
}

TEST_CASE("one odd cycle moves the trigger by part of the way") {
  Pacer pacer(heap_bytes, headroom);
  pacer.cycle_ended(cycle(4));
  const std::size_t before = pacer.trigger_bytes(false);
  pacer.cycle_ended(cycle(1));
  Pacer always_odd(heap_bytes, headroom);
  always_odd.cycle_ended(cycle(1));
  CHECK(pacer.trigger_bytes(false) < before);
  CHECK(pacer.trigger_bytes(false) > always_odd.trigger_bytes(false));
}

TEST_CASE("the trigger stays between what is live and what the heap holds") {
  Pacer pacer(heap_bytes, headroom);
  const bool crowded = GENERATE(false, true);
  CHECK(pacer.trigger_bytes(crowded) > 0);
  for (const double mark_advantage : {0.001, 0.1, 1.0, 1000.0}) {
    pacer.cycle_ended(cycle(mark_advantage));
    CHECK(pacer.trigger_bytes(crowded) > live_bytes);
    CHECK(pacer.trigger_bytes(crowded) < heap_bytes);
  }
}

TEST_CASE("a mutator owes nothing while marking is on the line, then a bounded amount") {
  Pacer pacer(heap_bytes, headroom);
  pacer.cycle_ended(cycle(1));
  const std::size_t begin = 500'000'000;
  pacer.cycle_began(begin, false);
  const std::size_t room = heap_bytes - begin;
  CHECK(pacer.owed_bytes(0, begin) == 0);
  CHECK(pacer.owed_bytes(0, begin + room / 2) == pacer.assist_bytes());
  // On the line somewhere between: what is owed falls to nothing as more is marked, byte by byte.
  const std::size_t used = begin + room / 2;
  std::size_t due = 0;
  while (pacer.owed_bytes(due, used) > 0) due += 1'000'000;
  CHECK(due > 0);
  CHECK(due < 2 * live_bytes);
  CHECK(pacer.owed_bytes(due - 1'000'000, used) > 0);
  CHECK(pacer.owed_bytes(due, used) == 0);
}

TEST_CASE("who marks what is owed for each piece has everything marked before memory runs out",
          "[pacer]") {
  // The mark threads do nothing at all.
  const bool crowded = GENERATE(false, true);
  for (const std::size_t begin : {250'000'000u, 500'000'000u, 800'000'000u, 930'000'000u}) {
    Pacer pacer(heap_bytes, headroom);
    pacer.cycle_ended(cycle(1));
    pacer.cycle_began(begin, crowded);
    std::size_t marked = 0;
    std::size_t used = begin;
    while (marked < live_bytes && used < heap_bytes) {
      used += pacer.piece_bytes();
      marked += pacer.owed_bytes(marked, used);
    }
    CAPTURE(begin, crowded);
    CHECK(marked >= live_bytes);
    CHECK(used < heap_bytes);
  }
}

TEST_CASE("a cycle that marks more than was expected is held to all that was in use", "[pacer]") {
  Pacer pacer(heap_bytes, headroom);
  pacer.cycle_ended(cycle(1));
  pacer.cycle_began(700'000'000, false);
  CHECK(pacer.owed_bytes(live_bytes * 11 / 10, 950'000'000) > 0);
  CHECK(pacer.owed_bytes(700'000'000, heap_bytes) == 0);
}

TEST_CASE("the less room there is, the smaller the pieces", "[pacer]") {
  Pacer pacer(heap_bytes, headroom);
  pacer.cycle_ended(cycle(1));
  pacer.cycle_began(300'000'000, false);
  const std::size_t much_room = pacer.piece_bytes();
  pacer.cycle_began(900'000'000, false);
  CHECK(pacer.piece_bytes() < much_room);
  CHECK(pacer.piece_bytes() > 0);
}

TEST_CASE("room that is scattered in nearly full blocks is not counted on", "[pacer]") {
  Pacer compact(heap_bytes, headroom);
  compact.cycle_ended(cycle(4));
  Pacer scattered(heap_bytes, headroom);
  Pacer::CycleFacts facts = cycle(4);
  facts.scattered_bytes = 100'000'000;
  scattered.cycle_ended(facts);
  CHECK(scattered.trigger_bytes(false) + 100'000'000 == compact.trigger_bytes(false));
}

TEST_CASE("where mutators keep all processors busy cycles begin later and are done sooner",
          "[pacer]") {
  Pacer pacer(heap_bytes, headroom);
  CHECK(pacer.trigger_bytes(true) > pacer.trigger_bytes(false));  // the first cycle as well
  pacer.cycle_ended(cycle(1));
  CHECK(pacer.trigger_bytes(true) > pacer.trigger_bytes(false));
  constexpr std::size_t begin = 500'000'000;
  constexpr std::size_t used = begin + begin / 4;
  constexpr std::size_t half_marked = live_bytes / 2;
  pacer.cycle_began(begin, false);
  CHECK(pacer.owed_bytes(half_marked, used) == 0);
  pacer.cycle_began(begin, true);
  CHECK(pacer.owed_bytes(half_marked, used) > 0);
}
