// When a wait counts as late, and what follows. Of the process: it is chosen by the program.
//
// Purpose: a test or a verified run ends with a report where it would hang; an embedder's program
// is told which mutator does not reach a safepoint, and goes on.
//
// Ownership: set while no heap exists; read by any thread.
//
// Memory ordering: relaxed: threads are started after it is set.
#pragma once

#include <atomic>

#include "core/observe/clock.hpp"

namespace tricolour {

class WatchdogPolicy {
 public:
  enum class Late {
    /// A stop or handshake that waits for a mutator is reported on standard error, once for each
    /// wait, which goes on. Other waits are as long as a collection, and are not reported.
    is_said,
    /// Any wait is reported on standard error, and the process aborts.
    aborts,
  };
  static void set(Nanoseconds bound_ns, Late late) {
    bound_ns_.store(bound_ns, std::memory_order_relaxed);
    late_.store(late, std::memory_order_relaxed);
  }
  static Nanoseconds bound_ns() { return bound_ns_.load(std::memory_order_relaxed); }
  static Late late() { return late_.load(std::memory_order_relaxed); }

 private:
  static inline std::atomic<Nanoseconds> bound_ns_{10'000'000'000};
  static inline std::atomic<Late> late_{Late::is_said};
};

/// For tests and verified runs, in which no wait lasts some seconds.
inline void abort_at_late_waits() {
  WatchdogPolicy::set(60'000'000'000, WatchdogPolicy::Late::aborts);
}

}  // namespace tricolour
