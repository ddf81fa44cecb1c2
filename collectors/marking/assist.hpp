// Assists: mutators that mark concurrently with the markers.
//
// Purpose: shared by every marker. A mutator takes a packet, or what the marker offers, traces from
// it for a bounded number of bytes, and leaves the rest.
//
// Invariant: while a mutator holds grey items privately, `none_while` is false.
//
// Ownership: any mutator calls `assist`; the concurrent marker calls `none_while` and
// `take_hunger`; `drained`: any thread.
//
// Memory ordering: assist_count.hpp. hungry_ is a hint: relaxed.
// Source: mutator assists as in Go's pacer (Clements, proposal 44167); here they take what is
// published, or the oldest items of a worker's deque.
#pragma once

#include <atomic>
#include <functional>

#include "collectors/marking/assist_count.hpp"
#include "collectors/marking/scanner.hpp"
#include "core/mutator/heap.hpp"

namespace tricolour {

class Assists {
 public:
  explicit Assists(Heap& heap) : heap_(heap) {}

  /// Fills an empty packet from elsewhere when none is published; false when there is nothing.
  using OtherSource = std::function<bool(GreyPacket&)>;

  /// Scans until about `bytes` have been scanned or there is nothing to take.
  MarkCount assist(const PhaseState& phase, unsigned prefetch, std::size_t bytes,
                   const OtherSource& other = {});
  /// Would an assist find a packet? A hint; where not, the markers are asked to share.
  bool worth_it() {
    if (heap_.grey_set.any_in_sight()) return true;
    hungry_.store(true, std::memory_order_relaxed);
    return false;
  }
  /// Was there a moment at which no assist was under way and `nothing_left()` held?
  template <class NothingLeft>
  bool none_while(NothingLeft nothing_left) const {
    return under_way_.none_while(nothing_left);
  }
  /// No assist is under way and the grey set is empty: so it was at some moment during the call.
  bool drained() const {
    return none_while([this] { return heap_.grey_set.empty(); });
  }
  /// Did a mutator look for work and find none since last asked?
  bool take_hunger() {
    return hungry_.load(std::memory_order_relaxed) &&
           hungry_.exchange(false, std::memory_order_relaxed);
  }

 private:
  /// What the assist held is given back.
  void leave();

  Heap& heap_;
  AssistCount<> under_way_;
  std::atomic<bool> hungry_{false};
};

}  // namespace tricolour
