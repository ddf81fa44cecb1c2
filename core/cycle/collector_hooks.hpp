// The cold side of a heap: what a collector is asked on the allocation slow path. Virtual, and
// never on a fast path.
//
// Ownership: called on a mutator's thread, at a safepoint: the callee may stop the world, mark for
// the mutator or make it wait.
#pragma once

#include <cstddef>

namespace tricolour {

class MutatorContext;

class CollectorHooks {
 public:
  virtual ~CollectorHooks() = default;
  /// The slow path of an allocation begins. A safepoint.
  virtual void on_slow_allocation(MutatorContext&) {}
  /// Before a hole or a large object is handed out: pacing, quanta, assists. `bytes`: what was
  /// handed out since the last call.
  virtual void on_refill(MutatorContext& mutator, std::size_t bytes) = 0;
  /// No room for `request` bytes. Makes room as far as it can and returns true, or false: nothing
  /// is left to try. `attempts` starts at 0 and is the callee's: how often it has made room for
  /// this request.
  virtual bool on_exhausted(MutatorContext& mutator, std::size_t request, unsigned& attempts) = 0;
};

}  // namespace tricolour
