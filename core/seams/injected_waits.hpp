// Injected waits: some milliseconds added, now and then, where a mutator can wait, in the
// instrumented build.
//
// Purpose: a known wait has to come out under its own name. The waits are where the work is, below
// whatever times it, and each says by its own reading of the clock when it began and ended. They
// come by the clock: the first occurrence waits, and each that is long enough after the last wait.
// So a place that is passed at all has one, however often a machine passes it.
//
// Invariant: elsewhere `pass_wait` is nothing. A wait changes no result of a correct program: it
// only takes time.
//
// Ownership: costs are set while no other thread passes a place; the list is read when all threads
// have ended.
//
// Memory ordering: the times only choose an occurrence: relaxed. The list: its lock.
#pragma once

#include <array>
#include <atomic>
#include <mutex>
#include <string_view>
#include <vector>

#include "core/build_flavour.hpp"
#include "core/seams/injected_costs.hpp"

namespace tricolour {

struct InjectedWait {
  WaitPlace place;
  Nanoseconds begin_ns;
  Nanoseconds end_ns;
};

class InjectedWaits {
 public:
  static void set(const InjectedCosts& costs) {
    costs_ = costs;
    for (auto& next : next_ns_) next.store(0, std::memory_order_relaxed);
    done_.clear();
  }
  /// Waits if this occurrence is one of those; returns whether it did.
  static bool pass(WaitPlace place) {
    const Nanoseconds length = costs_.wait_ns(place);
    if (length == 0) return false;
    std::atomic<Nanoseconds>& next = next_ns_[static_cast<std::size_t>(place)];
    const Nanoseconds begin = now_ns();
    Nanoseconds due = next.load(std::memory_order_relaxed);
    const Nanoseconds after = begin + length + costs_.wait_apart_ns;
    if (begin < due || !next.compare_exchange_strong(due, after, std::memory_order_relaxed)) {
      return false;
    }
    wait_busily(length);
    std::scoped_lock lock(lock_);
    done_.push_back({place, begin, now_ns()});
    return true;
  }
  static const std::vector<InjectedWait>& done() { return done_; }

 private:
  static inline InjectedCosts costs_;
  static inline std::array<std::atomic<Nanoseconds>, wait_places> next_ns_{};
  static inline std::mutex lock_;
  static inline std::vector<InjectedWait> done_;
};

/// This thread is at that place. Nothing in a build without TRICOLOUR_INSTRUMENTED.
inline bool pass_wait(WaitPlace place) {
  if constexpr (instrumented_built) return InjectedWaits::pass(place);
  return false;
}

}  // namespace tricolour
