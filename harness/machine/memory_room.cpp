#include "harness/machine/memory_room.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "core/saturating.hpp"

namespace tricolour {
namespace {

/// What a process takes beside its heap once it runs, several times what was measured: 5 to 13 MiB
/// with up to 9 threads, recording for a second.
constexpr std::size_t process_bytes = std::size_t{16} << 20;
constexpr std::size_t thread_bytes = std::size_t{1} << 20;

std::string size(std::size_t bytes) { return show_bytes(static_cast<double>(bytes)); }
std::string name_of(const MemoryLimit& limit) {
  return fmt::format("the control group's limit of {} in {}", size(limit.bytes), limit.file);
}

}  // namespace

std::size_t MemoryNeed::bytes() const {
  return add_sat(add_sat(heap.total(), beside), process_bytes + threads * thread_bytes);
}

MemoryRoom memory_room(const Machine& machine) {
  MemoryRoom room{machine.available_bytes,
                  fmt::format("the machine's memory of {}", size(machine.memory_bytes))};
  const auto limit = machine.limits.tightest_memory();
  if (limit && limit->free_bytes() < room.free_bytes) {
    room = {limit->free_bytes(), name_of(*limit)};
  }
  return room;
}

std::string lack_of_room(const MemoryNeed& need, const MemoryRoom& room) {
  if (need.bytes() <= room.free_bytes) return {};
  return fmt::format(
      "the heap may need {}: {} at once for heap and metadata, up to {} while it is marked, {} for "
      "the process; of {} there are {} left",
      size(need.bytes()), size(need.heap.backed), size(need.heap.reserve),
      size(need.bytes() - need.heap.total()), room.of, size(room.free_bytes));
}

std::size_t require_room_for_recording(std::size_t recorded, const Heap& heap,
                                       const ControlGroupLimits& limits) {
  constexpr std::size_t copies = 3;
  constexpr std::size_t margin = std::size_t{8} << 20;
  const auto limit = limits.tightest_memory();
  if (!limit) return std::numeric_limits<std::size_t>::max() - recorded;
  constexpr std::size_t least_step = std::size_t{64} << 10;
  const std::size_t need = copies * recorded + margin;
  // What is recorded takes room itself, and its copies' room; half of what is left is for what else
  // grows meanwhile.
  if (limit->free_bytes() >= need)
    return std::max(least_step, (limit->free_bytes() - need) / (2 * (copies + 1)));
  throw RecordingExhausted(fmt::format(
      "memory exhausted: heap {} bytes, live {} bytes, recorded {} bytes; of {} there "
      "are {} left. A shorter run, or "
      "--record off, takes less",
      heap.bytes(), heap.live_bytes(), recorded, name_of(*limit), size(limit->free_bytes())));
}

}  // namespace tricolour
