// The reachable part of a heap in a few numbers: how much it is, and a checksum of its shape.
//
// Purpose: two heaps to which the same mutations were done agree in all of them, wherever the
// objects lie and whatever the barrier.
#pragma once

#include <cstdint>

#include "core/mutator/mutator_context.hpp"
#include "harness/replay/serial_table.hpp"

namespace tricolour {

struct GraphDigest {
  std::uint64_t objects = 0;
  std::uint64_t bytes = 0;
  std::uint64_t slots = 0;
  /// Of handles in their order, and of every object's serial, size and references; of objects
  /// independent of the order in which they are met.
  std::uint64_t checksum = 0;
};

/// What `mutator`, the heap's only one, and the globals reach, while no thread changes anything.
GraphDigest digest_graph(Heap& heap, const MutatorContext& mutator, SerialTable& serials);

}  // namespace tricolour
