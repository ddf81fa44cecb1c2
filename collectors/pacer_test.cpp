#include "collectors/pacer.hpp"

#include "tools/catch.hpp"

using tricolour::Pacer;

namespace {
constexpr std::size_t heap_bytes = 1'000'000'000;
constexpr std::size_t live_bytes = 200'000'000;
constexpr double headroom = 1.5;

/// A cycle in which a byte is allocated for every `mark_advantage` bytes marked.
Pacer::CycleFacts cycle(double mark_advantage) {
  return {.live_bytes = live_bytes,
          .marked_bytes = live_bytes,
          .marking_ns = 100'000'000,
          .allocated_bytes = static_cast<std::size_t>(live_bytes / mark_advantage),
          .elapsed_ns = 100'000'000};
}
}  // namespace

TEST_CASE("the first measured rates are taken whole") {
  Pacer pacer(heap_bytes, headroom);
  pacer.cycle_ended(cycle(4));
  const std::size_t first = pacer.trigger_bytes();
  // Allocated while the live bytes are marked, at a quarter of the mark rate, half as much again, and what no heap hands out.
  const double predicted = headroom * live_bytes / 4;
  CHECK(static_cast<double>(heap_bytes - first) > predicted);
  CHECK(static_cast<double>(heap_bytes - first) < predicted + 0.05 * heap_bytes);
  pacer.cycle_ended(cycle(4));
  CHECK(pacer.trigger_bytes() == first);
}

TEST_CASE("one odd cycle moves the trigger by part of the way") {
  Pacer pacer(heap_bytes, headroom);
  pacer.cycle_ended(cycle(4));
  const std::size_t before = pacer.trigger_bytes();
  pacer.cycle_ended(cycle(1));
  Pacer always_odd(heap_bytes, headroom);
  always_odd.cycle_ended(cycle(1));
  CHECK(pacer.trigger_bytes() < before);
  CHECK(pacer.trigger_bytes() > always_odd.trigger_bytes());
}

TEST_CASE("the trigger stays between what is live and what the heap holds") {
  Pacer pacer(heap_bytes, headroom);
  CHECK(pacer.trigger_bytes() > 0);
  for (const double mark_advantage : {0.001, 0.1, 1.0, 1000.0}) {
    pacer.cycle_ended(cycle(mark_advantage));
    CHECK(pacer.trigger_bytes() > live_bytes);
    CHECK(pacer.trigger_bytes() < heap_bytes);
  }
}

TEST_CASE("a mutator marks only when the markers would come too late, and more the less room is left") {
  Pacer pacer(heap_bytes, headroom);
  pacer.cycle_ended(cycle(1));
  CHECK(pacer.assist_ratio(0, live_bytes) == 0);
  const double little_room = pacer.assist_ratio(0, heap_bytes - 100'000'000);
  CHECK(little_room > 0);
  CHECK(pacer.assist_ratio(0, heap_bytes - 50'000'000) > little_room);
  CHECK(pacer.assist_ratio(live_bytes, heap_bytes) == 0);
}
