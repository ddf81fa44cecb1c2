// The heap's account: how many bytes of it are in use.
//
// Purpose: what the pacer goes by and what every table of heap use holds. A period lasts from one
// sweep's begin to the next. In use are the survivors that the period began with, what large
// objects hold of their last page beyond their bytes, and what was handed out since: holes, with
// the free pieces that were passed over because no request fits into them, and large objects.
//
// Where no stop begins a sweep, mutators come to the next period one by one, each when it retires
// its holes. Two periods go on then, and each hand-out says of which it is; the former ends when
// the last mutator has left it.
//
// Invariant: each byte counts at most once, so the use is never above the heap's size. What becomes
// free again within a period is taken back before another thread can get it.
//
// Ownership: `end_period`: the holder of World::Exclusive, when no thread hands out in that period
// any more. The rest: any thread.
//
// Memory ordering: relaxed. Taking back happens before the next hand-out of the same bytes by the
// order in which the bytes themselves change hands; what was handed out in a period is complete for
// who ends it by the handshakes in which mutators left it. The use is one word, so that a thread
// that is not stopped never reads half a period.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <string>

#include "core/errors.hpp"
#include "core/heap/epoch.hpp"
#include "core/seams/faults.hpp"

namespace tricolour {

class HeapAccount {
 public:
  explicit HeapAccount(std::size_t heap_bytes) : heap_bytes_(heap_bytes) {}

  std::size_t used() const { return used_.load(std::memory_order_relaxed); }
  /// In periods that have not ended.
  std::size_t handed_out() const {
    return handed_out_[0].load(std::memory_order_relaxed) +
           handed_out_[1].load(std::memory_order_relaxed);
  }

  /// `period`: the epoch in which its mutator allocates.
  void hand_out(Epoch period, std::size_t bytes) {
    of(period).fetch_add(bytes, std::memory_order_relaxed);
    hold(bytes);
  }
  /// Of what was handed out in that period: others may have it.
  void take_back(Epoch period, std::size_t bytes) {
    of(period).fetch_sub(bytes, std::memory_order_relaxed);
    release(bytes);
  }
  /// Held beside what is handed out, from period to period, until it is released.
  void hold(std::size_t bytes) { check(used_.fetch_add(bytes, std::memory_order_relaxed) + bytes); }
  void release(std::size_t bytes) { used_.fetch_sub(bytes, std::memory_order_relaxed); }
  /// Of what `period` began with and handed out, `survivors` bytes are still in use: the next one
  /// begins with them.
  void end_period(Epoch period, std::size_t survivors) {
    const std::size_t handed_out = of(period).exchange(0, std::memory_order_relaxed);
    const std::size_t dead = survivors_ + handed_out - survivors;
    survivors_ = survivors;
    check(used_.fetch_sub(dead, std::memory_order_relaxed) - dead);
  }

 private:
  void check(std::size_t used) const {
    if constexpr (faults_built) {
      if (used > heap_bytes_) {
        throw InvariantViolated(std::to_string(used) + " bytes in use of a heap of " +
                                std::to_string(heap_bytes_));
      }
    }
  }

  std::atomic<std::size_t>& of(Epoch period) { return handed_out_[period % 2]; }

  const std::size_t heap_bytes_;
  std::size_t survivors_ = 0;  ///< of the last period that ended; who ends periods
  std::atomic<std::size_t> used_{0};
  std::array<std::atomic<std::size_t>, 2> handed_out_{};  ///< by the period's parity
};

}  // namespace tricolour
