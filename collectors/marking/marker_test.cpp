// The markers: whatever the number of threads, the capacities and the way of asking, every
// reachable object is marked exactly once and no other.
#include "collectors/marking/marker.hpp"

#include <array>
#include <atomic>
#include <random>
#include <thread>
#include <unordered_set>
#include <vector>

#include "barriers/none.hpp"
#include "collectors/marking/assist.hpp"
#include "collectors/marking/registry.hpp"
#include "core/mutator/context_of.hpp"
#include "tools/testing/bench_heap.hpp"
#include "tools/testing/catch.hpp"
#include "tools/testing/each_listed.hpp"

namespace tricolour {
namespace {

/// A heap with one mutator and no collector: the test does what a cycle does in its first stop.
class MarkedHeap {
 public:
  MarkedHeap(std::size_t bytes, std::uint32_t packet_capacity)
      : heap({.bytes = bytes,
              .packet_capacity = packet_capacity,
              .huge_pages = false,
              .strict_references = false}) {
    heap.attach(hooks_, nullptr);
    mutator.emplace(heap);
    context_of(*mutator).adopt(heap.phase());
  }

  void begin_cycle(Marker& marker, BlackMeans means = BlackMeans::marked, bool marking = false) {
    bench::change_phase(heap, [=](PhaseState& phase) {
      ++phase.cycle;
      phase.sense = phase.sense.flipped();
      phase.black_means = means;
      phase.marking = marking;
      phase.tracing = true;
    });
    context_of(*mutator).adopt(heap.phase());
    marker.begin_cycle(heap.phase());
    for (Object* const root : context_of(*mutator).roots.handles()) grey(root);
  }
  /// Before `begin_cycle`, in place of a sweep, which would free what the last cycle left white.
  void paint_white(const std::vector<Object*>& objects) {
    for (Object* const object : objects) {
      ColourByte* const byte = heap.metadata.byte_of(object);
      *byte = with_state(*byte, heap.phase().sense.black);
    }
  }
  void grey(Object* object) {
    if (object == nullptr) return;
    if (heap.metadata.try_shade(object, heap.phase().sense.white(), heap.phase().shaded_state()))
      heap.grey_set.pour(GreyItem(object));
  }
  bool is_black(const Object* object) const {
    return state_of(heap.metadata.load_relaxed(object)) == heap.phase().sense.black;
  }
  bool is_white(const Object* object) const {
    return state_of(heap.metadata.load_relaxed(object)) == heap.phase().sense.white();
  }

 private:
  bench::NoCollection hooks_;

 public:
  Heap heap;
  std::optional<Mutator<None>> mutator;
};

struct Reachable {
  std::unordered_set<const Object*> objects;
  std::uint64_t bytes = 0;
  std::uint64_t slots = 0;

  void add_from(const Object* root) {
    std::vector<const Object*> open;
    const auto visit = [&](const Object* object) {
      if (object == nullptr || !objects.insert(object).second) return;
      bytes += object->bytes();
      slots += object->slot_count();
      open.push_back(object);
    };
    for (visit(root); !open.empty();) {
      const Object* const object = open.back();
      open.pop_back();
      for (std::size_t i = 0; i < object->slot_count(); ++i) visit(object->slot(i).load());
    }
  }
};

/// Random objects, a list and a long array; part of it is reached from `root`, the rest is not.
struct Tangle {
  Tangle(Mutator<None>& mutator, std::size_t count, std::uint32_t array_slots) : root(mutator) {
    std::mt19937_64 random(7);
    for (std::size_t i = 0; i < count; ++i) {
      objects.push_back(
          mutator.allocate(static_cast<std::uint32_t>(random() % 5), 8 * (random() % 5)));
    }
    for (std::size_t i = 0; i < count; ++i) {
      // Objects refer to their own half only, and mostly to near ones, so that the graph is deep as
      // well.
      const std::size_t half = i < count / 2 ? 0 : count / 2;
      for (std::size_t slot = 0; slot < objects[i]->slot_count(); ++slot) {
        const std::size_t target = random() % 4 == 0
                                       ? half + random() % (count / 2)
                                       : std::min(i + random() % 8, half + count / 2 - 1);
        if (random() % 8 != 0) mutator.store(objects[i], slot, objects[target]);
      }
    }
    root = mutator.allocate(array_slots, 0);
    for (std::size_t slot = 0; slot < array_slots; slot += 50)
      mutator.store(root, slot, objects[random() % (count / 2)]);
    mutator.store(root, array_slots - 1, objects[0]);
    objects.push_back(root);
    reachable.add_from(root);
  }
  Root root;
  std::vector<Object*> objects;
  Reachable reachable;
};

/// How many objects have the wrong colour.
std::size_t wrong(const MarkedHeap& heap, const Tangle& tangle) {
  std::size_t count = 0;
  for (const Object* const object : tangle.objects) {
    const bool right =
        tangle.reachable.objects.contains(object) ? heap.is_black(object) : heap.is_white(object);
    count += right ? 0 : 1;
  }
  return count;
}

std::uint64_t counter(const Marker& marker, std::string_view name) {
  for (const Marker::Counter& one : marker.counters()) {
    if (one.name == name) return one.value;
  }
  return 0;
}

constexpr std::uint32_t long_array = most_whole_slots + chunk_slots + 17;
constexpr std::size_t small_heap = std::size_t{1}
                                   << 20;  // so small that packets of two items can be numbered

enum class Way { stopped, concurrently, in_quanta };

void mark(Marker& marker, Way way) {
  switch (way) {
    case Way::stopped:
      return marker.mark_stopped();
    case Way::concurrently:
      return marker.mark_concurrently();
    case Way::in_quanta:
      while (!marker.mark_quantum(300)) {
      }
  }
}

TEST_CASE("every reachable object is marked once and no other", "[marker]") {
  const MarkerInfo& info = each_marker();
  const unsigned threads = GENERATE(1u, 2u, 3u, 4u);
  const std::uint32_t packet_capacity = GENERATE(2u, 256u);
  const std::uint32_t deque_capacity = GENERATE(2u, 8192u);
  CAPTURE(info.name, threads, packet_capacity, deque_capacity);
  MarkedHeap heap(small_heap, packet_capacity);
  REQUIRE(heap.heap.grey_set.capacity() == packet_capacity);
  const Tangle tangle(*heap.mutator, 8000, long_array);
  const std::size_t count = tangle.reachable.objects.size();
  REQUIRE(count > 2000);
  const auto marker = info.make(heap.heap, {.stopped_threads = threads,
                                            .concurrent_threads = threads,
                                            .deque_capacity = deque_capacity});
  for (const BlackMeans means : {BlackMeans::marked, BlackMeans::started, BlackMeans::completed}) {
    for (const Way way : {Way::stopped, Way::concurrently, Way::in_quanta, Way::concurrently}) {
      CAPTURE(static_cast<int>(means), static_cast<int>(way));
      heap.paint_white(tangle.objects);
      heap.begin_cycle(*marker, means);
      mark(*marker, way);
      CHECK(heap.heap.grey_set.empty());
      CHECK(wrong(heap, tangle) == 0);
      CHECK(marker->marked_objects() == count);
      CHECK(marker->marked_bytes() == tangle.reachable.bytes);
    }
  }
  if (info.name == "stealing" && deque_capacity == 2) {
    CHECK(counter(*marker, "deque_overflows") > 0);
    CHECK(counter(*marker, "spilled_items") > 0);
    CHECK(counter(*marker, "packets_taken") > 0);
    if (packet_capacity == 2) CHECK(counter(*marker, "packets_published") > 0);
  }
}

TEST_CASE("a quantum is bounded and an array is marked in pieces", "[marker]") {
  const MarkerInfo& info = each_marker();
  const std::size_t slots = GENERATE(1u, 100u, 5000u);
  MarkedHeap heap(small_heap * 4, 256);
  const Tangle tangle(*heap.mutator, 4000, 20 * chunk_slots);
  const auto marker = info.make(heap.heap, {});
  heap.begin_cycle(*marker);
  std::size_t quanta = 0;
  std::uint64_t most_objects = 0;
  for (bool drained = false; !drained; ++quanta) {
    const std::uint64_t before = marker->marked_objects();
    drained = marker->mark_quantum(slots);
    most_objects = std::max(most_objects, marker->marked_objects() - before);
  }
  const std::uint64_t work = tangle.reachable.slots + tangle.reachable.objects.size();
  CHECK(quanta >= work / (slots + chunk_slots + 1));
  CHECK(most_objects <= slots + 1);  // every object counts as a slot at least
  CHECK(wrong(heap, tangle) == 0);
  CHECK(marker->marked_objects() == tangle.reachable.objects.size());
}

TEST_CASE("what a quantum leaves is finished by any other way", "[marker]") {
  const MarkerInfo& info = each_marker();
  const Way way = GENERATE(Way::stopped, Way::concurrently);
  MarkedHeap heap(small_heap, 256);
  const Tangle tangle(*heap.mutator, 8000, long_array);
  const auto marker = info.make(heap.heap, {.stopped_threads = 2, .concurrent_threads = 2});
  heap.begin_cycle(*marker);
  REQUIRE_FALSE(marker->mark_quantum(500));
  mark(*marker, way);
  CHECK(wrong(heap, tangle) == 0);
  CHECK(marker->marked_objects() == tangle.reachable.objects.size());
}

TEST_CASE("a chunk that was made grey again is scanned again, and it alone", "[marker]") {
  const MarkerInfo& info = each_marker();
  MarkedHeap heap(small_heap, 256);
  const Tangle tangle(*heap.mutator, 2000, long_array);
  const auto marker = info.make(heap.heap, {});
  heap.begin_cycle(*marker, BlackMeans::started);
  marker->mark_stopped();
  const std::uint64_t marked = marker->marked_objects();
  Object* const in_chunk = tangle.objects[1000];  // of the half that nothing reaches
  Object* const elsewhere = tangle.objects[1999];
  REQUIRE(heap.is_white(in_chunk));
  Object* const array = tangle.root;
  heap.mutator->store(array, chunk_slots + 3, in_chunk);
  heap.mutator->store(array, 3, elsewhere);
  ColourByte* const byte = heap.heap.metadata.byte_of_chunk(array, 1);
  *byte = with_state(*byte, grey_state);
  heap.heap.grey_set.pour(GreyItem(array, 1, Extent::chunk));
  marker->mark_stopped();
  CHECK(heap.is_black(in_chunk));
  CHECK(state_of(*byte) == heap.heap.phase().sense.black);
  Reachable added;
  added.add_from(in_chunk);
  CHECK(heap.is_black(elsewhere) == added.objects.contains(elsewhere));
  CHECK(marker->marked_objects() == marked + added.objects.size());
}

TEST_CASE("mutators that assist and shade beside the markers lose nothing", "[marker][race]") {
  const MarkerInfo& info = each_marker();
  const unsigned threads = GENERATE(1u, 2u);
  CAPTURE(info.name, threads);
  MarkedHeap heap(small_heap * 8, 16);
  Tangle tangle(*heap.mutator, 60'000, long_array);
  const auto marker = info.make(heap.heap, {.concurrent_threads = threads, .deque_capacity = 16});
  // A part of the half that nothing reaches is shaded by the mutator while the markers run.
  std::vector<Object*> shaded;
  for (std::size_t i = tangle.objects.size() / 2; i + 1 < tangle.objects.size(); i += 100)
    shaded.push_back(tangle.objects[i]);
  for (Object* const object : shaded) tangle.reachable.add_from(object);
  for (int cycle = 0; cycle < 10; ++cycle) {
    heap.paint_white(tangle.objects);
    heap.begin_cycle(*marker,
                     std::array{BlackMeans::marked, BlackMeans::started,
                                BlackMeans::completed}[static_cast<std::size_t>(cycle % 3)],
                     true);
    std::atomic<bool> flushed{false};
    std::thread leader([&] {
      for (bool last = false; !last;) {
        last = flushed.load();
        marker->mark_concurrently();
      }
    });
    for (Object* const object : shaded) {
      context_of(*heap.mutator).shade(object);
      marker->assist(200);
    }
    context_of(*heap.mutator).flush_shade_buffer();
    flushed.store(true);
    leader.join();
    CHECK(heap.heap.grey_set.empty());
    CHECK(wrong(heap, tangle) == 0);
    CHECK(marker->marked_objects() == tangle.reachable.objects.size());
    CHECK(marker->marked_bytes() == tangle.reachable.bytes);
  }
}

Object* tree(Mutator<None>& mutator, int depth) {
  Root node(mutator, mutator.allocate(2, 8));
  for (std::size_t child = 0; depth > 0 && child < 2; ++child)
    mutator.store(node, child, tree(mutator, depth - 1));
  return node;
}

TEST_CASE("workers steal, and a helper's time is counted", "[marker][race]") {
  MarkedHeap heap(std::size_t{32} << 20, 256);
  const Root root(*heap.mutator, tree(*heap.mutator, 17));
  const auto marker =
      find_marker("stealing")->make(heap.heap, {.stopped_threads = 3, .concurrent_threads = 2});
  for (int cycle = 0; cycle < 1000 && counter(*marker, "steals") == 0; ++cycle) {
    heap.begin_cycle(*marker);
    mark(*marker, cycle % 2 == 0 ? Way::stopped : Way::concurrently);
    REQUIRE(marker->marked_objects() == (std::uint64_t{1} << 18) - 1);
  }
  CHECK(counter(*marker, "steals") > 0);
  CHECK(marker->own_cpu_ns() > 0);
}

TEST_CASE("assists that are worth it mark everything", "[marker][assist]") {
  const MarkerInfo& info = each_marker();
  CAPTURE(info.name);
  MarkedHeap heap(small_heap, 16);
  const Tangle tangle(*heap.mutator, 500, 100);
  const auto marker = info.make(heap.heap, {});
  heap.begin_cycle(*marker);
  CHECK(marker->worth_an_assist());
  while (marker->worth_an_assist()) marker->assist(200);
  CHECK(marker->drained());
  CHECK(wrong(heap, tangle) == 0);
}

TEST_CASE("an assist that empties the grey set is not overlooked", "[marker][assist]") {
  MarkedHeap heap(small_heap, 2);
  const Tangle tangle(*heap.mutator, 500, 100);
  const auto marker = find_marker("serial")->make(heap.heap, {});
  heap.begin_cycle(*marker);
  Assists assists(heap.heap);
  CHECK_FALSE(assists.none_while([&] {
    assists.assist(heap.heap.phase(), 16,
                   1);  // takes what was left just before the look, and pours afterwards
    return true;
  }));
  CHECK(assists.none_while([] { return true; }));
  CHECK_FALSE(assists.none_while([] { return false; }));
}

}  // namespace
}  // namespace tricolour
