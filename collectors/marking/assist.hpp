// Assists: mutators that mark beside the markers, from published packets.
//
// Purpose: shared by every marker. A mutator takes a packet, traces from it for a bounded number of bytes and pours what is left.
//
// Invariant: while a mutator holds grey items privately, `none()` is false.
//
// Ownership: any mutator calls `assist`; the concurrent marker calls `none` and `take_hunger`.
//
// Memory ordering: active_ is incremented (seq_cst) before the first look at the grey set and decremented (seq_cst) after the pour. A
// marker that reads zero (seq_cst) and then finds the grey set empty has therefore seen everything that assists poured. hungry_ is a
// hint: relaxed.
// Source: mutator assists as in Go's pacer (Clements, proposal 44167); here they only ever take what is published.
#pragma once

#include <atomic>

#include "collectors/marking/scanner.hpp"
#include "core/heap.hpp"

namespace tricolour {

class Assists {
 public:
  explicit Assists(Heap& heap) : heap_(heap) {}

  /// Scans until about `bytes` have been scanned or no packet is published.
  MarkCount assist(const PhaseState& phase, unsigned prefetch, std::size_t bytes);
  bool none() const { return active_.load(std::memory_order_seq_cst) == 0; }
  /// Did a mutator look for work and find none since last asked?
  bool take_hunger() { return hungry_.load(std::memory_order_relaxed) && hungry_.exchange(false, std::memory_order_relaxed); }

 private:
  Heap& heap_;
  std::atomic<int> active_{0};
  std::atomic<bool> hungry_{false};
};

}  // namespace tricolour
