// When a wait counts as late, and what follows. Of the process: it is chosen by the program.
//
// Purpose: two bounds that do not depend on each other. An embedder's program is told which mutator
// does not reach a safepoint, and goes on; a test or a verified run ends with a report where it
// would hang.
//
// Ownership: set while no heap exists; read by any thread.
//
// Memory ordering: relaxed: threads are started after it is set.
#pragma once

#include <atomic>
#include <limits>

#include "core/observe/clock.hpp"

namespace tricolour {

class WatchdogPolicy {
 public:
  /// A bound that no wait reaches.
  static constexpr Nanoseconds never = std::numeric_limits<Nanoseconds>::max();
  static constexpr Nanoseconds standard_say_after_ns = 10'000'000'000;

  /// A stop or handshake that has waited so long for a mutator is reported on standard error, once
  /// for each wait, which goes on. Other waits are as long as a collection, and are not reported.
  static void say_after(Nanoseconds bound_ns) {
    say_after_ns_.store(bound_ns, std::memory_order_relaxed);
  }
  /// Any wait that has lasted so long is reported on standard error, and the process aborts.
  static void abort_after(Nanoseconds bound_ns) {
    abort_after_ns_.store(bound_ns, std::memory_order_relaxed);
  }
  static Nanoseconds say_after_ns() { return say_after_ns_.load(std::memory_order_relaxed); }
  static Nanoseconds abort_after_ns() { return abort_after_ns_.load(std::memory_order_relaxed); }

 private:
  static inline std::atomic<Nanoseconds> say_after_ns_{standard_say_after_ns};
  static inline std::atomic<Nanoseconds> abort_after_ns_{never};
};

/// For tests and verified runs, in which no wait lasts some seconds.
inline void abort_at_late_waits() { WatchdogPolicy::abort_after(60'000'000'000); }

}  // namespace tricolour
