// Sizes that no address space holds are errors, and never small sizes.
#include "core/saturating.hpp"

#include "barriers/hybrid.hpp"
#include "collectors/collected_heap.hpp"
#include "core/mutator/mutator.hpp"
#include "tools/testing/catch.hpp"
#include "tools/testing/each_listed.hpp"

using namespace tricolour;

namespace {
constexpr std::size_t mebibyte = std::size_t{1} << 20;
}

TEST_CASE("sums, products and roundings that do not fit are the largest there are",
          "[saturating]") {
  CHECK(add_sat(1, 2) == 3);
  CHECK(add_sat(largest_size - 1, 1) == largest_size);
  CHECK(add_sat(largest_size, 1) == largest_size);
  CHECK(mul_sat(3, 4) == 12);
  CHECK(mul_sat(largest_size / 8 + 1, 8) == largest_size);
  CHECK(mul_sat(0, largest_size) == 0);
  CHECK(round_up(17, 16) == 32);
  CHECK(round_up(32, 16) == 32);
  CHECK(round_up(largest_size, 16) == largest_size - 15);
  CHECK(round_up(largest_size - 14, 4096) == largest_size - 4095);
}

TEST_CASE("an object's size grows with its fields up to the largest", "[saturating]") {
  CHECK(Object::size_for(0, 0) == 16);
  CHECK(Object::size_for(2, 8) == 32);
  CHECK(Object::size_for(2, 9) == 48);
  CHECK(Object::size_for(max_slots, 0) == std::size_t{max_slots} * 8 + 8);
  for (const std::size_t huge :
       {largest_size, largest_size - 7, largest_size - 23, largest_size - 24, largest_size / 2}) {
    CAPTURE(huge);
    CHECK(Object::size_for(0, huge) >= largest_size / 2);
    CHECK(Object::size_for(huge, 0) >= largest_size / 2);
    CHECK(Object::size_for(max_slots, huge) >= largest_size / 2);
    CHECK(Object::size_for(huge, huge) >= largest_size / 2);
  }
  CHECK(Object::fits_header(std::size_t{0xffff'ffff} * granule_bytes));
  CHECK_FALSE(Object::fits_header(std::size_t{0x1'0000'0000} * granule_bytes));
}

TEST_CASE(
    "an object of any size that the heap does not have is exhaustion, and the heap stays usable",
    "[saturating]") {
  const auto collector = each_collector();
  CollectedHeapOptions options;
  options.heap.bytes = 2 * mebibyte;
  options.collector = collector;
  CollectedHeap heap(options, Hybrid::traits);
  Mutator<Hybrid> m(heap);
  const bool hole_at_hand = GENERATE(false, true);
  if (hole_at_hand) m.allocate(0, 8);
  for (const std::size_t payload :
       {largest_size, largest_size - 7, largest_size - 15, largest_size - 16, largest_size - 23,
        largest_size - 4095, largest_size - block_bytes, largest_size / 2 + 1, largest_size / 2,
        std::size_t{1} << 36, 2 * mebibyte}) {
    for (const std::uint32_t slots : {0u, 1u, 5000u, max_slots}) {
      CAPTURE(payload, slots);
      CHECK_THROWS_AS(m.allocate(slots, payload), HeapExhausted);
    }
  }
  const Root kept(m, m.allocate(1, 100));
  CHECK(kept->bytes() == Object::size_for(1, 100));
  for (int i = 0; i < 50'000; ++i) m.allocate(1, 100);
}

TEST_CASE("a heap of any size that cannot be had is refused", "[saturating]") {
  for (const std::size_t bytes : {largest_size, largest_size - 1, largest_size - block_bytes,
                                  largest_size / 2 + 1, largest_size / 2}) {
    CAPTURE(bytes);
    const HeapOptions options{.bytes = bytes, .packet_capacity = 1};
    CHECK_THROWS_AS(Heap(options), ConfigurationError);
    CHECK(Heap::footprint(options).total() >= bytes / block_bytes * block_bytes);
  }
  CHECK_THROWS_AS(Reservation(largest_size, 4096), ConfigurationError);
  CHECK_THROWS_AS(Reservation(largest_size - 4096, 4096), ConfigurationError);
}
