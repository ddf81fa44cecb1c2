// Fault 29: a second sweeper between the first one's look at a block and its claim. Fault 33: a
// block that two mutators take.
#include "core/errors.hpp"
#include "core/heap/block_space.hpp"
#include "core/heap/hole_allocator.hpp"
#include "tools/testing/bare_block_space.hpp"
#include "tools/testing/fault_test.hpp"

namespace tricolour {
namespace {

using FewBlocks = BareBlockSpace<4>;

Sighting sweep_side_by_side() {
  FewBlocks s;
  BlockSpace& space = s.space;
  while (claim(space)) {
  }
  begin_sweep(space, MarkSense{});
  const Visit visit(Window::between_unswept_and_claim, [&] { space.sweep(0); });
  Sighting sighting;
  try {
    for (std::size_t block = 0; block < FewBlocks::blocks; ++block) space.sweep(block);
  } catch (const InvariantViolated& error) {
    sighting.failure = error.what();
  }
  return sighting;
}

/// Only one block has room. Two mutators allocate, and the first gives its block back.
Sighting allocate_side_by_side() {
  FewBlocks s;
  constexpr std::size_t granules = 4;
  const MarkSense sense{};
  while (const auto block = claim(s.space)) {
    std::byte* const begin = s.space.block_begin(*block);
    const std::size_t objects = *block == 0 ? 1 : block_granules / granules;
    for (std::size_t i = 0; i < objects; ++i)
      *s.metadata.byte_of(begin + i * granules * granule_bytes) =
          colour_byte(granules, sense.black);
  }
  begin_sweep(s.space, sense);
  for (std::size_t block = 0; block < FewBlocks::blocks; ++block) s.space.sweep(block);
  constexpr std::size_t bytes = 256;
  const std::atomic<std::size_t> piece_bytes{bytes};
  HeapAccount account(FewBlocks::blocks * block_bytes);
  HoleAllocator first(s.space, s.metadata, account, piece_bytes, false);
  HoleAllocator second(s.space, s.metadata, account, piece_bytes, false);
  Sighting sighting;
  try {
    first.next(bytes);
    second.next(bytes);
    first.give_back();
    second.next(bytes);
  } catch (const InvariantViolated& error) {
    sighting.failure = error.what();
  }
  return sighting;
}

}  // namespace

TEST_CASE("a swept block is published before it counts as swept", "[blocks]") {
  const bool lazily = GENERATE(false, true);
  FewBlocks s;
  while (claim(s.space)) {
  }
  begin_sweep(s.space, MarkSense{});
  bool early = false;
  const Visit visit(Window::between_list_and_count, [&] {
    for (std::size_t block = 0; block < FewBlocks::blocks; ++block)
      early = early || s.space.state(block) == BlockState::sweeping;
  });
  if (lazily) {
    while (claim(s.space)) {
    }
  } else {
    for (std::size_t block = 0; block < FewBlocks::blocks; ++block) s.space.sweep(block);
  }
  CHECK(s.space.swept());
  CHECK_FALSE(early);
}

TEST_CASE("fault block_swept_twice: the count of swept blocks tells", "[fault]") {
  check_kill(Fault::block_swept_twice, sweep_side_by_side);
}

TEST_CASE("fault list_trusted: a mutator allocates in a block that another gave back", "[fault]") {
  check_kill(Fault::list_trusted, allocate_side_by_side);
}

}  // namespace tricolour
