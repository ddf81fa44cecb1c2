// How many packets of a grey set are published.
//
// Purpose: a grey set is empty when its stacks and its open packet are. The stacks can't be asked
// together; this count can be.
//
// Invariant: a packet is counted from before its push until after its pop. So a count of 0 means
// that no packet is or is about to be in a stack.
//
// Ownership: any thread.
//
// Memory ordering: a pop releases to the look of `none`, which so sees what its thread did before:
// an assist's entry, a worker's resumption. A push need not release: the thread that publishes a
// packet releases later, when it leaves its assist, turns idle or answers a handshake.
// collectors/marking/draining_exploration_test.cpp runs this source under models of memory.
#pragma once

#include <cstdint>

#include "core/heap/atomics.hpp"

namespace tricolour {

/// `Atomic` is std::atomic, or a model checker's.
template <template <class> class Atomic = StandardAtomic>
class PacketCount {
 public:
  /// Before the push. Relaxed: see above.
  void announce() { published_.fetch_add(1, std::memory_order_relaxed); }
  /// After the pop. Releases what the caller did before; partner: `none`.
  void withdraw() { published_.fetch_sub(1, std::memory_order_release); }
  /// Acquires what those did who popped; partner: `withdraw`.
  bool none() const { return published_.load(std::memory_order_acquire) == 0; }
  /// A hint: relaxed.
  bool any() const { return published_.load(std::memory_order_relaxed) > 0; }

 private:
  Atomic<std::int64_t> published_{0};
};

}  // namespace tricolour
