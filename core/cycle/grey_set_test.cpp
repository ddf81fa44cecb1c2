// The grey set: nothing lost, nothing twice, and the reserve covers the worst case. Also the stress
// test behind the sanitizer suppression for Boost.Lockfree's stack.
#include "core/cycle/grey_set.hpp"

#include <algorithm>
#include <functional>
#include <thread>
#include <vector>

#include "core/errors.hpp"
#include "tools/testing/catch.hpp"

namespace tricolour {
namespace {

/// The set never looks behind an address.
GreyItem item_of(std::size_t number) {
  return GreyItem(reinterpret_cast<Object*>((number + 1) * granule_bytes));
}
std::size_t number_of(GreyItem item) {
  return reinterpret_cast<std::uintptr_t>(item.object()) / granule_bytes - 1;
}

using Tally = std::vector<std::uint8_t>;
bool each_once(const Tally& tally) {
  return std::ranges::all_of(tally, [](int times) { return times == 1; });
}

void take_all(GreySet& set, Tally& tally) {
  while (GreyPacket* const packet = set.take_published()) {
    while (!packet->empty()) ++tally[number_of(packet->pop())];
    set.give_back(packet);
  }
}

TEST_CASE("an item carries object, chunk and extent", "[grey_set]") {
  auto* const object = reinterpret_cast<Object*>(std::uintptr_t{0x7fff'ffff'fff0});
  const std::size_t chunk = GENERATE(as<std::size_t>{}, 1, 6, max_slots / chunk_slots);
  const Extent extent = GENERATE(Extent::rest, Extent::chunk);
  const GreyItem item(object, chunk, extent);
  CHECK(item.object() == object);
  CHECK(item.chunk() == chunk);
  CHECK(item.extent() == extent);
  CHECK(GreyItem(object).chunk() == 0);
  CHECK(GreyItem(object).extent() == Extent::rest);
}

TEST_CASE("what is poured or published comes out once", "[grey_set]") {
  const std::uint32_t capacity = GENERATE(1u, 2u, 256u);
  constexpr std::size_t count = 1000;
  GreySet set(count, capacity);
  REQUIRE(set.capacity() == capacity);
  CHECK(set.empty());
  for (std::size_t i = 0; i < count / 2; ++i) set.pour(item_of(i));
  GreyPacket* packet = set.take_empty();
  for (std::size_t i = count / 2; i < count; ++i) {
    packet->push(item_of(i));
    if (set.full(*packet)) {
      set.publish(packet);
      packet = set.take_empty();
    }
  }
  CHECK_FALSE(set.empty());
  const bool rest = !packet->empty();
  CHECK(set.pour(*packet) == rest);
  CHECK_FALSE(set.pour(*packet));
  set.give_back(packet);
  CHECK(set.published() >= count / capacity - 1);
  Tally tally(count);
  take_all(set, tally);
  CHECK(each_once(tally));
  CHECK(set.empty());
  CHECK_FALSE(set.any_published());
  CHECK_FALSE(set.any_in_sight());
}

TEST_CASE("a packet that is not full joins the others", "[grey_set]") {
  GreySet set(100, 8);
  GreyPacket* const packet = set.take_empty();
  packet->push(item_of(1));
  CHECK(set.pour(*packet));
  set.give_back(packet);
  CHECK_FALSE(set.any_published());
  CHECK(set.any_in_sight());
  CHECK_FALSE(set.empty());
  GreyPacket* const taken = set.take_published();
  REQUIRE(taken != nullptr);
  CHECK(number_of(taken->pop()) == 1);
  set.give_back(taken);
  CHECK(set.take_published() == nullptr);
  CHECK_FALSE(set.any_in_sight());
}

TEST_CASE("the reserve holds every object of the heap and a packet per owner", "[grey_set]") {
  const std::uint32_t capacity = GENERATE(1u, 2u, 3u);
  constexpr std::size_t most = 5000;
  GreySet set(most, capacity);
  std::vector<GreyPacket*> owned;
  for (std::size_t i = 0; i + 1 < GreySet::owned_at_first; ++i) owned.push_back(set.take_empty());
  for (std::size_t i = 0; i < most; ++i) set.pour(item_of(i));
  for (GreyPacket* packet : owned) set.give_back(packet);
  Tally tally(most);
  take_all(set, tally);
  CHECK(each_once(tally));
}

TEST_CASE("the reserve grows with the mutators that join, and each may own two packets",
          "[grey_set]") {
  const std::uint32_t capacity = GENERATE(1u, 256u);
  constexpr std::size_t most = 3000;
  constexpr std::size_t mutators = 5 * GreySet::owned_at_first;
  GreySet set(most, capacity);
  for (int round = 0; round < 2; ++round) {
    std::vector<GreyPacket*> owned;
    for (std::size_t i = 0; i < mutators; ++i) {
      owned.push_back(set.join());
      owned.push_back(set.take_empty());
    }
    for (std::size_t i = 0; i < most; ++i) set.pour(item_of(i));
    std::ranges::sort(owned);
    CHECK(std::ranges::adjacent_find(owned) == owned.end());
    CHECK(std::ranges::all_of(owned, [](const GreyPacket* packet) { return packet->empty(); }));
    for (std::size_t i = 0; i < owned.size(); i += 2) {
      set.leave(owned[i]);
      set.give_back(owned[i + 1]);
    }
    Tally tally(most);
    take_all(set, tally);
    CHECK(each_once(tally));
  }
}

TEST_CASE(
    "more packets than the lock-free stacks can number hold their items all the same, again and "
    "again",
    "[grey_set]") {
  constexpr std::size_t most = 200'000;
  GreySet set(most, 1);
  CHECK(set.capacity() == 1);
  CHECK(GreySet(10, 0).capacity() == 1);
  for (int round = 0; round < 3; ++round) {
    for (std::size_t i = 0; i < most; ++i) set.pour(item_of(i));
    CHECK(set.any_published());
    Tally tally(most);
    take_all(set, tally);
    CHECK(each_once(tally));
    CHECK(set.empty());
  }
}

TEST_CASE("owners that leave packets half full leave no more of them than there are owners",
          "[grey_set][race]") {
  constexpr unsigned threads = 4;
  constexpr std::size_t items = 5000;
  GreySet set(items, 64);
  for (std::size_t i = 0; i < items; ++i) set.pour(item_of(i));
  std::vector<Tally> tallies(threads, Tally(items));
  std::vector<std::thread> owners;
  std::atomic<bool> short_of_packets{false};
  for (unsigned t = 0; t < threads; ++t) {
    owners.emplace_back([&, t] {
      // Takes a few items at a time and leaves the rest, as an assist does.
      for (bool more = true; more;) {
        try {
          GreyPacket* packet = set.take_begun();
          if (packet->empty()) {
            set.give_back(packet);
            packet = set.take_published();
          }
          more = packet != nullptr;
          if (!more) break;
          for (int i = 0; i < 3 && !packet->empty(); ++i) ++tallies[t][number_of(packet->pop())];
          set.give_back_begun(packet);
        } catch (const InvariantViolated&) {
          short_of_packets = true;
          more = false;
        }
      }
    });
  }
  for (std::thread& owner : owners) owner.join();
  CHECK_FALSE(short_of_packets);
  take_all(set, tallies[0]);
  CHECK(set.empty());
  for (unsigned t = 1; t < threads; ++t)
    std::ranges::transform(tallies[0], tallies[t], tallies[0].begin(), std::plus<>());
  CHECK(each_once(tallies[0]));
}

TEST_CASE("several threads lose and duplicate nothing", "[grey_set][race]") {
  const std::uint32_t capacity = GENERATE(1u, 2u, 64u);
  constexpr unsigned producers = 2;
  constexpr unsigned takers = 2;
  constexpr std::size_t each = 20'000;
  GreySet set(producers * each, capacity);
  std::atomic<unsigned> producing{producers};
  std::vector<Tally> tallies(takers, Tally(producers * each));
  std::vector<std::thread> threads;
  for (unsigned p = 0; p < producers; ++p) {
    threads.emplace_back([&, p] {
      GreyPacket* packet = set.take_empty();
      for (std::size_t i = 0; i < each; ++i) {
        packet->push(item_of(p * each + i));
        if (set.full(*packet)) {
          set.publish(packet);
          packet = set.take_empty();
        } else if (i % 97 == 0) {
          set.pour(*packet);
        }
      }
      set.pour(*packet);
      set.give_back(packet);
      producing.fetch_sub(1);
    });
  }
  for (unsigned t = 0; t < takers; ++t) {
    threads.emplace_back([&, t] {
      while (producing.load() > 0) take_all(set, tallies[t]);
      take_all(set, tallies[t]);
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(set.empty());
  for (unsigned t = 1; t < takers; ++t)
    std::ranges::transform(tallies[0], tallies[t], tallies[0].begin(), std::plus<>());
  CHECK(each_once(tallies[0]));
}

}  // namespace
}  // namespace tricolour
