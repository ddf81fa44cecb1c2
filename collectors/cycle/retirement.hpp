// Retirement: mutators leave the epoch whose objects a sweep will look at.
//
// Purpose: in the stop that ends a cycle, or each in its own handshake, mutators retire their holes
// and come to the new epoch. What they had made by then is what the sweep finds; what they make
// from then on is none of its business.
//
// Invariant: the sweep is opened when every mutator has retired, so none allocates in a block
// that is swept.
//
// Ownership: the holder of World::Exclusive, and one mutator at a time in its handshake. Memory
// ordering: the handshakes'.
#pragma once

#include "core/errors.hpp"
#include "core/mutator/heap.hpp"

namespace tricolour {

class Retirement {
 public:
  /// Begins the new epoch.
  Retirement(Heap& heap, const World::Exclusive& world)
      : allocated_bytes_(heap.allocated_bytes({})) {
    heap.turn_to_sweep(world);
  }

  /// Stopped, or in its handshake. Throws InvariantViolated when it still holds grey objects.
  void retire(MutatorContext& mutator) {
    if (mutator.phase().arm == BarrierArm::live && !mutator.shade_buffer_empty())
      throw InvariantViolated("a shade buffer holds objects after termination");
    allocated_bytes_ += mutator.allocated_bytes();
    pending_bytes_ += mutator.pending_bytes();
    if (!faulty(Fault::hole_not_retired)) mutator.retire_holes();
  }

  /// Ever allocated, by all mutators that ever were, until each retired.
  std::uint64_t allocated_bytes() const { return allocated_bytes_; }
  /// Handed out then, and no object yet.
  std::size_t pending_bytes() const { return pending_bytes_; }

 private:
  std::uint64_t allocated_bytes_;
  std::size_t pending_bytes_ = 0;
};

}  // namespace tricolour
