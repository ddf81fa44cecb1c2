#include "harness/machine/memory_room.hpp"

#include "collectors/collected_heap.hpp"
#include "collectors/registry.hpp"
#include "core/saturating.hpp"
#include "harness/run/memory_need.hpp"
#include "tools/testing/catch.hpp"

namespace tricolour {
namespace {

constexpr std::size_t mebibyte = std::size_t{1} << 20;

RunPlan plan(const std::string& heap, const std::string& marker = "stealing", bool verify = false) {
  RunOptions options;
  options.workload = "binary_trees";
  options.parameters = {{"depth", "10"}};
  options.heap = heap;
  options.marker = marker;
  options.verify = verify;
  return plan_run(options);
}

Machine machine(std::size_t available, std::vector<MemoryLimit> limits = {}) {
  Machine one;
  one.memory_bytes = 2 * available;
  one.available_bytes = available;
  one.limits.memory = std::move(limits);
  return one;
}

}  // namespace

TEST_CASE("a heap's footprint is what it reserves") {
  CollectedHeapOptions options;
  options.heap.bytes = 24 * mebibyte + 1;
  options.collector = "stop_the_world";
  for (const SideTable table : {SideTable::none, SideTable::cards, SideTable::log_bits}) {
    BarrierTraits traits;
    traits.side_table = table;
    const HeapFootprint footprint = CollectedHeap::footprint(options, traits);
    CollectedHeap collected(options, traits);
    const Heap& heap = collected.heap();
    const std::size_t backed = heap.bytes() + heap.metadata_bytes() + heap.side_table_bytes();
    CHECK(footprint.backed >= backed);
    CHECK(footprint.backed <= backed + 4 * mebibyte);
    CHECK(footprint.reserve == heap.grey_set.reserved_bytes());
  }
}

TEST_CASE("markers and the oracle need what they reserve for themselves") {
  const std::size_t granules = 32 * mebibyte / granule_bytes;
  const HeapFootprint plain = memory_need(plan("32M")).heap;
  const HeapFootprint serial = memory_need(plan("32M", "serial")).heap;
  const HeapFootprint verified = memory_need(plan("32M", "stealing", true)).heap;
  CHECK(serial.backed == plain.backed);
  CHECK(serial.reserve == plain.reserve + granules * sizeof(GreyItem));
  CHECK(verified.reserve >= plain.reserve + granules * sizeof(std::uint64_t));
}

TEST_CASE("the room is the least that is left anywhere") {
  const MemoryLimit wide{.bytes = 1000 * mebibyte,
                         .used = 960 * mebibyte,
                         .reclaimable = 10 * mebibyte,
                         .file = "/wide"};
  const MemoryLimit narrow{.bytes = 100 * mebibyte, .file = "/narrow"};
  CHECK(memory_room(machine(70 * mebibyte)).free_bytes == 70 * mebibyte);
  CHECK(memory_room(machine(70 * mebibyte)).of.find("the machine's memory") == 0);
  CHECK(memory_room(machine(70 * mebibyte, {narrow})).free_bytes == 70 * mebibyte);
  const MemoryRoom room = memory_room(machine(70 * mebibyte, {narrow, wide}));
  CHECK(room.free_bytes == 50 * mebibyte);
  CHECK(room.of.find("/wide") != std::string::npos);
  CHECK(room.of.find("1000 MiB") != std::string::npos);
}

TEST_CASE("a need beyond all sizes is the largest size") {
  const MemoryNeed need{.heap = {.backed = largest_size - 10, .reserve = 100}, .beside = 5};
  CHECK(need.bytes() == largest_size);
  CHECK_FALSE(lack_of_room(need, memory_room(machine(70 * mebibyte))).empty());
}

TEST_CASE("the largest heap that fits has room, and the next block has none") {
  const MemoryRoom room = memory_room(machine(300 * mebibyte));
  for (const char* const marker : {"stealing", "serial"}) {
    const RunPlan asked = plan("32M", marker);
    const std::size_t largest = largest_heap(asked, room);
    CHECK(largest > 100 * mebibyte);
    CHECK(largest % block_bytes == 0);
    CHECK(lack_of_room(memory_need(plan(std::to_string(largest), marker)), room).empty());
    const std::string lack =
        lack_of_room(memory_need(plan(std::to_string(largest + block_bytes), marker)), room);
    CHECK(lack.find("300 MiB left") != std::string::npos);
  }
  CHECK(largest_heap(plan("32M"), {.free_bytes = mebibyte, .of = "nothing"}) == 0);
}

TEST_CASE("a recording ends before it meets the limit") {
  const Heap heap(HeapOptions{.bytes = mebibyte});
  ControlGroupLimits limits;
  CHECK_NOTHROW(require_room_for_recording(std::size_t{1} << 40, heap, limits));
  limits.memory = {
      {.bytes = 100 * mebibyte, .used = 40 * mebibyte, .reclaimable = 0, .file = "/group"}};
  const std::size_t more = require_room_for_recording(10 * mebibyte, heap, limits);
  CHECK(more > 0);
  // Recorded, they take room, and their copies must still have theirs.
  limits.memory.front().used += more;
  CHECK_NOTHROW(require_room_for_recording(10 * mebibyte + more, heap, limits));
  try {
    require_room_for_recording(20 * mebibyte, heap, limits);
    FAIL("60 MiB are no room for 20 MiB of events");
  } catch (const RecordingExhausted& error) {
    const std::string said = error.what();
    CHECK(said.find("heap 1048576 bytes, live 0 bytes, recorded 20971520 bytes") !=
          std::string::npos);
    CHECK(said.find("/group") != std::string::npos);
  }
}

}  // namespace tricolour
