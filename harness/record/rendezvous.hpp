// A place where a fixed number of threads wait for one another, any number of times, and which can
// be abandoned.
//
// Purpose: no thread waits for one that has failed: `abandon` wakes all, now and later,
// with `RunAbandoned`.
//
// Ownership: shared by its threads; everything stands under one lock.
#pragma once

#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>

#include "core/mutex.hpp"

namespace tricolour {

/// Thrown to a thread that need not go on, because another one failed. It carries nothing: the
/// other one has the reason.
class RunAbandoned : public std::exception {
 public:
  const char* what() const noexcept override { return "abandoned, because another mutator failed"; }
};

class Rendezvous {
 public:
  explicit Rendezvous(unsigned threads) : threads_(threads) {}

  /// Waits for all. The last to come runs `when_complete` before any of them goes on.
  void arrive(const std::function<void()>& when_complete = {}) {
    std::unique_lock<std::mutex> lock(lock_);
    if (abandoned_) throw RunAbandoned();
    const unsigned round = round_;
    if (++arrived_ == threads_) {
      if (when_complete) when_complete();
      arrived_ = 0;
      ++round_;
      changed_.notify_all();
      return;
    }
    changed_.wait(lock, [&] { return round_ != round || abandoned_; });
    if (round_ == round) throw RunAbandoned();
  }
  void abandon() {
    std::scoped_lock lock(lock_);
    abandoned_ = true;
    changed_.notify_all();
  }

 private:
  const unsigned threads_;
  Mutex lock_;
  std::condition_variable changed_;
  unsigned arrived_ = 0;
  unsigned round_ = 0;
  bool abandoned_ = false;
};

}  // namespace tricolour
