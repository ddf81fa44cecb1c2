// Sets of blocks: every member is taken once, whatever others insert and take meanwhile; runs are
// found where they are.
#include "core/heap/block_set.hpp"

#include <random>
#include <set>
#include <thread>
#include <vector>

#include "tools/testing/catch.hpp"

using namespace tricolour;

TEST_CASE("a set gives back what was put in, each member once", "[block_set]") {
  constexpr std::size_t blocks = 200;
  BlockSet set(blocks);
  std::minstd_rand random(3);
  std::set<std::size_t> expected;
  for (int step = 0; step < 20'000; ++step) {
    const std::size_t block = random() % blocks;
    switch (random() % 3) {
      case 0:
        set.insert(block);
        expected.insert(block);
        break;
      case 1:
        REQUIRE(set.remove(block) == (expected.erase(block) == 1));
        break;
      default:
        const auto taken = set.take();
        REQUIRE(taken.has_value() == !expected.empty());
        if (taken) REQUIRE(expected.erase(*taken) == 1);
    }
    REQUIRE(set.size() == expected.size());
  }
}

TEST_CASE("a run is the highest of its length, as a search block by block finds it",
          "[block_set]") {
  constexpr std::size_t blocks = 300;
  std::minstd_rand random(11);
  for (int trial = 0; trial < 2000; ++trial) {
    BlockSet set(blocks);
    std::vector<bool> member(blocks, false);
    const std::size_t density = 1 + random() % 10;
    for (std::size_t block = 0; block < blocks; ++block) {
      if (random() % 10 < density) {
        set.insert(block);
        member[block] = true;
      }
    }
    const std::size_t count = 1 + random() % 100;
    std::optional<std::size_t> expected;
    for (std::size_t first = 0; first + count <= blocks; ++first) {
      bool whole = true;
      for (std::size_t i = first; i < first + count; ++i) whole = whole && member[i];
      if (whole) expected = first;
    }
    REQUIRE(set.take_run(count) == expected);
    for (std::size_t block = 0; block < blocks; ++block) {
      const bool taken = expected && block >= *expected && block < *expected + count;
      REQUIRE(set.contains(block) == (member[block] && !taken));
    }
  }
}

TEST_CASE("threads that take and put back, one by one and in runs, lose no block and share none",
          "[block_set][race]") {
  constexpr std::size_t blocks = 257;
  BlockSet set(blocks);
  for (std::size_t block = 0; block < blocks; ++block) set.insert(block);
  std::vector<std::atomic<int>> owners(blocks);
  std::atomic<bool> shared{false};
  const auto own = [&](std::size_t block, int change) {
    if (owners[block].fetch_add(change) + change > 1) shared = true;
  };
  std::vector<std::thread> threads;
  for (unsigned t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      std::minstd_rand random(t + 1);
      for (int i = 0; i < 20'000; ++i) {
        const std::size_t count = 1 + random() % 4;
        const auto first = count == 1 ? set.take() : set.take_run(count);
        if (!first) continue;
        for (std::size_t block = *first; block < *first + count; ++block) own(block, 1);
        for (std::size_t block = *first; block < *first + count; ++block) own(block, -1);
        for (std::size_t block = *first; block < *first + count; ++block) set.insert(block);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK_FALSE(shared);
  CHECK(set.size() == blocks);
  for (std::size_t block = 0; block < blocks; ++block) CHECK(set.contains(block));
}
