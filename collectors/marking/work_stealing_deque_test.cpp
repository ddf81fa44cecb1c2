// The deque: order, capacity, wrap-around, and that every item is taken exactly once whatever races
// for it.
#include "collectors/marking/work_stealing_deque.hpp"

#include <functional>
#include <numeric>
#include <thread>
#include <vector>

#include "core/spin.hpp"
#include "tools/testing/catch.hpp"

namespace tricolour {
namespace {

using Item = std::uint64_t;

/// How often each item was taken. Each thread counts in a vector of its own.
using TimesTaken = std::vector<std::uint8_t>;

struct Load {
  std::size_t items = 200'000;
  std::size_t capacity = 64;
  std::size_t burst = 3;     ///< items pushed between two takes
  std::size_t most = 1;      ///< items per take
  bool cold_stores = false;  ///< the owner keeps its store buffer busy before it takes, so that its
                             ///< store of bottom is late
};

/// Stores that miss the caches, or none.
class ColdStores {
 public:
  explicit ColdStores(bool wanted) : memory_(wanted ? std::size_t{64} << 20 : 0) {}
  void operator()() {
    if (memory_.empty()) return;
    for (int i = 0; i < 24; ++i) memory_[next_ = (next_ + 1'000'003) % memory_.size()] = 1;
  }

 private:
  std::vector<std::uint8_t> memory_;
  std::size_t next_ = 0;
};

/// An owner pushes and takes, thieves steal, until everything is gone; returns how often each item
/// was taken.
template <class Deque>
TimesTaken race(const Load& load, unsigned thieves) {
  Deque deque(load.capacity);
  std::atomic<bool> over{false};
  std::vector<TimesTaken> tallies(thieves + 1, TimesTaken(load.items));
  std::vector<std::thread> threads;
  for (unsigned t = 1; t <= thieves; ++t) {
    threads.emplace_back([&, t] {
      Item item = 0;
      while (!over.load(std::memory_order_relaxed)) {
        if (deque.steal(item) == Deque::Stolen::item) ++tallies[t][item];
      }
    });
  }
  std::vector<Item> taken(load.most);
  ColdStores cold_stores(load.cold_stores);
  for (Item next = 0; next < load.items;) {
    for (std::size_t i = 0; i < load.burst && next < load.items; ++i) {
      if (deque.push(next)) ++next;
    }
    cold_stores();
    for (std::size_t n = deque.take(taken.data(), load.most); n > 0; --n)
      ++tallies[0][taken[n - 1]];
  }
  while (deque.size() > 0) {
    if (deque.take(taken.data(), 1) == 1) ++tallies[0][taken[0]];
  }
  over.store(true, std::memory_order_relaxed);
  for (std::thread& thread : threads) thread.join();
  for (unsigned t = 1; t <= thieves; ++t)
    std::ranges::transform(tallies[0], tallies[t], tallies[0].begin(), std::plus<>());
  return tallies[0];
}

bool each_once(const TimesTaken& tally) {
  return std::ranges::all_of(tally, [](int times) { return times == 1; });
}

/// Owner and one thief meet over a single item, many times; true when none was taken twice or lost.
template <class Deque>
bool last_item_is_taken_once(int rounds) {
  Deque deque(2);
  std::atomic<int> go{0};
  std::atomic<int> done{0};
  std::atomic<int> stolen{0};
  std::thread thief([&] {
    Item item = 0;
    for (int round = 1; round <= rounds; ++round) {
      while (go.load(std::memory_order_acquire) < round) relax_processor();
      if (deque.steal(item) == Deque::Stolen::item) stolen.fetch_add(1, std::memory_order_relaxed);
      done.store(round, std::memory_order_release);
    }
  });
  int taken = 0;
  int left = 0;
  for (int round = 1; round <= rounds; ++round) {
    deque.push(Item{1});
    go.store(round, std::memory_order_release);
    Item item = 0;
    taken += deque.take(item) ? 1 : 0;
    while (done.load(std::memory_order_acquire) < round) relax_processor();
    left += deque.take(item) ? 1 : 0;
  }
  thief.join();
  return taken + left + stolen.load() == rounds;
}

TEST_CASE("a deque gives its owner the newest item and a thief the oldest", "[deque]") {
  WorkStealingDeque<Item> deque(8);
  Item item = 0;
  CHECK_FALSE(deque.take(item));
  CHECK(deque.steal(item) == WorkStealingDeque<Item>::Stolen::nothing);
  for (Item i = 1; i <= 4; ++i) CHECK(deque.push(i));
  CHECK(deque.size() == 4);
  REQUIRE(deque.take(item));
  CHECK(item == 4);
  REQUIRE(deque.steal(item) == WorkStealingDeque<Item>::Stolen::item);
  CHECK(item == 1);
  std::vector<Item> items(8);
  REQUIRE(deque.take(items.data(), 8) == 1);  // half of two
  CHECK(items[0] == 3);
  REQUIRE(deque.take(item));
  CHECK(item == 2);
  CHECK_FALSE(deque.take(item));
}

TEST_CASE("a full deque takes what fits, at every position of the ring", "[deque]") {
  const std::size_t capacity = GENERATE(2u, 4u, 64u);
  WorkStealingDeque<Item> deque(capacity);
  REQUIRE(deque.capacity() == capacity);
  std::vector<Item> items(capacity + 3);
  for (std::size_t start = 0; start < 3 * capacity; ++start) {
    std::iota(items.begin(), items.end(), start);
    REQUIRE(deque.push(items.data(), items.size()) == capacity);
    REQUIRE_FALSE(deque.push(Item{0}));
    Item item = 0;
    for (std::size_t i = 0; i < capacity; ++i) {
      REQUIRE(deque.steal(item) == WorkStealingDeque<Item>::Stolen::item);
      REQUIRE(item == start + i);
    }
    REQUIRE(deque.push(Item{0}));  // moves the next round on by one cell
    REQUIRE(deque.take(item));
    REQUIRE(deque.push(Item{0}));
    REQUIRE(deque.steal(item) == WorkStealingDeque<Item>::Stolen::item);
  }
}

TEST_CASE("capacities are rounded up to a power of two, at least two", "[deque]") {
  CHECK(WorkStealingDeque<Item>(0).capacity() == 2);
  CHECK(WorkStealingDeque<Item>(2).capacity() == 2);
  CHECK(WorkStealingDeque<Item>(5).capacity() == 8);
}

TEST_CASE("every item is taken exactly once", "[deque][race]") {
  const std::size_t capacity = GENERATE(2u, 4u, 1024u);
  const std::size_t most = GENERATE(1u, 32u);
  const unsigned thieves = GENERATE(1u, 3u);
  CAPTURE(capacity, most, thieves);
  CHECK(each_once(race<WorkStealingDeque<Item>>(
      {.items = 50'000, .capacity = capacity, .burst = most + 2, .most = most}, thieves)));
}

TEST_CASE("the last item goes to the owner or to the thief", "[deque][race]") {
  CHECK(last_item_is_taken_once<WorkStealingDeque<Item>>(20'000));
}

constexpr Load late_store{.capacity = 4, .burst = 2, .most = 1, .cold_stores = true};

TEST_CASE("every item is taken exactly once while the owner's stores are late", "[deque][race]") {
  CHECK(each_once(race<WorkStealingDeque<Item>>(late_store, 1)));
}

}  // namespace
}  // namespace tricolour
