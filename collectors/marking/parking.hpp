// Parking: where idle mark workers sleep.
//
// Purpose: a worker that finds nothing to do after a short spin sleeps until another has something
// for it.
//
// Invariant: no wake-up that matters is lost: a sleeper looks once more under the lock, and `wake`
// passes through the lock after what it announces has been made visible. So either the look sees
// it, or the sleeper is waiting when `wake` notifies.
//
// Ownership: any thread.
//
// Memory ordering: the lock; the number of sleepers is a hint, relaxed.
#pragma once

#include <condition_variable>
#include <mutex>

#include "collectors/marking/work_stealing_deque.hpp"
#include "core/mutator/watchdog.hpp"
#include "core/seams/schedule_window.hpp"

namespace tricolour {

/// All three are the standard's, or a model checker's.
template <template <class> class Atomic = StandardAtomic, class Mutex = std::mutex,
          class ConditionVariable = std::condition_variable>
class Parking {
 public:
  /// Sleeps until a `wake`, unless `ready()`. May return early: callers look again.
  template <class Ready>
  void sleep_unless(Ready ready) {
    park(ready, [this](auto& lock) { woken_.wait(lock); });
  }
  /// The same, and how long it sleeps is watched.
  template <class Ready>
  void sleep_unless(Ready ready, Wait& wait) {
    park(ready, [&](auto& lock) { wait.once(woken_, lock); });
  }
  void wake() {
    { const std::scoped_lock lock(lock_); }
    woken_.notify_all();
  }
  /// True when a thread sleeps. A hint.
  bool occupied() const { return sleepers_.load(std::memory_order_relaxed) != 0; }

 private:
  template <class Ready, class Sleep>
  void park(Ready ready, Sleep sleep) {
    pass_window(Window::before_parking);
    std::unique_lock lock(lock_);
    if (ready()) return;
    sleepers_.fetch_add(1, std::memory_order_relaxed);
    sleep(lock);
    sleepers_.fetch_sub(1, std::memory_order_relaxed);
  }

  Mutex lock_;
  ConditionVariable woken_;
  Atomic<int> sleepers_{0};
};

}  // namespace tricolour
