// The protocol of safepoints: how mutators meet the thread that holds the world.
//
// Purpose: stops, handshakes, blocked regions and claims, without heap, events or watchdog. `World`
// carries them out with the system's lock and condition variables, and
// safepoint_exploration_test.cpp explores this source over those of a model of memory.
//
//   status    meaning                                   leaves by
//   running   executes mutator code                     poll -> stopped; enter_blocked -> blocked
//   stopped   waits at a poll                           the stopper's resume -> running
//   blocked   outside the heap (a system call, a wait)  its own leave_blocked -> running; a
//                                                       collector's claim -> claimed
//   claimed   blocked, and a collector acts for it      the collector's release -> blocked
//
// Invariant: the compare-exchange blocked -> claimed decides who acts for a blocked mutator, so a
// mutator and a collector never act at once. No wake-up is lost: a status that a thread may sleep
// on changes under parking_lock_, and a sleeper looks once more under it.
//
// Ownership: `mutator's own` functions: its thread; the others: the one thread that holds the
// world.
//
// Memory ordering: a status that gives the other side leave to act (stopped and blocked; running
// and blocked after a stop or a claim) is stored with release, and looked for with acquire: so the
// collector sees the mutator's roots and buffers, and the mutator sees what was changed for it. The
// poll word is only a hint to look (relaxed load); the slow path looks again and acquires, so that
// it sees the work of the handshake that set it. Source: ragged handshakes and claimed blocked
// threads as in HotSpot (JEP 312) and Go's preempted _Gsyscall threads.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>

#include "core/heap/atomics.hpp"
#include "core/mutex.hpp"
#include "core/seams/faults.hpp"
#include "core/seams/schedule_window.hpp"

namespace tricolour {

enum class MutatorStatus : std::uint32_t { running, stopped, blocked, claimed };

/// One mutator's part. `Work`: what a handshake asks for; its first value asks for nothing.
template <template <class> class Atomic, class Work>
struct BasicSafepointState {
  Atomic<bool> poll{false};
  Atomic<MutatorStatus> status{MutatorStatus::running};
  /// Of the handshake under way.
  Atomic<Work> handshake{Work{}};
};

/// What a thread sleeps with: the system's, or a model checker's.
struct StandardParking {
  using Lock = Mutex;
  using Held = std::unique_lock<std::mutex>;
  using Condition = std::condition_variable;
};

/// `State`: a BasicSafepointState. A `waiter` has `spin(ready)`, which may look at `ready` for a
/// while and gives its last answer, and `sleep(condition, held, ready)`, which returns when it is.
template <class State, class Parking = StandardParking>
class SafepointProtocol {
 public:
  // --- a mutator's own --------------------------------------------------------------------------

  /// At a poll that was set: what a handshake asks for. Nothing: it is a stop, or was over before
  /// the mutator came.
  auto asked(State& self) const {
    // Acquires what was stored before the poll word was set, the work first of all; the look that
    // brought the mutator here did not. Partner: request_handshake.
    const bool set = self.poll.load(std::memory_order_acquire);
    const auto work = self.handshake.load(std::memory_order_relaxed);
    return set ? work : decltype(work){};
  }
  /// At a safepoint, for a stop; false when that was over before the mutator came.
  bool report_stopped(State& self) {
    {
      const std::scoped_lock lock(parking_lock_);
      if (!self.poll.load(std::memory_order_relaxed)) return false;
      self.status.store(MutatorStatus::stopped, std::memory_order_release);
    }
    arrived_.notify_all();
    return true;
  }
  /// Until the stop is over.
  template <class Waiter>
  void await_resumption(State& self, Waiter&& waiter) {
    wait_until(
        resumed_, [&] { return status_of(self) == MutatorStatus::running; }, waiter);
  }
  /// It has done what the handshake asked for.
  void report_handshake(State& self) {
    pass_window(Window::between_work_and_report);
    {
      const std::scoped_lock lock(parking_lock_);
      self.poll.store(false, std::memory_order_relaxed);
      self.handshake.store({}, std::memory_order_release);
    }
    arrived_.notify_all();
  }
  /// From here on a collector may act for it.
  void enter_blocked(State& self) {
    pass_window(Window::before_entering_blocked);
    {
      const std::scoped_lock lock(parking_lock_);
      self.status.store(MutatorStatus::blocked, std::memory_order_release);
    }
    arrived_.notify_all();
  }
  /// What its status was: `blocked`, and now it runs; `claimed`, and it has to wait; or neither,
  /// and it was not in a blocked region.
  MutatorStatus try_leave_blocked(State& self) {
    pass_window(Window::before_leaving_blocked);
    auto expected = MutatorStatus::blocked;
    // acquire: whatever a collector did for this mutator while it held the claim.
    self.status.compare_exchange_strong(expected, MutatorStatus::running, std::memory_order_acquire,
                                        std::memory_order_acquire);
    return expected;
  }
  template <class Waiter>
  void await_release(State& self, Waiter&& waiter) {
    wait_until(
        resumed_, [&] { return status_of(self) != MutatorStatus::claimed; }, waiter);
  }

  // --- of the thread that holds the world -------------------------------------------------------

  void request_stop(State& mutator) {
    mutator.poll.store(true, std::memory_order_relaxed);
    pass_window(Window::between_request_and_arrival);
  }
  /// Until it is stopped, or blocked and claimed.
  template <class Waiter>
  void await_stopped(State& mutator, Waiter&& waiter) {
    const auto at_safepoint = [&] {
      return status_of(mutator) == MutatorStatus::stopped || try_claim(mutator);
    };
    wait_until(arrived_, at_safepoint, waiter);
  }
  /// `each_state(act)` calls `act` with the state of every mutator of the stop.
  template <class EachState>
  void resume(EachState each_state) {
    {
      const std::scoped_lock lock(parking_lock_);
      each_state([](State& mutator) {
        mutator.poll.store(false, std::memory_order_relaxed);
        const bool was_claimed =
            mutator.status.load(std::memory_order_relaxed) == MutatorStatus::claimed;
        mutator.status.store(was_claimed ? MutatorStatus::blocked : MutatorStatus::running,
                             std::memory_order_release);
      });
    }
    resumed_.notify_all();
  }
  template <class Work>
  void request_handshake(State& mutator, Work work) {
    mutator.handshake.store(work, std::memory_order_relaxed);
    pass_window(Window::between_work_and_poll);
    // release: the work; partner: asked.
    mutator.poll.store(true, std::memory_order_release);
    pass_window(Window::between_request_and_arrival);
  }
  bool handshake_done(State& mutator) const {
    return !mutator.handshake.load(std::memory_order_acquire);
  }
  /// Until the mutator has done it, or is blocked and claimed: true.
  template <class Waiter>
  bool await_handshake(State& mutator, Waiter&& waiter) {
    wait_until(
        arrived_, [&] { return handshake_done(mutator) || try_claim(mutator); }, waiter);
    return status_of(mutator) == MutatorStatus::claimed;
  }
  void release_claim(State& mutator) {
    pass_window(Window::between_report_and_release);
    {
      const std::scoped_lock lock(parking_lock_);
      // release: what was done for the mutator; partner: the exchange in try_leave_blocked.
      mutator.status.store(MutatorStatus::blocked, std::memory_order_release);
    }
    resumed_.notify_all();
  }

  static MutatorStatus status_of(const State& mutator) {
    return mutator.status.load(std::memory_order_acquire);
  }

 private:
  bool try_claim(State& mutator) {
    if (faulty(Fault::blocked_never_claimed)) return false;
    auto expected = MutatorStatus::blocked;
    // acquire: what the mutator did before it blocked. It publishes nothing.
    return mutator.status.compare_exchange_strong(
        expected, MutatorStatus::claimed, std::memory_order_acquire, std::memory_order_relaxed);
  }
  template <class Ready, class Waiter>
  void wait_until(typename Parking::Condition& condition, Ready ready, Waiter& waiter) {
    if (waiter.spin(ready)) return;
    typename Parking::Held held(parking_lock_);
    waiter.sleep(condition, held, ready);
  }

  typename Parking::Lock parking_lock_;
  typename Parking::Condition arrived_;
  typename Parking::Condition resumed_;
};

}  // namespace tricolour
