#include "collectors/marking/mark_worker.hpp"

#include <algorithm>
#include <numeric>

#include "tools/testing/catch.hpp"

using namespace tricolour;

namespace {
GreyItem numbered(std::uintptr_t number) {
  return GreyItem(reinterpret_cast<Object*>(number * granule_bytes));
}
std::uintptr_t number_of(GreyItem item) {
  return reinterpret_cast<std::uintptr_t>(item.object()) / granule_bytes;
}
}  // namespace

TEST_CASE("sharing loses no item, however few are private", "[marker]") {
  constexpr std::uint32_t capacity = 64;
  const auto left = GENERATE(range(0u, 5u));
  GreySet grey_set(1000, 2);
  MarkWorker worker(grey_set, capacity);
  // One more than the private part holds: half of them move to the deque.
  constexpr std::uint32_t pushed = capacity + 1;
  for (std::uint32_t i = 1; i <= pushed; ++i) worker.push(numbered(i));
  std::vector<std::uintptr_t> seen;
  GreyItem item(nullptr);
  for (std::uint32_t private_part = pushed - capacity / 2; private_part > left; --private_part) {
    REQUIRE(worker.pop(item));
    seen.push_back(number_of(item));
  }
  worker.share();
  CHECK(worker.counters().shared_items > 0);
  do {
    while (worker.pop(item)) seen.push_back(number_of(item));
  } while (worker.take_packet());
  std::sort(seen.begin(), seen.end());
  std::vector<std::uintptr_t> every(pushed);
  std::iota(every.begin(), every.end(), 1);
  CHECK(seen == every);
}

TEST_CASE("a visit takes half of what thieves can reach", "[marker]") {
  constexpr std::uint32_t capacity = 64;
  GreySet grey_set(1000, 2);
  MarkWorker victim(grey_set, capacity);
  for (std::uint32_t i = 1; i <= capacity + 1; ++i) victim.push(numbered(i));  // half to the deque
  MarkWorker thief(grey_set, capacity);
  REQUIRE(thief.steal_from(victim));
  std::uint32_t stolen = 0;
  for (GreyItem item(nullptr); thief.pop(item);) ++stolen;
  CHECK(stolen == capacity / 4);
}
