// The watchdog of a heap: who waits for whom, and a report when a wait is late.
//
// Purpose: a deadlock is otherwise a silence. Each wait of one thread of a heap for another is a
// `Wait`, where it is taken: the waiting thread itself looks at its time, so that no thread is
// needed for it, and what it waits for may hold any lock. A report says where the awaited mutator
// executes, the phase, who waits for whom and since when, the mutators' statuses, the locks that
// are held, and the last events. When a wait is reported, and when it ends the process, is the
// program's policy (watchdog_policy.hpp).
//
// Invariant: a wait that is over within a slice (at most a second) costs a timed sleep in place of
// an endless one, and is listed nowhere. A wait is late by the slices that it has slept through,
// not by the clock: a process that was stopped for an hour is not late. A report takes none of the
// locks that it may have to tell of, and is made while its thread holds no lock of a condition: the
// awaited mutator may need that one to arrive.
//
// Ownership: a Wait: its thread, and lock_ from when it is listed. The lists: lock_, which is held
// for no wait. A mutator is on its list as long as it is registered.
//
// Memory ordering: the lists: lock_. What a report reads beyond them is atomic and only told:
// relaxed.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

#include "core/cycle/protocol.hpp"
#include "core/mutator/watchdog_policy.hpp"
#include "core/mutex.hpp"
#include "core/observe/last_events.hpp"

namespace tricolour {

class MutatorContext;
class Wait;
class WatchedLock;

enum class Awaited : std::uint8_t {
  stop,        ///< a mutator is to reach a safepoint, for a stop of the world
  handshake,   ///< a mutator is to do its part of a handshake
  resumption,  ///< the stop is to end, or a collector is to release its claim
  lock,
  turn,        ///< another mutator is to give back its turn to allocate
  collection,  ///< a cycle is to be completed
  workers,     ///< other threads of one marking run or loop are to finish
  thread_end,  ///< a part's threads are to end, and were told so
};

class Watchdog {
 public:
  /// A mutator is registered; it runs on this thread, or on none yet.
  void mutator_came(const MutatorContext& mutator, bool runs_here);
  void mutator_attached(const MutatorContext& mutator);
  void mutator_went(const MutatorContext& mutator);
  /// By the thread that changes the phase.
  void note_phase(Phase phase, std::uint64_t cycle) {
    phase_.store(phase, std::memory_order_relaxed);
    cycle_.store(cycle, std::memory_order_relaxed);
  }
  /// Those of mutators are many, and not kept.
  void note_event(const Event& event) {
    if (std::holds_alternative<PauseEvent>(event) || std::holds_alternative<PhaseInterval>(event))
      events_.note(event);
  }
  /// Empty when no wait has lasted a slice.
  std::string report() const;

 private:
  friend class Wait;
  friend class WatchedLock;
  struct Member {
    const MutatorContext* mutator;
    pid_t thread;  ///< 0: none yet
  };
  void list(const Wait& wait);
  void unlist(const Wait& wait);
  /// `wait` is late: says so on standard error.
  void tell(const Wait& wait) const;
  /// Which thread runs the awaited mutator, and where it executes. Empty if a wait is for something
  /// else.
  std::string place_of(const Wait& wait) const;
  void list(const WatchedLock& lock);
  void unlist(const WatchedLock& lock);
  /// lock_ is held.
  std::string describe() const;
  std::string name_of_thread(pid_t thread) const;
  std::string object_of(const Wait& wait) const;

  mutable Mutex lock_;
  std::vector<Member> mutators_;
  std::vector<const Wait*> waits_;
  std::vector<const WatchedLock*> locks_;
  LastEvents events_;
  std::atomic<Phase> phase_{Phase::idle};
  std::atomic<std::uint64_t> cycle_{0};
};

/// A wait of this thread, from its making to its end.
class Wait {
 public:
  static constexpr std::uint32_t no_mutator = ~std::uint32_t{0};

  /// `whom`: the index of the mutator that is awaited.
  Wait(Watchdog& watchdog, Awaited what, std::uint32_t whom = no_mutator);
  /// For a lock.
  Wait(Watchdog& watchdog, const WatchedLock& lock);
  ~Wait();
  Wait(const Wait&) = delete;
  Wait& operator=(const Wait&) = delete;

  /// Returns when `ready()`.
  template <class Ready>
  void until(std::condition_variable& condition, std::unique_lock<std::mutex>& lock, Ready ready) {
    while (!condition.wait_for(lock, std::chrono::nanoseconds(slice_ns_), ready)) sleep_on(lock);
  }
  /// Returns when it was notified, and after each slice.
  void once(std::condition_variable& condition, std::unique_lock<std::mutex>& lock) {
    const auto slice = std::chrono::nanoseconds(slice_ns_);
    if (condition.wait_for(lock, slice) == std::cv_status::timeout) sleep_on(lock);
  }
  /// Between the parts of a wait that has many, each of which may end at once.
  void look() {
    if (now_ns() - begin_ns_ >= slept_ns_ + slice_ns_) sleep_on();
  }
  void lock(std::timed_mutex& mutex) {
    // Not by the steady clock: ThreadSanitizer of GCC 12 does not know pthread_mutex_clocklock.
    const auto slice = std::chrono::nanoseconds(slice_ns_);
    while (!mutex.try_lock_until(std::chrono::system_clock::now() + slice)) sleep_on();
  }

 private:
  friend class Watchdog;
  /// A slice is over.
  void sleep_on();
  /// Gives `lock` back meanwhile: the caller looks again at what it waits for.
  void sleep_on(std::unique_lock<std::mutex>& lock);

  Watchdog& watchdog_;
  const Awaited what_;
  const std::uint32_t whom_;
  const WatchedLock* const for_lock_ = nullptr;
  const Nanoseconds begin_ns_ = now_ns();
  const Nanoseconds slice_ns_;
  pid_t thread_ = 0;  ///< once it is listed
  Nanoseconds slept_ns_ = 0;
  bool said_ = false;
};

/// A mutex that is held for as long as a stop or a cycle takes: a thread that waits for it is
/// watched, and its holder is known. Lockable.
class WatchedLock {
 public:
  /// `name` outlives it.
  WatchedLock(Watchdog& watchdog, const char* name);
  ~WatchedLock();
  WatchedLock(const WatchedLock&) = delete;
  WatchedLock& operator=(const WatchedLock&) = delete;

  void lock();
  bool try_lock();
  void unlock();

 private:
  friend class Watchdog;
  void note_holder();

  Watchdog& watchdog_;
  const char* const name_;
  TimedMutex mutex_;
  std::atomic<pid_t> holder_{0};  ///< relaxed, for a report
  std::atomic<Nanoseconds> held_since_ns_{0};
};

}  // namespace tricolour
