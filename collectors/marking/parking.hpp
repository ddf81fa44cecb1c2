// Parking: where idle mark workers sleep.
//
// Purpose: a worker that finds nothing to do after a short spin sleeps until another has something for it.
//
// Invariant: no wake-up that matters is lost: a sleeper looks once more under the lock, and `wake` passes through the lock after
// what it announces has been made visible. So either the look sees it, or the sleeper is waiting when `wake` notifies.
//
// Ownership: any thread.
//
// Memory ordering: the lock; the number of sleepers is a hint, relaxed.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>

#include "core/schedule_window.hpp"

namespace tricolour {

class Parking {
 public:
  /// Sleeps until a `wake`, unless `ready()`. May return early: callers look again.
  template <class Ready>
  void sleep_unless(Ready ready) {
    pass_window(Window::before_parking);
    std::unique_lock lock(lock_);
    if (ready()) return;
    sleepers_.fetch_add(1, std::memory_order_relaxed);
    woken_.wait(lock);
    sleepers_.fetch_sub(1, std::memory_order_relaxed);
  }
  void wake() {
    { const std::scoped_lock lock(lock_); }
    woken_.notify_all();
  }
  /// Does anybody sleep? A hint.
  bool occupied() const { return sleepers_.load(std::memory_order_relaxed) != 0; }

 private:
  std::mutex lock_;
  std::condition_variable woken_;
  std::atomic<int> sleepers_{0};
};

}  // namespace tricolour
