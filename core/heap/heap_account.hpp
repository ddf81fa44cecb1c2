// The heap's account: how many bytes of it are in use.
//
// Purpose: what the pacer goes by and what every table of heap use holds. A period lasts from one
// sweep's begin to the next. In use are the survivors that the period began with, what large
// objects hold of their last page beyond their bytes, and what was handed out since: holes, with
// the free pieces that were passed over because no request fits into them, and pages of large
// objects.
//
// Invariant: each byte counts at most once in a period, so the use is never above the heap's size.
// What becomes free again within a period is taken back before another thread can get it.
//
// Ownership: `begin_period`: the collector, world stopped. The rest: any thread.
//
// Memory ordering: relaxed. Taking back happens before the next hand-out of the same bytes by the
// order in which the bytes themselves change hands. The use is one word, so that a thread that is
// not stopped never reads half a period.
#pragma once

#include <atomic>
#include <cstddef>
#include <string>

#include "core/errors.hpp"
#include "core/seams/faults.hpp"

namespace tricolour {

class HeapAccount {
 public:
  explicit HeapAccount(std::size_t heap_bytes) : heap_bytes_(heap_bytes) {}

  std::size_t used() const { return used_.load(std::memory_order_relaxed); }
  /// Since the period began.
  std::size_t handed_out() const { return handed_out_.load(std::memory_order_relaxed); }

  void hand_out(std::size_t bytes) {
    handed_out_.fetch_add(bytes, std::memory_order_relaxed);
    check(used_.fetch_add(bytes, std::memory_order_relaxed) + bytes);
  }
  /// Of what was handed out in this period: others may have it.
  void take_back(std::size_t bytes) {
    handed_out_.fetch_sub(bytes, std::memory_order_relaxed);
    used_.fetch_sub(bytes, std::memory_order_relaxed);
  }
  /// Of what the period began with.
  void free_of_survivors(std::size_t bytes) { used_.fetch_sub(bytes, std::memory_order_relaxed); }
  void begin_period(std::size_t survivors) {
    used_.store(survivors, std::memory_order_relaxed);
    handed_out_.store(0, std::memory_order_relaxed);
    check(survivors);
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

  const std::size_t heap_bytes_;
  std::atomic<std::size_t> used_{0};
  std::atomic<std::size_t> handed_out_{0};
};

}  // namespace tricolour
