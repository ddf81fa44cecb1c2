// Sweeping one block, against a walk from object to object.
#include "core/heap/block_sweep.hpp"

#include <algorithm>
#include <random>
#include <vector>

#include "core/heap/large_object_space.hpp"
#include "core/heap/reservation.hpp"
#include "tools/testing/catch.hpp"

using namespace tricolour;

namespace {

constexpr std::size_t large_hole_granules = large_object_bytes / granule_bytes;

/// A block, and what is to be left of it.
class Block {
 public:
  static constexpr ColourByte live = 1;

  void put(std::size_t at, std::uint32_t granules, ColourByte state) {
    reinterpret_cast<Object*>(memory_.begin() + at * granule_bytes)->initialise(0, granules);
    const ColourByte byte = colour_byte(granules, state);
    *metadata_.byte_of(memory_.begin() + at * granule_bytes) = byte;
    if (state != live) return;
    expected_[at] = byte;
    survivors_ += granules;
    longest_survivor_ = std::max(longest_survivor_, granules);
    longest_hole_ = std::max(longest_hole_, at - end_);
    end_ = at + granules;
  }

  void sweep_and_check() {
    longest_hole_ = std::max(longest_hole_, block_granules - end_);
    const BlockSurvivors left = clear_dead(metadata_, memory_.begin(), live);
    REQUIRE(left.granules == survivors_);
    const ColourByte* const bytes = metadata_.byte_of(memory_.begin());
    REQUIRE(std::equal(expected_.begin(), expected_.end(), bytes));
    INFO("the longest hole has " << longest_hole_ << " granules, the longest survivor "
                                 << longest_survivor_);
    if (left.leave_large_hole) REQUIRE(longest_hole_ >= large_hole_granules);
    // Where no survivor is long, a hole is seen by whole strides of 64 granules.
    const std::size_t surely_seen =
        longest_survivor_ >= size_in_header ? large_hole_granules : large_hole_granules + 64 + 63;
    if (longest_hole_ >= surely_seen) REQUIRE(left.leave_large_hole);
    found_large_hole = left.leave_large_hole;
  }

  bool found_large_hole = false;

 private:
  Reservation memory_{block_bytes, block_bytes};
  Reservation bytes_{block_granules, 4096};
  SideMetadata metadata_{reinterpret_cast<ColourByte*>(bytes_.begin()), memory_.begin()};
  std::vector<ColourByte> expected_ = std::vector<ColourByte>(block_granules, 0);
  std::size_t survivors_ = 0;
  std::uint32_t longest_survivor_ = 0;
  std::size_t longest_hole_ = 0;
  std::size_t end_ = 0;  ///< of the last survivor
};

}  // namespace

TEST_CASE("a sweep leaves what a walk from object to object leaves", "[block_sweep]") {
  const auto longest = GENERATE(4u, size_in_header - 1, size_in_header, 200u, 1000u);
  const auto dying_of_16 = GENERATE(0u, 8u, 15u, 16u);
  CAPTURE(longest, dying_of_16);
  std::minstd_rand random(longest * 17 + dying_of_16);
  int with_large_hole = 0;
  for (int trial = 0; trial < 100; ++trial) {
    Block block;
    const std::size_t longest_gap = random() % 3 == 0 ? 1 : random() % 1500 + 1;
    for (std::size_t at = random() % longest_gap; at < block_granules;) {
      const auto granules = static_cast<std::uint32_t>(
          std::min<std::size_t>(1 + random() % longest, block_granules - at));
      const auto dead = static_cast<ColourByte>(random() % 2 == 0 ? 0 : 2);
      block.put(at, granules, random() % 16 < dying_of_16 ? dead : Block::live);
      at += granules + (random() % 4 == 0 ? random() % longest_gap : 0);
    }
    block.sweep_and_check();
    with_large_hole += block.found_large_hole;
  }
  if (dying_of_16 == 16) CHECK(with_large_hole == 100);
}

TEST_CASE("a large hole is found when it is certain, wherever it begins", "[block_sweep]") {
  // One survivor before the hole and small ones behind it, up to the block's end.
  const auto before = GENERATE(1u, size_in_header - 1, size_in_header, 300u);
  CAPTURE(before);
  for (std::size_t begin = before; begin < before + 130; ++begin) {
    for (const std::size_t length : {large_hole_granules - 1, large_hole_granules,
                                     large_hole_granules + 64, large_hole_granules + 127}) {
      CAPTURE(begin, length);
      Block block;
      block.put(begin - before, before, Block::live);
      for (std::size_t at = begin + length; at < block_granules; ++at)
        block.put(at, 1, Block::live);
      block.sweep_and_check();
      if (length < large_hole_granules) REQUIRE_FALSE(block.found_large_hole);
    }
  }
}

TEST_CASE("a dead object with its size in the header leaves no trace", "[block_sweep]") {
  Block block;
  block.put(0, 1, Block::live);
  block.put(1, static_cast<std::uint32_t>(block_granules - 1), 0);
  block.sweep_and_check();
  CHECK(block.found_large_hole);
}
