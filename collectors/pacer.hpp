// The pacer: when a cycle begins, and how much a mutator marks for what it allocates.
//
// Purpose: begin early enough that marking ends before memory does, and no earlier.
//
// Invariant: `trigger_bytes` is between what is live and what the heap holds. Estimates are exponential averages over cycles, from the first
// measurement on, so one odd cycle moves them by half at most.
//
// Ownership: `cycle_ended` by the cycle's thread; the rest by any mutator. The atomics are estimates: relaxed.
// Source: the trigger predicts allocation during marking as in Printezis, Detlefs 2000; the assist ratio is remaining work over remaining
// room as in Go's pacer (Clements, Go 1.5 pacing design).
#pragma once

#include <atomic>
#include <cstddef>
#include <optional>

#include "core/clock.hpp"

namespace tricolour {

class Pacer {
 public:
  /// `heap_bytes`: all of it. `headroom_factor`: safety on the predicted allocation, at least 1.
  Pacer(std::size_t heap_bytes, double headroom_factor);

  /// Used bytes at which the next cycle should begin.
  std::size_t trigger_bytes() const { return trigger_.load(std::memory_order_relaxed); }
  /// Bytes a cycle is expected to mark.
  std::size_t expected_bytes() const { return expected_.load(std::memory_order_relaxed); }

  /// Bytes to mark per byte allocated, so that marking ends before room does; 0 when the markers will do alone.
  double assist_ratio(std::size_t marked, std::size_t used) const;

  struct CycleFacts {
    std::size_t live_bytes;        ///< after the cycle
    std::size_t marked_bytes;      ///< by it
    Nanoseconds marking_ns;        ///< wall time from begin to termination; 0 when it was stopped throughout
    std::size_t allocated_bytes;   ///< since the last cycle ended
    Nanoseconds elapsed_ns;        ///< since the last cycle ended
  };
  void cycle_ended(const CycleFacts& facts);

 private:
  std::size_t usable() const;
  const std::size_t heap_bytes_;
  const double headroom_factor_;
  std::optional<double> mark_rate_;        ///< bytes per ns, once measured
  std::optional<double> allocation_rate_;  ///< bytes per ns, once measured
  std::atomic<double> race_;               ///< allocation rate over mark rate, for mutators
  std::atomic<std::size_t> trigger_;
  std::atomic<std::size_t> expected_;
};

}  // namespace tricolour
