// No reachable object is ever lost: random mutators under every sound combination, with the oracle;
// and the unsound ones are caught.
#include <algorithm>
#include <stdexcept>
#include <vector>

#include "barriers/all.hpp"
#include "core/sanitizers.hpp"
#include "tools/examples/rescan_source.hpp"
#include "tools/testing/catch.hpp"
#include "tools/testing/each_listed.hpp"
#include "tools/testing/random_run.hpp"

using namespace tricolour;

namespace {

/// Of a random mutator: at least 17 cycles, or a third of them, because a sanitizer makes each take
/// many times as long.
constexpr int long_run =
    TRICOLOUR_ADDRESS_SANITIZER || TRICOLOUR_THREAD_SANITIZER ? 17'000 : 50'000;

CollectedHeapOptions verified(const std::string& collector, const BarrierTraits& barrier) {
  CollectedHeapOptions options;
  options.heap.bytes = std::size_t{3} << 20;
  options.collector = collector;
  options.collection.marking.stopped_threads = 2;
  options.collection.marking.concurrent_threads = 2;
  options.collection.allocation = find_collector(collector)->cycle.usual_allocation(barrier);
  options.verify = true;
  return options;
}

bool refuses(const CollectedHeapOptions& options, const BarrierTraits& barrier) {
  return !unsound_because(*find_collector(options.collector), barrier,
                          options.collection.allocation, options.collection.ragged_roots)
              .empty();
}

/// No room for the event that ends marking in one cycle: what fails on the collector's thread
/// outside of a stop.
class FailsAtMarking final : public EventListener {
 public:
  explicit FailsAtMarking(std::uint64_t cycle) : cycle_(cycle) {}
  void on_event(const Event& event) override {
    const auto* const interval = std::get_if<PhaseInterval>(&event);
    if (interval != nullptr && interval->phase == Activity::marking && interval->cycle == cycle_)
      throw std::length_error("no room for the event");
  }

 private:
  const std::uint64_t cycle_;
};

std::uint64_t counter(const CollectorStatistics& statistics, std::string_view name) {
  for (const auto& [key, value] : statistics.marking) {
    if (key == name) return value;
  }
  return 0;
}

}  // namespace

TEMPLATE_LIST_TEST_CASE("nothing reachable is lost", "[soundness]", AllBarriers) {
  const auto collector = each_collector();
  const std::string marker(each_marker().name);
  const int mutators = GENERATE(1, 3);
  CollectedHeapOptions options = verified(collector, TestType::traits);
  options.collection.marker = marker;
  options.collection.sweep = mutators == 1 ? SweepMode::lazy : SweepMode::parallel;
  if (refuses(options, TestType::traits)) return;
  CAPTURE(collector, marker, mutators);
  const RandomRun outcome = run_random_mutators<TestType>(options, mutators, long_run, 11);
  CHECK(outcome.failure == "");
  CHECK(outcome.verification.lost_objects == 0);
  CHECK(outcome.verification.cycles_checked >= 3);
}

TEMPLATE_LIST_TEST_CASE(
    "tiny quanta, buffers, deques and final pauses lose nothing and take the overflow paths",
    "[soundness]", AllBarriers) {
  const auto collector = each_collector();
  CollectedHeapOptions options = verified(collector, TestType::traits);
  options.heap.bytes = std::size_t{1} << 20;
  options.heap.packet_capacity = 2;
  options.heap.hole_piece_bytes = 256;
  options.collection.marking.deque_capacity = 2;
  options.collection.quantum_slots = 64;
  options.collection.final_slots = 32;
  if (refuses(options, TestType::traits)) return;
  CAPTURE(collector);
  const RandomRun outcome = run_random_mutators<TestType>(options, 2, 30'000, 5);
  CHECK(outcome.failure == "");
  CHECK(outcome.verification.lost_objects == 0);
  CHECK(outcome.verification.cycles_checked >= 3);
  CHECK(counter(outcome.collection, "packets_published") > 0);
}

TEMPLATE_LIST_TEST_CASE("roots scanned mutator by mutator lose nothing where that is sound",
                        "[soundness]", AllBarriers) {
  const auto collector = each_collector();
  const int mutators = GENERATE(1, 3);
  CollectedHeapOptions options = verified(collector, TestType::traits);
  options.collection.ragged_roots = true;
  if (!ragged_roots_refused_because(*find_collector(collector)).empty() ||
      refuses(options, TestType::traits))
    return;
  CAPTURE(collector, mutators);
  const RandomRun outcome = run_random_mutators<TestType>(options, mutators, long_run, 31);
  CHECK(outcome.failure == "");
  CHECK(outcome.verification.cycles_checked >= 3);
}

TEMPLATE_LIST_TEST_CASE(
    "the other allocation colour, where a barrier is sound with it, loses nothing", "[soundness]",
    AllBarriers) {
  const auto collector = each_collector_beside_mutators();
  CollectedHeapOptions options = verified(collector, TestType::traits);
  options.collection.allocation = AllocationColour::black;
  if (TestType::traits.allocation == AllocationColour::black || refuses(options, TestType::traits))
    return;
  const RandomRun outcome = run_random_mutators<TestType>(options, 2, long_run, 23);
  CHECK(outcome.failure == "");
  CHECK(outcome.verification.cycles_checked >= 3);
}

TEMPLATE_LIST_TEST_CASE("a store far into a long object that lies in a block is seen",
                        "[soundness]", AllBarriers) {
  CollectedHeapOptions options = verified("incremental", TestType::traits);
  options.collection.quantum_slots = 64;
  if (refuses(options, TestType::traits)) return;
  CollectedHeap heap(options, TestType::traits);
  {
    Mutator<TestType> m(heap);
    m.allocate(0, 0);  // from here on a hole is at hand
    constexpr std::uint32_t slots = 4000;
    const Root array{m, m.allocate(slots, 0)};
    const BlockSpace& blocks = heap.heap().spaces().blocks();
    REQUIRE(array.get()->bytes() > large_object_bytes);
    REQUIRE(blocks.state(blocks.block_of(array.get())) != BlockState::large);
    for (std::uint32_t i = 0; i < 60'000; ++i) {
      Object* const made = m.allocate(0, 96);
      m.store(array, slots / 2 + i % (slots / 2), made);
    }
  }
  heap.stop();
  CHECK(heap.oracle()->statistics().lost_objects == 0);
  CHECK(heap.oracle()->statistics().cycles_checked >= 3);
}

TEST_CASE("a barrier that rescans its source loses nothing", "[soundness]") {
  const auto collector = each_collector_beside_mutators();
  CollectedHeapOptions options = verified(collector, RescanSource::traits);
  options.collection.allocation = GENERATE(AllocationColour::black, AllocationColour::white);
  if (refuses(options, RescanSource::traits)) return;
  CAPTURE(collector, options.collection.allocation);
  const RandomRun outcome = run_random_mutators<RescanSource>(options, 2, 40'000, 29);
  CHECK(outcome.failure == "");
  CHECK(outcome.verification.cycles_checked >= 3);
}

// No mutator reads freed memory here: the oracle looks at each termination, before anything is
// freed, and at the first lost object no cycle goes on, so that nothing is freed any more.
TEST_CASE("the oracle sees what an unsound pair loses, with a path to it", "[soundness]") {
  const auto collector = each_collector_beside_mutators();
  const bool white_yuasa = GENERATE(false, true);
  CollectedHeapOptions options = verified(collector, None::traits);
  options.verify = false;
  options.unsound = true;
  options.collection.allocation = white_yuasa ? AllocationColour::white : AllocationColour::black;
  if (!unverifiable_because(*find_collector(collector), Yuasa::traits,
                            options.collection.allocation)
           .empty()) {
    CHECK_THROWS_AS(CollectedHeap(options, Yuasa::traits), ConfigurationError);
    return;
  }
  options.heap.hole_piece_bytes = 1024;
  options.collection.quantum_slots = 64;
  CAPTURE(collector, white_yuasa);
  std::string failure;
  for (std::uint64_t seed = 1; seed < 1000 && failure.empty(); ++seed) {
    failure = (white_yuasa ? run_random_mutators<Yuasa>(options, 2, 20'000, seed)
                           : run_random_mutators<None>(options, 2, 20'000, seed))
                  .failure;
  }
  CHECK_THAT(failure, Catch::Matchers::Contains("lost object at"));
  CHECK_THAT(failure, Catch::Matchers::Contains("path: "));
  CHECK_THAT(failure, Catch::Matchers::Contains("last events:\n"));
  CHECK_THAT(failure, !Catch::Matchers::Contains("last events:\n    none"));
  CHECK_THAT(failure, Catch::Matchers::Contains(white_yuasa ? "barrier: yuasa" : "barrier: none"));
}

TEST_CASE("a failure on the collector's thread reaches mutators in any cycle", "[soundness]") {
  const unsigned cycles_before = GENERATE(0u, 3u);
  CollectedHeapOptions options = verified("concurrent", Yuasa::traits);
  // What is written below must not race with a sweep.
  options.collection.sweep = SweepMode::eager;
  CollectedHeap heap(options, Yuasa::traits);
  {
    Mutator<Yuasa> m(heap);
    const Root kept(m, m.allocate(0, 64));
    for (unsigned cycle = 0; cycle < cycles_before; ++cycle) heap.collect(m);
    // The oracle hears that it was freed. What the oracle writes over it is put right.
    auto* const bytes = reinterpret_cast<std::byte*>(kept.get());
    const std::vector<std::byte> whole(bytes, bytes + kept.get()->bytes());
    heap.heap().observer()->freed(kept.get(), whole.size());
    std::ranges::copy(whole, bytes);
    CHECK_THROWS_AS(heap.collect(m), InvariantViolated);
  }
  std::string failure;
  stop_heap(heap, failure);
}

TEST_CASE("a failure beside mutators reaches them in any cycle", "[soundness]") {
  const std::uint64_t failing = GENERATE(1u, 4u);
  FailsAtMarking listener(failing);
  CollectedHeap heap(verified("concurrent", Yuasa::traits), Yuasa::traits, &listener);
  {
    Mutator<Yuasa> m(heap);
    for (std::uint64_t cycle = 1; cycle < failing; ++cycle) heap.collect(m);
    CHECK_THROWS_AS(heap.collect(m), std::length_error);
    CHECK_THROWS_AS(heap.collect(m), std::length_error);
  }
  std::string failure;
  stop_heap(heap, failure);
}

TEST_CASE("an unsound pair is refused with its reason", "[soundness]") {
  CollectedHeapOptions options = verified("concurrent", None::traits);
  CHECK_THROWS_WITH(CollectedHeap(options, None::traits),
                    Catch::Matchers::Contains("keeps no invariant"));
  options.collection.allocation = AllocationColour::white;
  CHECK_THROWS_WITH(CollectedHeap(options, Yuasa::traits),
                    Catch::Matchers::Contains("white allocation"));
  CHECK_NOTHROW(CollectedHeap(options, Dijkstra::traits));
  options.collector = "stop_the_world";
  CHECK_NOTHROW(CollectedHeap(options, None::traits));
  options.collector = "stop-the-moon";
  CHECK_THROWS_WITH(
      CollectedHeap(options, None::traits),
      Catch::Matchers::Contains("there are: stop_the_world, incremental, concurrent"));
}
