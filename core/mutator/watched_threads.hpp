// The threads of one part of a heap, which end with it.
//
// Purpose: a thread that was told to end and does not is reported, and does not just hang the one
// that joins it.
//
// Invariant: `finished_` of `threads_` have done their work and only return.
//
// Ownership: `start` and `join`: the part's owner. `threads_`: the owner; `finished_`: lock_.
//
// Memory ordering: the lock, and join.
#pragma once

#include <condition_variable>
#include <utility>
#include <vector>

#include "core/mutator/watchdog.hpp"
#include "core/mutex.hpp"
#include "core/observe/clock.hpp"
#include "core/threads/thread_start.hpp"

namespace tricolour {

class WatchedThreads {
 public:
  /// `watchdog` outlives it.
  explicit WatchedThreads(Watchdog& watchdog) : watchdog_(watchdog) {}

  /// Starts a thread that runs `work`. Throws ThreadLimitReached; those that run already go on.
  template <class Work>
  void start(const ThreadName& name, Work work) {
    threads_.reserve(threads_.size() + 1);  // a thread that runs is kept, whatever happens
    threads_.push_back(start_thread(name, [this, work = std::move(work)] {
      work();
      const std::scoped_lock lock(lock_);
      ++finished_;
      ended_.notify_all();
    }));
  }

  /// Returns when all have ended. The caller has told them to.
  void join() {
    {
      std::unique_lock<std::mutex> lock(lock_);
      Wait(watchdog_, Awaited::thread_end).until(ended_, lock, [this] {
        return finished_ == threads_.size();
      });
      finished_ = 0;
    }
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }

  std::size_t size() const { return threads_.size(); }

  /// CPU time of those that were not joined, so far.
  Nanoseconds cpu_ns() const;

 private:
  Watchdog& watchdog_;
  Mutex lock_;
  std::condition_variable ended_;
  std::size_t finished_ = 0;
  std::vector<std::thread> threads_;
};

}  // namespace tricolour
