// Safepoints: stopping the world, handshakes, blocked regions.
//
// Purpose: a mutator is at a safepoint when it polls, allocates slowly or is blocked; only then may
// a collector read its roots or change its copy of the phase.
//
// Invariant: `World::Exclusive` is held by one thread at a time, so there is one stop or handshake
// at a time and none registers meanwhile. A blocked mutator holds none up. The protocol itself,
// with its statuses and orders, is safepoint_protocol.hpp.
//
// A handshake is asked of all at once, and no two mutators are in one at the same time: who finds
// another in one runs on, and answers at a later poll. So no mutator waits for another, and none
// that the system does not let run holds up more than the handshake.
//
// A thread runs one mutator of a heap at a time (see attachment.hpp), and waits for registry_lock_
// only with that mutator blocked. What would hang is a misuse, and is thrown as one: a second
// mutator on a thread, a blocking region in a blocking region, a heap in a forked child.
//
// Ownership: mutators_: registry_lock_. A SafepointState: its mutator and the holder of Exclusive.
// What the work of handshakes writes: turn_, and behind the handshakes the holder of Exclusive.
//
// Memory ordering: safepoint_protocol.hpp. Counts: relaxed.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "core/mutator/safepoint_protocol.hpp"
#include "core/mutator/watchdog.hpp"
#include "core/mutex.hpp"
#include "core/observe/events.hpp"
#include "core/threads/owner_process.hpp"

namespace tricolour {

class Heap;
class MutatorContext;

using HandshakeWork = std::function<void(MutatorContext&)>;

using SafepointState = BasicSafepointState<StandardAtomic, const HandshakeWork*>;

/// What mutators were asked for so far, by the world itself and not by what it recorded.
struct SafepointCounts {
  std::uint64_t stops = 0;         ///< of the world, but for verification
  std::uint64_t verification = 0;  ///< stops for it
  std::uint64_t handshakes = 0;    ///< of one mutator each
  Nanoseconds answered_ns = 0;     ///< sum of the times from request to answer, as the asker saw it
  unsigned most_at_once = 0;       ///< mutators in a handshake
};

/// A global pause, as the requester names it and as `World` times it.
struct Pause {
  PauseKind kind = PauseKind::full;
  Cause cause = Cause::none;
};

class World {
 public:
  World(Heap& heap, Watchdog& watchdog)
      : heap_(heap), watchdog_(watchdog), registry_lock_(watchdog, "lock of the registry") {}

  /// Registers a mutator, born in `status`: `running` on this thread, or `blocked` for a thread
  /// that attaches later. `arrival` (may be empty) runs under the registry lock, when no stop or
  /// handshake is under way. Throws Misuse: `running`, on a thread that runs a mutator of this
  /// heap; or this is a forked child.
  void add(MutatorContext& mutator, MutatorStatus status,
           const std::function<void(MutatorContext&)>& arrival);
  /// A mutator that was born blocked runs on this thread from here on. Throws Misuse: it was
  /// attached before, or this thread runs another mutator of this heap.
  void attach(MutatorContext& mutator);
  /// `farewell` runs under the registry lock, when no stop or handshake is under way. The wait for
  /// that counts as registry_lock, the farewell as what the mutator was doing. A safepoint for the
  /// mutator that runs on this thread.
  void remove(MutatorContext& mutator, const std::function<void()>& farewell);
  /// The thread to which it is attached ends, and it does not: it is blocked from here on.
  void thread_ends(MutatorContext& mutator) noexcept;

  /// Not in a forked child, which has the heap and none of its threads.
  bool in_owner_process() const { return owner_.is_this(); }
  /// Throws Misuse in a forked child: threads that it does not have may hold any lock. Every slow
  /// path of a mutator asks before it takes one.
  void require_owner_process() const;
  /// Throws Misuse in a blocking region of `mutator`. On its thread.
  void require_running(const MutatorContext& mutator) const;
  /// Throws Misuse, which says that `deed` happens, when a mutator is registered whose thread has
  /// not ended.
  void require_no_mutators(const char* deed);
  /// The heap goes. Forgets mutators whose threads have ended. Throws Misuse as above.
  void end();

  /// Any thread.
  SafepointCounts counts() const;
  /// The longest time from request to answer since this was asked last.
  Nanoseconds take_longest_answer() {
    return longest_answer_ns_.exchange(0, std::memory_order_relaxed);
  }

  /// There are more mutators than processors: who waits for a thread should let it run. Any thread.
  bool crowded() const { return crowded_.load(std::memory_order_relaxed); }

  /// The slow half of a poll. Called by the mutator itself. Throws Misuse in a forked child.
  void answer(MutatorContext& mutator);
  /// From here on a collector may act for the mutator; it touches neither heap nor roots until
  /// `leave_blocked`. Returns the activity that it interrupted. Throws Misuse when it is blocked
  /// already, and in a forked child.
  Activity enter_blocked(MutatorContext& mutator, Activity activity);
  /// `wait_over_at`: when what it waited for was there; the time since then was the system's.
  void leave_blocked(MutatorContext& mutator, Activity next,
                     std::optional<Nanoseconds> wait_over_at = std::nullopt);

  /// The right to stop the world. A mutator that asks for it is blocked while it waits and works;
  /// the wait counts as registry_lock, the work as paused.
  class Exclusive {
   public:
    /// `self`: the calling mutator, or null on a GC thread.
    Exclusive(World& world, MutatorContext* self);
    ~Exclusive();
    Exclusive(const Exclusive&) = delete;
    Exclusive& operator=(const Exclusive&) = delete;

    /// Stops every mutator, runs `work` (which may rename the pause), resumes them, emits the
    /// pause.
    void stop(Pause pause, const std::function<void(Pause&)>& work);
    /// Runs `work` once for each of `mutators`, at its own safepoint or on its behalf, one at a
    /// time; returns when all are done.
    void handshake(std::span<MutatorContext* const> mutators, const HandshakeWork& work);
    /// With every mutator.
    void handshake(const HandshakeWork& work) { handshake(world_.mutators_, work); }
    const std::vector<MutatorContext*>& mutators() const { return world_.mutators_; }

   private:
    World& world_;
    MutatorContext* self_;
    Activity interrupted_ = Activity::running;
    std::unique_lock<WatchedLock> lock_;
  };

 private:
  class Runner;
  /// Throws Misuse, which says that a mutator `deed`, when one of this heap runs on this thread.
  void require_no_runner(const char* deed) const;
  /// The registry lock is held, and the number of mutators has changed.
  void note_number();
  class WatchedWaiter;
  void note_answer(Nanoseconds after);
  /// In a handshake of `mutator`: its work, on this thread.
  void carry_out(const HandshakeWork& work, MutatorContext& mutator);
  /// Returns when the mutators were free to run. What a sleeping one takes to wake up is in its own
  /// interval; this thread may not run again before all of them have.
  Nanoseconds resume();

  Heap& heap_;
  Watchdog& watchdog_;
  WatchedLock registry_lock_;
  std::vector<MutatorContext*> mutators_;
  SafepointProtocol<SafepointState> protocol_;
  Mutex turn_;  ///< held by who is in a handshake
  std::atomic<std::uint64_t> stops_{0}, verification_{0}, handshakes_{0};
  std::atomic<unsigned> in_handshake_{0}, most_in_handshake_{0};
  std::atomic<Nanoseconds> answered_ns_{0}, longest_answer_ns_{0};
  /// The last stop was over, or the last claim. Relaxed: before the statuses' release, after their
  /// acquire.
  std::atomic<Nanoseconds> resumed_at_ns_{0};
  std::atomic<bool> crowded_{false};  // relaxed: a hint
  const OwnerProcess owner_;
};

}  // namespace tricolour
