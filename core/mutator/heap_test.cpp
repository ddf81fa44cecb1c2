// Allocation, holes, large objects, roots and bulk operations, on heaps that collect for real.
#include <atomic>
#include <cstring>
#include <deque>
#include <numeric>
#include <random>
#include <thread>

#include "barriers/hybrid.hpp"
#include "barriers/none.hpp"
#include "collectors/collected_heap.hpp"
#include "core/mutator/mutator.hpp"
#include "tools/testing/catch.hpp"
#include "tools/testing/each_listed.hpp"

using namespace tricolour;

namespace {
constexpr std::size_t mebibyte = std::size_t{1} << 20;

CollectedHeapOptions stopped_heap(std::size_t bytes, bool verify = true) {
  CollectedHeapOptions options;
  options.heap.bytes = bytes;
  options.collector = "stop_the_world";
  options.collection.marker = "serial";
  options.verify = verify;
  return options;
}

/// A list of `length` nodes that carry their index; safepoints.
void build_list(Mutator<None>& m, Root& head, std::size_t length) {
  head = nullptr;
  for (std::size_t i = 0; i < length; ++i) {
    Object* const node = m.allocate(1, sizeof(std::uint64_t));
    *node->payload<std::uint64_t>() = i;
    m.store(node, 0, head);
    head = node;
  }
}

/// What decides how mutators behave is changed by the holder of World::Exclusive alone.
template <class H>
concept ChangesWithoutRight = requires(H& heap) {
  heap.phase().marking = true;
}
|| requires(H& heap) { heap.phase_; }
|| requires(H& heap) { heap.turn_to_sweep(); }
|| requires(H& heap) { heap.open_sweep(0, 0); }
|| requires(H& heap) { heap.hole_piece_bytes().store(0); }
|| requires(H& heap) { heap.set_hole_piece_bytes(0); }
|| requires(H& heap) { heap.metadata = SideMetadata(); };
template <class H>
concept ChangesWithRight = requires(H& heap, const World::Exclusive& world) {
  heap.phase(world).marking = true;
  heap.turn_to_sweep(world);
  heap.open_sweep(world, 0, 0);
  heap.set_hole_piece_bytes(world, 0);
};
static_assert(!ChangesWithoutRight<Heap> && ChangesWithRight<Heap>);

std::uint64_t sum_list(Mutator<None>& m, Object* head) {
  std::uint64_t sum = 0;
  for (; head != nullptr; head = m.load(head, 0)) sum += *head->payload<std::uint64_t>();
  return sum;
}
}  // namespace

TEST_CASE("an object is aligned, zeroed and remembers its shape", "[heap]") {
  const bool verify = GENERATE(false, true);
  CollectedHeap heap(stopped_heap(4 * mebibyte, verify), None::traits);
  Mutator<None> m(heap);
  for (const std::size_t payload : {0u, 1u, 8u, 100u, 4000u, 9000u, 300000u}) {
    for (const std::uint32_t slots : {0u, 1u, 7u, 600u, 5000u}) {
      Root object(m, m.allocate(slots, payload));
      REQUIRE(reinterpret_cast<std::uintptr_t>(object.get()) % granule_bytes == 0);
      REQUIRE(object->slot_count() == slots);
      REQUIRE(object->bytes() == Object::size_for(slots, payload));
      bool all_null = true;
      for (std::uint32_t i = 0; i < slots; ++i) all_null = all_null && m.load(object, i) == nullptr;
      const auto* const bytes = object->payload<unsigned char>();
      REQUIRE(all_null);
      REQUIRE(std::accumulate(bytes, bytes + payload, 0u) == 0);
      std::memset(object->payload<unsigned char>(), 0xff,
                  payload);  // the next one must be zeroed again
    }
  }
}

TEST_CASE("who sees an object's start byte sees its header", "[heap][race]") {
  constexpr int objects = 300;  // in one hole
  CollectedHeap heap(stopped_heap(mebibyte, false), None::traits);
  Mutator<None> m(heap);
  const Object* const first = m.allocate(0, 32);
  const std::size_t bytes = first->bytes();
  std::atomic<int> seen{0};
  int without_header = 0;
  std::thread other([&] {
    const auto* at = reinterpret_cast<const std::byte*>(first);
    for (int i = 1; i <= objects; ++i) {
      at += bytes;
      const auto* const object = reinterpret_cast<const Object*>(at);
      while (heap.heap().metadata.load_acquire(object) == 0) std::this_thread::yield();
      without_header += object->bytes() != bytes;
      seen.store(i, std::memory_order_release);
    }
  });
  for (int i = 1; i <= objects; ++i) {
    m.allocate(0, 32);
    while (seen.load(std::memory_order_acquire) < i) std::this_thread::yield();
  }
  other.join();
  CHECK(without_header == 0);
}

TEST_CASE("memory is reused, zeroed, for far more than the heap holds", "[heap]") {
  CollectedHeap heap(stopped_heap(2 * mebibyte), None::traits);
  {
    Mutator<None> m(heap);
    Root kept(m);
    build_list(m, kept, 10'000);
    const std::uint64_t expected = sum_list(m, kept);
    std::minstd_rand random(7);
    bool clean = true;
    for (int i = 0; i < 40'000; ++i) {
      const std::size_t payload = 16 + random() % (i % 50 == 0 ? 60'000 : 600);
      Object* const garbage = m.allocate(2, payload);
      const auto* const bytes = garbage->payload<unsigned char>();
      clean = clean && bytes[0] == 0 && bytes[payload / 2] == 0 && bytes[payload - 1] == 0;
      std::memset(garbage->payload<unsigned char>(), 0xee, payload);
    }
    CHECK(clean);
    CHECK(sum_list(m, kept) == expected);
  }
  heap.stop();
  CHECK(heap.collector().statistics().cycles >= 3);
  CHECK(heap.oracle()->statistics().cycles_checked >= 3);
  CHECK(heap.oracle()->statistics().lost_objects == 0);
}

TEST_CASE("exhaustion is a typed error that says the sizes, and the heap stays usable", "[heap]") {
  const auto collector = each_collector();
  const auto sweep = GENERATE(SweepMode::lazy, SweepMode::eager);
  CollectedHeapOptions options = stopped_heap(2 * mebibyte);
  options.collector = collector;
  options.collection.sweep = sweep;
  CollectedHeap heap(options, Hybrid::traits);
  Mutator<Hybrid> m(heap);
  Root head(m);
  bool caught = false;
  try {
    for (;;) {
      Object* const node = m.allocate(1, 1000);
      m.store(node, 0, head);
      head = node;
    }
  } catch (const HeapExhausted& error) {
    caught = true;
    CHECK(error.heap_bytes == 2 * mebibyte);
    CHECK(error.request_bytes == Object::size_for(1, 1000));
    CHECK(error.live_bytes > mebibyte);
    CHECK(error.live_bytes <= 2 * mebibyte);
    CHECK(std::string(error.what()).find("heap exhausted") != std::string::npos);
  }
  REQUIRE(caught);
  CHECK_THROWS_AS(m.allocate(0, 64 * mebibyte), HeapExhausted);
  head = nullptr;
  for (int i = 0; i < 10'000; ++i) m.allocate(1, 1000);
  CHECK_THROWS_AS(m.allocate(max_slots + 1, 0), ConfigurationError);
}

TEST_CASE("large objects come and go, beside each other and beside small ones", "[heap]") {
  CollectedHeap heap(stopped_heap(8 * mebibyte), None::traits);
  Mutator<None> m(heap);
  Root table(m, m.allocate(16, 0));
  std::minstd_rand random(3);
  std::vector<std::size_t> sizes(16, 0);
  bool intact = true;
  for (int i = 0; i < 2000; ++i) {
    const std::size_t at = random() % 16;
    if (Object* const old = m.load(table, at)) {
      const auto* const bytes = old->payload<unsigned char>();
      intact = intact && bytes[0] == at && bytes[sizes[at] - 1] == at;
    }
    sizes[at] = 8 * 1024 + random() % (200 * 1024);
    Object* const object = m.allocate(0, sizes[at]);
    std::memset(object->payload<unsigned char>(), static_cast<int>(at), sizes[at]);
    m.store(table, at, object);
    m.allocate(3, 100);
  }
  CHECK(intact);
}

TEST_CASE("bulk copies behave as if through a temporary, bulk clears clear", "[heap]") {
  CollectedHeap heap(stopped_heap(4 * mebibyte), None::traits);
  Mutator<None> m(heap);
  constexpr std::size_t length = 2000;
  Root array(m, m.allocate(length, 0));
  std::vector<Object*> expected(length);
  for (std::size_t i = 0; i < length; ++i) {
    m.store(array, i, m.allocate(0, 8));
    expected[i] = m.load(array, i);
  }
  const auto matches = [&] {
    for (std::size_t i = 0; i < length; ++i) {
      if (m.load(array, i) != expected[i]) return false;
    }
    return true;
  };
  m.copy_range(array, 0, array, 100, 1500);
  std::memmove(&expected[100], &expected[0], 1500 * sizeof(Object*));
  CHECK(matches());
  m.copy_range(array, 300, array, 10, 1600);
  std::memmove(&expected[10], &expected[300], 1600 * sizeof(Object*));
  CHECK(matches());
  m.clear_range(array, 5, 1200);
  std::fill_n(&expected[5], 1200, nullptr);
  CHECK(matches());
  CHECK_FALSE(m.compare_exchange(array, 1999, nullptr, array));
  Object* const last = expected[1999];
  CHECK(m.compare_exchange(array, 1999, last, nullptr));
  CHECK(m.exchange(array, 1999, last) == nullptr);
}

TEST_CASE("several heaps live in one process and know nothing of each other", "[heap]") {
  std::vector<std::thread> threads;
  std::vector<std::uint64_t> sums(3);
  for (std::size_t i = 0; i < sums.size(); ++i) {
    threads.emplace_back([&, i] {
      CollectedHeap heap(stopped_heap((1 + i) * mebibyte), None::traits);
      Mutator<None> m(heap);
      Root list(m);
      build_list(m, list, 5000);
      for (int garbage = 0; garbage < 100'000; ++garbage) m.allocate(1, 40);
      sums[i] = sum_list(m, list);
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::uint64_t sum : sums) CHECK(sum == 5000ull * 4999 / 2);
}

TEST_CASE("a small heap has as many mutators as the program makes, and collects under them",
          "[heap]") {
  const auto collector = each_collector();
  CollectedHeapOptions options = stopped_heap(mebibyte);
  options.collector = collector;
  CollectedHeap heap(options, Hybrid::traits);
  {
    Mutator<Hybrid> m(heap);
    const Root argument(m, m.allocate(1, 8));
    std::deque<Child<Hybrid>> children;
    for (int i = 0; i < 1400; ++i) {
      children.emplace_back(m, std::initializer_list<const Root*>{&argument});
      if (i % 100 == 0) heap.collect(m);
    }
    for (int i = 0; i < 20'000; ++i) m.store(argument, 0, m.allocate(1, 64));
    CHECK(children.back().argument(0) == argument.get());
  }
  heap.stop();
  CHECK(heap.oracle()->statistics().lost_objects == 0);
}

TEST_CASE("globals are roots", "[heap]") {
  CollectedHeap heap(stopped_heap(2 * mebibyte), None::traits);
  Mutator<None> m(heap);
  m.make_globals(4);
  {
    Root list(m);
    build_list(m, list, 1000);
    m.store(m.globals(), 2, list);
  }
  for (int i = 0; i < 100'000; ++i) m.allocate(1, 40);
  CHECK(sum_list(m, m.load(m.globals(), 2)) == 1000ull * 999 / 2);
}

TEST_CASE("a heap smaller than a block is refused, and a hole for an array of chunks", "[heap]") {
  CHECK_THROWS_AS(Heap(HeapOptions{.bytes = 1000}), ConfigurationError);
  CHECK_THROWS_AS(Heap(HeapOptions{.bytes = std::size_t{1} << 20, .hole_piece_bytes = 64 * 1024}),
                  ConfigurationError);
}

#if defined(TRICOLOUR_ASAN)
TEST_CASE("a stale read of freed heap memory is visible to AddressSanitizer", "[heap]") {
  CollectedHeap heap(stopped_heap(2 * mebibyte, false), None::traits);
  Mutator<None> m(heap);
  Object* const stale = m.allocate(1, 200);
  const char* const inside = stale->payload<char>() + 100;
  Root pad(m, m.allocate(1, 200));
  CHECK_FALSE(__asan_address_is_poisoned(stale));
  heap.collect(m);
  heap.heap().spaces().blocks().sweep(0);
  CHECK(__asan_address_is_poisoned(stale));
  CHECK(__asan_address_is_poisoned(inside));
  CHECK_FALSE(__asan_address_is_poisoned(pad.get()));
}
#endif
