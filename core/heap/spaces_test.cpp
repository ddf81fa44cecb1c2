// The spaces of a heap as one: what a walk visits, what an address is in, what a sweep leaves.
#include "core/heap/spaces.hpp"

#include <algorithm>
#include <random>
#include <vector>

#include "core/errors.hpp"
#include "tools/testing/bench_heap.hpp"
#include "tools/testing/catch.hpp"

namespace tricolour {
namespace {

/// A heap with objects of all sizes, of which one in four is large.
template <class Hooks>
struct MixedHeap {
  MixedHeap() {
    std::minstd_rand random(3);
    for (int i = 0; i < 400; ++i) {
      const std::size_t most = i % 4 == 0 ? 40'000 : i % 4 == 1 ? 3'000 : 200;
      objects.push_back(m.allocate(1, random() % most));
    }
    std::ranges::sort(objects);
  }
  std::vector<Object*> visited(std::byte* begin, const std::byte* end) {
    std::vector<Object*> found;
    bench.heap.spaces().for_each_object(begin, end,
                                        [&](Object* object) { found.push_back(object); });
    std::ranges::sort(found);
    return found;
  }

  std::byte* end_of_heap() const {
    return bench.heap.spaces().begin() + bench.heap.spaces().bytes();
  }

  bench::BenchHeap<Hooks> bench{std::size_t{16} << 20};
  MutatorContext m{bench.heap};
  std::vector<Object*> objects;
};

std::byte* begin_of(Object* object) { return reinterpret_cast<std::byte*>(object); }

}  // namespace

TEST_CASE("a walk of the heap visits each object of each space once", "[spaces]") {
  MixedHeap<bench::NoCollection> heap;
  const Spaces& spaces = heap.bench.heap.spaces();
  CHECK(heap.visited(spaces.begin(), heap.end_of_heap()) == heap.objects);
  std::size_t bytes = spaces.beside_objects_bytes();
  for (const Object* object : heap.objects) bytes += object->bytes();
  CHECK(spaces.used_bytes() == bytes);
}

TEST_CASE("a walk of a part visits what holds a byte of it, from wherever it begins", "[spaces]") {
  MixedHeap<bench::NoCollection> heap;
  std::minstd_rand random(5);
  for (int i = 0; i < 2000; ++i) {
    Object* const first = heap.objects[random() % heap.objects.size()];
    std::byte* const begin = begin_of(first) + random() % first->granules() * granule_bytes;
    const std::byte* const end =
        std::min(begin + (1 + random() % 8192) * granule_bytes, heap.end_of_heap());
    std::vector<Object*> expected;
    std::ranges::copy_if(heap.objects, std::back_inserter(expected), [&](Object* object) {
      return begin_of(object) < end && begin_of(object) + object->bytes() > begin;
    });
    REQUIRE(heap.visited(begin, end) == expected);
  }
}

TEST_CASE("an address is found in the object that holds it", "[spaces]") {
  MixedHeap<bench::NoCollection> heap;
  const Spaces& spaces = heap.bench.heap.spaces();
  for (Object* const object : heap.objects) {
    REQUIRE(spaces.object_at(object) == object);
    REQUIRE(spaces.object_at(begin_of(object) + object->bytes() - 1) == object);
  }
  CHECK(spaces.object_at(spaces.begin() + spaces.bytes() / 2) == nullptr);
}

TEST_CASE("spaces with dead objects alone are empty once their shares are swept", "[spaces]") {
  MixedHeap<bench::EverythingDies> heap;
  Spaces& spaces = heap.bench.heap.spaces();
  CHECK(spaces.used_bytes() <= spaces.footprint());
  CHECK(spaces.footprint() > 0);
  bench::EverythingDies::collect(heap.m);
  CHECK_FALSE(spaces.swept());
  while (spaces.sweep_next()) {
  }
  CHECK(spaces.swept());
  CHECK(spaces.used_bytes() == 0);
  CHECK(spaces.footprint() == 0);
  CHECK_NOTHROW(spaces.check());
}

TEST_CASE("a space that contradicts itself is seen", "[spaces]") {
  MixedHeap<bench::NoCollection> heap;
  const Spaces& spaces = heap.bench.heap.spaces();
  const SideMetadata& metadata = heap.bench.heap.metadata;
  CHECK_NOTHROW(heap.bench.heap.check_spaces());
  SECTION("a large object without a start byte") {
    const auto is_large = [&](Object* object) {
      return spaces.large().object_at(object) != nullptr;
    };
    *metadata.byte_of(*std::ranges::find_if(heap.objects, is_large)) = 0;
  }
  SECTION("an object in a free block") {
    *metadata.byte_of(spaces.begin() + spaces.bytes() / 2) = colour_byte(1, MarkSense{}.black);
  }
  CHECK_THROWS_AS(spaces.check(), InvariantViolated);
}

TEST_CASE("spaces that hold more than is accounted for are seen", "[spaces]") {
  MixedHeap<bench::NoCollection> heap;
  heap.bench.heap.account.release(heap.bench.heap.used_bytes() / 2);
  CHECK_NOTHROW(heap.bench.heap.spaces().check());
  CHECK_THROWS_AS(heap.bench.heap.check_spaces(), InvariantViolated);
}

}  // namespace tricolour
