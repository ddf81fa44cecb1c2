// Blocks: claims, runs, and sweeping concurrently with a thread that is not stopped.
#include "core/heap/block_space.hpp"

#include <thread>

#include "tools/testing/bare_block_space.hpp"
#include "tools/testing/catch.hpp"

using namespace tricolour;

namespace {
using Bare = BareBlockSpace<2048>;
}  // namespace

TEST_CASE("every block is claimed once, and a run for large objects is adjacent", "[blocks]") {
  Bare s;
  const auto large = s.space.claim_large(5);
  REQUIRE(large.has_value());
  CHECK(*large == Bare::blocks - 5);
  std::vector<bool> seen(Bare::blocks, false);
  std::size_t claimed = 0;
  while (const auto block = claim(s.space)) {
    CHECK_FALSE(seen[*block]);
    seen[*block] = true;
    ++claimed;
  }
  CHECK(claimed == Bare::blocks - 5);
  CHECK_FALSE(s.space.claim_large(1).has_value());
  s.space.release_large(*large, 5);
  CHECK(claim(s.space, ClaimOrder::large_hole).has_value());
  CHECK(claim(s.space).has_value());
}

TEST_CASE("the block at hand is listed as having room, or comes out of lazy sweeping", "[blocks]") {
  Bare s;
  CHECK_FALSE(claim_at_hand(s.space, ClaimOrder::holes_first).has_value());
  const auto first = claim(s.space);
  const auto second = claim(s.space);
  REQUIRE(second.has_value());
  s.space.unclaim(*second);
  s.space.unclaim(*first);
  CHECK(claim_at_hand(s.space, ClaimOrder::holes_first) == first);
  CHECK_FALSE(claim_at_hand(s.space, ClaimOrder::large_hole).has_value());
  CHECK(claim_at_hand(s.space, ClaimOrder::holes_first) == second);
  CHECK_FALSE(claim_at_hand(s.space, ClaimOrder::holes_first).has_value());
  for (ColourByte cycle = 0; cycle < 3; ++cycle) {
    while (claim(s.space)) {
    }
    begin_sweep(s.space, MarkSense{cycle});
    CHECK(claim_at_hand(s.space, ClaimOrder::holes_first).has_value());
    for (std::size_t block = 0; block < Bare::blocks; ++block) s.space.sweep(block);
  }
}

TEST_CASE("a sweeper that is not stopped when a sweep begins leaves the count exact",
          "[blocks][race]") {
  Bare s;
  std::atomic<bool> done{false};
  std::thread sweeper([&] {
    while (!done.load()) {
      for (std::size_t block = 0; block < Bare::blocks; ++block) s.space.sweep(block);
    }
  });
  int stuck = 0;
  for (int cycle = 0; cycle < 300 && stuck == 0; ++cycle) {
    while (claim(s.space)) {
    }
    begin_sweep(s.space, MarkSense{static_cast<ColourByte>(cycle % 3)});
    for (std::size_t block = 0; block < Bare::blocks; ++block) s.space.sweep(block);
    // The other thread may hold a block for as long as the scheduler keeps it waiting, but not for
    // ever.
    long looks = 0;
    while (!s.space.swept() && ++looks < 2'000'000) std::this_thread::yield();
    stuck += !s.space.swept();
  }
  done = true;
  sweeper.join();
  CHECK(stuck == 0);
}
