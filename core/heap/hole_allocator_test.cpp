// What a search for holes hands out and passes over is on the account, once, however it ends.
#include "core/heap/hole_allocator.hpp"

#include "core/heap/poison.hpp"
#include "tools/testing/bare_block_space.hpp"
#include "tools/testing/catch.hpp"

namespace tricolour {
namespace {

constexpr std::size_t too_short = granule_bytes;
static_assert(too_short < least_hole_bytes);

/// A block whose survivors leave free pieces between them, and nothing else free; a second one
/// that is free.
struct Fragmented {
  /// `pieces`: bytes of each free piece, from the block's begin.
  explicit Fragmented(std::initializer_list<std::size_t> pieces) : block(*claim(s.space)) {
    std::byte* at = s.space.block_begin(block);
    std::byte* const end = at + block_bytes;
    for (const std::size_t piece : pieces) {
      at += piece;
      survive(at, least_hole_bytes);
      at += least_hole_bytes;
    }
    survive(at, static_cast<std::size_t>(end - at));
    s.space.unclaim(block);
  }

  void survive(std::byte* at, std::size_t bytes) const {
    unpoison(at, bytes);
    auto* const object = reinterpret_cast<Object*>(at);
    const auto granules = static_cast<std::uint32_t>(bytes / granule_bytes);
    object->initialise(0, granules);
    s.metadata.publish(object, colour_byte(granules, MarkSense{}.black));
  }

  BareBlockSpace<2> s;
  const std::size_t block;
  HeapAccount account{2 * block_bytes};
  std::atomic<std::size_t> piece_bytes{block_bytes};
  HoleAllocator holes{s.space, s.metadata, account, piece_bytes, false};
};

}  // namespace

TEST_CASE("what a search passes over is on the account with what it finds", "[holes]") {
  Fragmented heap{too_short, least_hole_bytes};
  const auto hole = heap.holes.next_at_hand(least_hole_bytes, nullptr);
  REQUIRE(hole);
  CHECK(hole->bytes() == least_hole_bytes);
  CHECK(heap.account.used() == too_short + least_hole_bytes);
}

TEST_CASE("what a search passes over is on the account when it finds nothing", "[holes]") {
  Fragmented heap{too_short, least_hole_bytes, too_short};
  while (heap.holes.next(2 * least_hole_bytes)) {
  }
  CHECK(heap.account.used() == block_bytes + 2 * too_short + least_hole_bytes);
}

TEST_CASE("what the last search of all passes over is on the account", "[holes]") {
  Fragmented heap{too_short, least_hole_bytes, too_short};
  REQUIRE(claim(heap.s.space, ClaimOrder::free_first));
  REQUIRE_FALSE(heap.holes.next(2 * least_hole_bytes));
  CHECK(heap.account.used() == 2 * too_short + least_hole_bytes);
}

TEST_CASE("a block that is given back leaves nothing of it on the account", "[holes]") {
  const bool found = GENERATE(true, false);
  Fragmented heap{least_hole_bytes, too_short, least_hole_bytes};
  const std::size_t bytes = found ? least_hole_bytes : 2 * least_hole_bytes;
  REQUIRE(heap.holes.next_at_hand(bytes, nullptr).has_value() == found);
  heap.holes.give_back();
  CHECK(heap.account.used() == 0);
}

TEST_CASE("a block that has no hole left keeps what was passed over on the account", "[holes]") {
  Fragmented heap{least_hole_bytes, too_short};
  const auto hole = heap.holes.next_at_hand(least_hole_bytes, nullptr);
  REQUIRE(hole);
  heap.survive(hole->begin, hole->bytes());
  heap.holes.give_back();
  CHECK(heap.account.used() == least_hole_bytes + too_short);
}

TEST_CASE("what was passed over in a block that is forgotten is not counted later", "[holes]") {
  Fragmented heap{least_hole_bytes, too_short};
  REQUIRE_FALSE(heap.holes.next_at_hand(2 * least_hole_bytes, nullptr));
  heap.holes.forget();
  heap.account.end_period(heap.s.space.epoch(), 0);
  REQUIRE(heap.holes.next(block_bytes / 2));
  CHECK(heap.account.used() == block_bytes);
}

}  // namespace tricolour
