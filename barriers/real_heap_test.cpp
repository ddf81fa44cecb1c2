// Every barrier on a real heap: stores, exchanges, failed exchanges and bulk operations through the
// real mutator, while it is marking.
//
// Purpose: the conformance suite runs a barrier in a model; here the same source runs in `Mutator`,
// so that its environment (colours, shading, regreying) and its callers (exchange,
// compare_exchange, clear_range, copy_range, globals) are checked too.
//
// Invariant: everything made before `start_marking` is white afterwards; no collector runs, so
// colours change only by barriers.
#include <algorithm>
#include <optional>
#include <vector>

#include "barriers/all.hpp"
#include "tools/examples/rescan_source.hpp"
#include "tools/testing/bench_heap.hpp"
#include "tools/testing/catch.hpp"

namespace tricolour {
namespace {

constexpr std::uint32_t several_chunks = most_whole_slots + 2 * chunk_slots;

/// True when the heap's side table was never written to.
bool all_zero(const Heap& heap) {
  return std::all_of(heap.side_table(), heap.side_table() + heap.side_table_bytes(),
                     [](std::byte byte) { return byte == std::byte{0}; });
}

/// One mutator under barrier B and a source whose slots 0 and 1 refer to `old_value`; `spare` is
/// what gets stored.
template <Barrier B>
class MarkingHeap {
 public:
  explicit MarkingHeap(std::uint32_t source_slots = 4)
      : bench_(std::size_t{8} << 20, BarrierArm::live, B::traits.side_table) {
    {
      Mutator<B> builder(bench_.heap);
      const Root kept{builder, builder.allocate(source_slots, 0)};
      const Root old{builder, builder.allocate(0, 8)};
      const Root other{builder, builder.allocate(0, 8)};
      builder.store(kept, 0, old);
      builder.store(kept, source_slots - 1, old);
      source = kept;
      old_value = old;
      spare = other;
    }
    bench::change_phase(bench_.heap, [](PhaseState& phase) {
      phase.sense = phase.sense.flipped();
      phase.black_means = B::traits.black_means;
      phase.marking = true;
      phase.roots_scanned = !B::traits.rescans_roots();
    });
    mutator.emplace(bench_.heap);
  }

  Heap& heap() { return bench_.heap; }
  ColourByte state(Object* object, std::size_t slot = 0) const {
    return state_of(*(object == source
                          ? bench_.heap.metadata.byte_of_slot(object, object->slot(slot))
                          : bench_.heap.metadata.byte_of(object)));
  }
  bool is_white(Object* object) const { return state(object) == bench_.heap.phase().sense.white(); }
  void blacken_source(std::size_t slot = 0) {
    ColourByte* const byte = bench_.heap.metadata.byte_of_slot(source, source->slot(slot));
    *byte = with_state(*byte, bench_.heap.phase().sense.black);
  }
  void grey_source() {
    ColourByte* const byte = bench_.heap.metadata.byte_of(source);
    *byte = with_state(*byte, bench_.heap.phase().shaded_state());
  }
  bool source_is_black(std::size_t slot = 0) const {
    return state(source, slot) == bench_.heap.phase().sense.black;
  }
  bool card_is_dirty(std::size_t slot) const {
    return B::traits.side_table == SideTable::cards &&
           bench_.heap.cards.card_of(&source->slot(slot)).load() == Card::dirty;
  }
  bool shaded_nothing() const {
    return context_of(*mutator).shade_buffer_empty() && is_white(old_value) && is_white(spare);
  }

  /// What `old_value` left and `spare` entered: does the barrier's invariant hold?
  void check_invariant(std::size_t slot = 0) const {
    const bool was_read = B::traits.black_means == BlackMeans::completed &&
                          source_is_black(slot);  // by the marker, into the grey set
    if (B::traits.invariant == Invariant::weak) CHECK(is_white(old_value) == was_read);
    // Under a read barrier a mutator holds nothing white; the `spare` of these tests did not come
    // through it.
    if (B::traits.invariant == Invariant::strong && !B::traits.guards_loads) {
      CHECK((!is_white(spare) || !source_is_black(slot) || card_is_dirty(slot)));
    }
    if (B::traits.invariant == Invariant::none) CHECK(shaded_nothing());
  }

 private:
  bench::BenchHeap<bench::NoCollection> bench_;

 public:
  std::optional<Mutator<B>> mutator;
  Object* source = nullptr;
  Object* old_value = nullptr;
  Object* spare = nullptr;
};

}  // namespace

TEMPLATE_LIST_TEST_CASE("a store keeps the invariant", "[barriers]", AllBarriers) {
  MarkingHeap<TestType> heap;
  heap.blacken_source();
  heap.mutator->store(heap.source, 0, heap.spare);
  CHECK(heap.mutator->load(heap.source, 0) == heap.spare);
  heap.check_invariant();
}

TEMPLATE_LIST_TEST_CASE("a null store keeps the invariant", "[barriers]", AllBarriers) {
  MarkingHeap<TestType> heap;
  heap.mutator->store(heap.source, 0, nullptr);
  CHECK(heap.mutator->load(heap.source, 0) == nullptr);
  heap.check_invariant();
}

TEMPLATE_LIST_TEST_CASE("an exchange is a store", "[barriers]", AllBarriers) {
  MarkingHeap<TestType> heap;
  heap.blacken_source();
  CHECK(heap.mutator->exchange(heap.source, 0, heap.spare) == heap.old_value);
  CHECK(heap.mutator->load(heap.source, 0) == heap.spare);
  heap.check_invariant();
}

TEMPLATE_LIST_TEST_CASE("a compare-exchange is a store", "[barriers]", AllBarriers) {
  MarkingHeap<TestType> heap;
  heap.blacken_source();
  CHECK(heap.mutator->compare_exchange(heap.source, 0, heap.old_value, heap.spare));
  CHECK(heap.mutator->load(heap.source, 0) == heap.spare);
  heap.check_invariant();
}

TEMPLATE_LIST_TEST_CASE("a compare-exchange that fails shades nothing", "[barriers]", AllBarriers) {
  MarkingHeap<TestType> heap;
  heap.blacken_source();
  CHECK_FALSE(heap.mutator->compare_exchange(heap.source, 0, heap.spare, heap.spare));
  CHECK(heap.mutator->load(heap.source, 0) == heap.old_value);
  CHECK(heap.shaded_nothing());
  CHECK(heap.source_is_black());
}

TEMPLATE_LIST_TEST_CASE(
    "what is read out of a grey object is not white under a read barrier, and out of a black one "
    "is left alone",
    "[barriers]", AllBarriers) {
  constexpr std::uint32_t slots = several_chunks;
  const std::size_t slot = GENERATE(std::size_t{0}, std::size_t{slots - 1});
  const int way = GENERATE(0, 1, 2);
  const bool black = GENERATE(false, true);
  CAPTURE(slot, way, black);
  MarkingHeap<TestType> heap(slots);
  heap.grey_source();
  if (black) heap.blacken_source(slot);
  const Root rooted{*heap.mutator, heap.source};
  switch (way) {
    case 0:
      CHECK(heap.mutator->load(heap.source, slot) == heap.old_value);
      break;
    case 1:
      CHECK(heap.mutator->exchange(heap.source, slot, heap.source) == heap.old_value);
      break;
    default:
      heap.mutator->copy_range(rooted, slot, rooted, 1, 1);
  }
  if (TestType::traits.guards_loads) CHECK(heap.is_white(heap.old_value) == black);
  if (!TestType::traits.guards_loads && way == 0) CHECK(heap.shaded_nothing());
}

TEMPLATE_LIST_TEST_CASE("clearing and copying ranges are stores", "[barriers]", AllBarriers) {
  constexpr std::uint32_t slots = 2000;  // several chunks of a bulk operation
  SECTION("clear_range") {
    MarkingHeap<TestType> heap(slots);
    const Root target{*heap.mutator, heap.source};
    heap.mutator->clear_range(target, 1, slots - 1);
    CHECK(heap.mutator->load(heap.source, slots - 1) == nullptr);
    CHECK(heap.mutator->load(heap.source, 0) == heap.old_value);
    heap.check_invariant();
  }
  SECTION("copy_range, overlapping") {
    MarkingHeap<TestType> heap(slots);
    const Root target{*heap.mutator, heap.source};
    heap.mutator->copy_range(target, 0, target, 1, slots - 1);
    CHECK(heap.mutator->load(heap.source, 1) == heap.old_value);
    CHECK(heap.mutator->load(heap.source, slots - 1) == nullptr);
    heap.check_invariant();
  }
}

TEMPLATE_LIST_TEST_CASE("the last chunk of a long array has a colour of its own", "[barriers]",
                        AllBarriers) {
  constexpr std::uint32_t slots = several_chunks;
  MarkingHeap<TestType> heap(slots);
  heap.blacken_source(slots - 1);
  SECTION("a store into it") {
    heap.mutator->store(heap.source, slots - 1, heap.spare);
    heap.check_invariant(slots - 1);
    CHECK(heap.state(heap.source, 0) != heap.state(heap.source, slots - 1));
  }
  SECTION("a store into the first") {
    heap.mutator->store(heap.source, 0, heap.spare);
    heap.check_invariant(0);
  }
}

TEMPLATE_LIST_TEST_CASE("a barrier does nothing but store when nothing is marked", "[barriers]",
                        AllBarriers) {
  bench::BenchHeap<bench::NoCollection> bench(std::size_t{1} << 20, BarrierArm::live,
                                              TestType::traits.side_table);
  Mutator<TestType> m(bench.heap);
  const Root source{m, m.allocate(2, 0)};
  m.store(source, 0, source);
  m.store(source, 0, nullptr);
  m.exchange(source, 1, source);
  CHECK(context_of(m).shade_buffer_empty());
  CHECK(all_zero(bench.heap));
}

TEMPLATE_LIST_TEST_CASE("only the first store to a slot is logged, and it alone shades",
                        "[barriers]", AllBarriers) {
  if (TestType::traits.side_table != SideTable::log_bits) return;
  MarkingHeap<TestType> heap;
  heap.mutator->store(heap.source, 0, heap.spare);
  CHECK_FALSE(heap.is_white(heap.old_value));
  heap.mutator->store(heap.source, 0, nullptr);
  CHECK(heap.is_white(heap.spare));
  heap.mutator->store(heap.source, 1, heap.spare);
  heap.mutator->store(heap.source, 2, heap.spare);
  heap.mutator->store(heap.source, 2, nullptr);
  CHECK(heap.is_white(heap.spare));  // never in a slot that was not logged before
  CHECK_FALSE(all_zero(heap.heap()));
  LogBits::clear(heap.heap().side_table(), heap.heap().side_table_bytes());
  CHECK(all_zero(heap.heap()));
  heap.mutator->store(heap.source, 1, nullptr);
  CHECK_FALSE(heap.is_white(heap.spare));
}

TEMPLATE_LIST_TEST_CASE("a heap without the barrier's side table is refused", "[barriers]",
                        AllBarriers) {
  bench::BenchHeap<bench::NoCollection> bench(std::size_t{1} << 20);
  CHECK(bench.heap.side_table_bytes() == 0);
  if (TestType::traits.side_table == SideTable::none) {
    CHECK_NOTHROW(Mutator<TestType>(bench.heap));
  } else {
    CHECK_THROWS_AS(Mutator<TestType>(bench.heap), ConfigurationError);
  }
}

TEMPLATE_LIST_TEST_CASE("the arms of the barrier-cost benchmark are what they say", "[barriers]",
                        AllBarriers) {
  const auto buffer_after_stores = [](BarrierArm arm) {
    bench::BenchHeap<bench::NoCollection> bench(std::size_t{1} << 20, arm,
                                                TestType::traits.side_table);
    Mutator<TestType> m(bench.heap);
    const Root source{m, m.allocate(2, 0)};
    m.store(source, 0, source);
    m.store(source, 0, source);
    m.load(source, 0);
    const bool empty = context_of(m).shade_buffer_empty();
    context_of(m).flush_shade_buffer();
    CHECK(bench.heap.grey_set.empty());
    return empty;
  };
  CHECK(buffer_after_stores(BarrierArm::filtered));
  const bool shades =
      TestType::traits.keeps_an_invariant() && TestType::traits.side_table != SideTable::cards;
  CHECK(buffer_after_stores(BarrierArm::full) == !shades);
}

TEST_CASE("the slots that a barrier visits are those that share a colour", "[barriers]") {
  const auto slots =
      GENERATE(1u, 4u, chunk_slots + 1, most_whole_slots, most_whole_slots + 1, several_chunks + 5);
  MarkingHeap<RescanSource> heap(slots);
  const SideMetadata& metadata = heap.heap().metadata;
  for (const std::size_t slot : {0u, slots / 2, slots - 1}) {
    CAPTURE(slots, slot);
    std::vector<Slot*> visited;
    context_of(*heap.mutator).for_each_slot(heap.source, heap.source->slot(slot), [&](Slot& each) {
      visited.push_back(&each);
    });
    std::vector<Slot*> coloured_alike;
    const ColourByte* const colour = metadata.byte_of_slot(heap.source, heap.source->slot(slot));
    for (std::size_t i = 0; i < slots; ++i) {
      Slot& each = heap.source->slot(i);
      if (metadata.byte_of_slot(heap.source, each) == colour) coloured_alike.push_back(&each);
    }
    CHECK(visited == coloured_alike);
    CHECK(visited.size() <= (slots > most_whole_slots ? chunk_slots : most_whole_slots));
  }
}

TEST_CASE("a barrier that rescans its source shades what the slot's chunk holds", "[barriers]") {
  constexpr std::uint32_t slots = several_chunks;
  MarkingHeap<RescanSource> heap(slots);
  SECTION("not the other chunks") {
    heap.blacken_source(chunk_slots);
    heap.mutator->store(heap.source, chunk_slots, heap.spare);
    CHECK_FALSE(heap.is_white(heap.spare));
    CHECK(heap.is_white(heap.old_value));
  }
  SECTION("all of it") {
    heap.blacken_source(slots - 1);
    heap.mutator->store(heap.source, slots - chunk_slots, heap.spare);
    CHECK_FALSE(heap.is_white(heap.spare));
    CHECK_FALSE(heap.is_white(heap.old_value));
  }
}

TEMPLATE_TEST_CASE(
    "a slot that is scanned again at once has what it holds shaded, until the next cycle",
    "[barriers]", Steele, BoehmCards) {
  constexpr std::uint32_t slots = several_chunks;
  const std::size_t slot = GENERATE(std::size_t{0}, std::size_t{slots - 1});
  CAPTURE(slot);
  MarkingHeap<TestType> heap(slots);
  heap.blacken_source(slot);
  context_of(*heap.mutator).rescan_at_once();
  heap.mutator->store(heap.source, slot, heap.spare);
  CHECK_FALSE(heap.is_white(heap.spare));
  CHECK(heap.is_white(heap.old_value));
  CHECK(heap.source_is_black(slot));
  CHECK_FALSE(heap.card_is_dirty(slot));
  context_of(*heap.mutator).adopt(heap.heap().phase());
  heap.mutator->store(heap.source, slot, heap.old_value);
  CHECK(heap.is_white(heap.old_value));
  CHECK((!heap.source_is_black(slot) || heap.card_is_dirty(slot)));
}

TEST_CASE("a mutator that makes much grey again scans at once, until the next cycle",
          "[barriers]") {
  constexpr std::size_t chunks = 262;
  MarkingHeap<Steele> heap(chunks * chunk_slots);
  std::size_t regreyed = 0;
  for (; regreyed < chunks && !context_of(*heap.mutator).phase().rescans_at_once; ++regreyed) {
    const std::size_t slot = regreyed * chunk_slots;
    heap.blacken_source(slot);
    heap.mutator->store(heap.source, slot, heap.spare);
    CHECK_FALSE(heap.source_is_black(slot));
    CHECK(heap.is_white(heap.spare));
  }
  REQUIRE(regreyed == 256);
  const std::size_t next = regreyed * chunk_slots;
  heap.blacken_source(next);
  heap.mutator->store(heap.source, next, heap.spare);
  CHECK(heap.source_is_black(next));
  CHECK_FALSE(heap.is_white(heap.spare));
  bench::change_phase(heap.heap(), [](PhaseState& phase) { ++phase.cycle; });
  context_of(*heap.mutator).adopt(heap.heap().phase());
  heap.mutator->store(heap.source, next, heap.old_value);
  CHECK_FALSE(heap.source_is_black(next));
}

}  // namespace tricolour
