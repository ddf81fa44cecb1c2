// Room in memory: what a heap may need, and what control groups and machine leave for it.
//
// Purpose: a limit on memory ends a run in order, never by the kernel's killer. A heap has a fixed
// size and is backed before the measured region, so what it may need is known before its first page
// is touched: heap, metadata and side table at once, the reserves of marking and verifying in the
// worst case. One that the limit cannot hold is refused then. One that it can hold stays within it,
// and where the program wants more the heap is exhausted at its own size, as without a limit. What
// grows beside the heap is what a run records; the control thread ends the run before that meets
// the limit.
//
// Invariant: nothing is touched here. Others under the same limit may take what was free.
#pragma once

#include <stdexcept>
#include <string>

#include "core/mutator/heap.hpp"
#include "harness/machine/machine.hpp"
#include "harness/text/quantity.hpp"

namespace tricolour {

/// What a heap and its threads may take of memory beyond what the process has already.
struct MemoryNeed {
  HeapFootprint heap;      ///< with marker and oracle
  std::size_t beside = 0;  ///< the harness's own tables of the heap's size
  unsigned threads = 1;
  std::size_t bytes() const;
};

/// The least that is left anywhere, and of what.
struct MemoryRoom {
  std::size_t free_bytes;
  std::string of;
};
MemoryRoom memory_room(const Machine& machine);

/// Empty when there is room; else what is needed, what is left and whose limit it is.
std::string lack_of_room(const MemoryNeed& need, const MemoryRoom& room);

/// What a run recorded has come near a limit on memory. The message has the heap's sizes, as
/// HeapExhausted's.
class RecordingExhausted : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};
/// Throws RecordingExhausted when the tightest limit leaves no room to gather, sort and write the
/// `recorded` bytes of events. Returns how many more may be recorded until one has to look again.
std::size_t require_room_for_recording(std::size_t recorded, const Heap& heap,
                                       const ControlGroupLimits& limits);

}  // namespace tricolour
