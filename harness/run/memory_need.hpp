// What a run may need of memory, and the largest heap for which there is room.
#pragma once

#include "harness/machine/memory_room.hpp"
#include "harness/run/run_options.hpp"

namespace tricolour {

MemoryNeed memory_need(const RunPlan& plan);
/// The largest heap with which `plan` has room, in whole blocks; 0 when not one block has.
std::size_t largest_heap(RunPlan plan, const MemoryRoom& room);

}  // namespace tricolour
