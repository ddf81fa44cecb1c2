// The cycle: executes the protocol table with real threads.
//
// Purpose: everything that collectors have in common. A collector decides when `begin`, marking and
// `terminate` happen and in which pause; the steps themselves are those of the table that `match`
// gives.
//
// Invariant: phase transitions follow `may_follow`. No cycle begins before the last one's sweep is
// complete. When `terminate` returns true the grey set and every shade buffer are empty, and
// everything reachable is marked. A failure is final: it reaches every mutator at its next slow
// path.
//
// A cycle that begins and ends by handshakes never stops the world, but where it is verified.
//
// Ownership: the thread that holds World::Exclusive, except `phase`, `marker().assist` (mutators)
// and `finish_sweep` (any thread).
//
// Memory ordering: phase_ is stored (release) by the cycle's thread and read (acquire) by mutators
// on the allocation slow path, as a hint; what they act on is their own copy, adopted at their
// stop or handshake.
#pragma once

#include <atomic>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>

#include "collectors/cycle/card_scan.hpp"
#include "collectors/cycle/collector.hpp"
#include "collectors/cycle/retirement.hpp"
#include "collectors/marking/scanner.hpp"
#include "collectors/sweeping/sweeper.hpp"
#include "core/cycle/protocol.hpp"
#include "core/mutex.hpp"

namespace tricolour {

class Cycle {
 public:
  explicit Cycle(const CollectorParts& parts);
  ~Cycle();

  /// Throws what ended an earlier cycle for good (a lost object): the heap must not be collected
  /// any more. Any thread.
  void rethrow_failure() const;
  bool failed() const { return failed_.load(std::memory_order_acquire); }
  /// Records the exception being handled as the end of this heap's collections. No thread frees
  /// anything after it.
  void fail();

  Phase phase() const { return phase_.load(std::memory_order_acquire); }
  Marker& marker() { return *marker_; }
  const Marker& marker() const { return *marker_; }

  /// The begin table, after the last sweep's check: beside mutators where it goes by handshakes,
  /// else the world stopped. `stopped`: a cycle that stays in this pause.
  void begin(World::Exclusive& world, bool stopped);
  /// Not one that stays in a pause.
  bool begins_by_handshakes() const { return traits_.ragged_roots; }
  bool ends_by_handshakes() const { return traits_.handshake_end; }
  /// The termination table: a round beside mutators where it goes by handshakes, else the world
  /// stopped, and then it scans at most `slots` slots. False when that was not enough: the cycle is
  /// marking again.
  bool terminate(World::Exclusive& world, std::size_t slots = no_limit);
  /// World stopped, idle: begin and terminate in one pause.
  void run_stopped(World::Exclusive& world);
  /// Beside running mutators: every mutator publishes its shades and, if it is grey, scans its
  /// roots again, each in its own handshakes; and the cards that were dirty before are scanned.
  /// True when that brought anything to light.
  bool gather_from_mutators(World::Exclusive& world);
  /// Completes the sweep of the last cycle, and clears what mutators logged in it. Nothing is being
  /// marked; beside mutators, or stopped.
  void finish_sweep();
  /// Sweeps a share of each space, if any is left: some ten microseconds. Any thread.
  void sweep_a_share();
  /// The sweep of the last cycle is complete, and what mutators logged in it is cleared. Any
  /// thread.
  bool is_swept();
  /// On a mutator, between two safepoints: scans about `bytes` of the cards that the last handshake
  /// left to scan. Returns the bytes; 0 when none is left.
  std::size_t scan_some_cards(std::size_t bytes) { return card_scan_.scan_some(bytes); }
  bool any_cards_left() const { return card_scan_.any_left(); }
  /// No mutator and no collector's thread runs any more: completes the last sweep for the oracle,
  /// which would have looked at it when the next cycle began.
  void check_last_sweep();

  /// Cycles terminated so far.
  std::uint64_t completed() const { return completed_.load(std::memory_order_acquire); }
  /// What the cycle itself knows; the collector adds the rest.
  CollectorStatistics statistics() const;

  /// A stretch of one phase on a GC thread, with what it costs in CPU: of the thread that runs it,
  /// and of the marker's own.
  struct Interval {
    Activity activity;
    Nanoseconds begin_ns;
    Nanoseconds cpu_ns;
  };
  Interval begin_interval(Activity activity) const;
  /// Emits the interval, which ends now; returns its CPU time.
  Nanoseconds end_interval(const Interval& interval, Role role, std::uint64_t marked_bytes = 0,
                           std::uint64_t marked_objects = 0);
  /// The same for marking: with the cycle's totals, and counted.
  void end_marking(const Interval& interval, Role role);

 private:
  Protocol protocol_of(bool stopped) const;
  void enter(Phase next);
  /// False when `drain` was cut short.
  bool execute(const Steps& steps, World::Exclusive& world, std::size_t slots);
  /// Nothing: the cycle has to mark more.
  std::optional<Retirement> end_stopped(World::Exclusive& world, std::size_t slots);

  // --- cycle_handshakes.cpp ---------------------------------------------------------------------

  struct Meeting;
  /// Beside mutators: the cycle's own part of the steps, then each mutator's, in its handshakes.
  void meet(Meeting& meeting, World::Exclusive& world);
  /// In a handshake. False: the mutator has more roots, and another handshake for them.
  bool take_part(Meeting& meeting, MutatorContext& mutator);
  void begin_by_handshakes(World::Exclusive& world);
  /// Nothing: the round was not clean.
  std::optional<Retirement> end_by_handshakes(World::Exclusive& world);
  bool is_quiet() const;
  Retirement end_marking(World::Exclusive& world);
  /// What `drain` has checked in a stop, in a stop of its own.
  void verify_marked(World::Exclusive& world);

  // --- cycle.cpp --------------------------------------------------------------------------------

  /// Before any mutator has the new sense.
  void flip(World::Exclusive& world);
  /// `first`: in this cycle; otherwise it is the rescan.
  void shade_roots(World::Exclusive& world, bool first);
  bool drain(std::size_t slots);
  void sweep(void (Sweeper::*how)());
  void open_sweep(World::Exclusive& world, const Retirement& retirement);
  /// World stopped, the sweep complete: the oracle looks whether anything reachable was freed.
  void check_swept();
  /// The same beside mutators, in a stop of its own.
  void verify_swept(World::Exclusive& world);
  void clear_log();
  /// Of the objects that this cycle leaves; `allocated_bytes`: ever, by then.
  std::size_t live_bytes(std::uint64_t allocated_bytes) const;
  /// Of the cycle under way, or the last one. Not heap_.phase().cycle: a sweep beside mutators may
  /// meet a stopped collection that counts it up.
  std::uint64_t number() const;
  Nanoseconds cpu_now() const { return thread_cpu_ns() + marker_->own_cpu_ns(); }

  Heap& heap_;
  const BarrierTraits& barrier_;
  const CycleTraits traits_;
  const CollectorOptions options_;
  Oracle* oracle_;
  std::unique_ptr<Marker> marker_;
  ParallelFor parallel_;
  Sweeper sweeper_;
  CardScan card_scan_;
  /// Guards log_stale_; held while the log is cleared, so that no cycle begins before it is clear.
  Mutex log_lock_;
  bool log_stale_ = false;  ///< slots may be logged from an earlier cycle
  Protocol protocol_;
  std::atomic<Phase> phase_{Phase::idle};
  mutable Mutex failure_lock_;
  std::exception_ptr failure_;
  std::atomic<bool> failed_{false};  ///< release after failure_ is set; acquire on the slow path
  bool sweep_unchecked_ = false;
  std::uint64_t allocated_before_ = 0;  ///< the cycle began
  bool born_black_ = false;             ///< while this cycle marks
  std::atomic<std::uint64_t> completed_{
      0};  ///< release after termination, acquire by a thread that waits for one
  std::atomic<Nanoseconds> mark_cpu_ns_{0};  ///< statistics: relaxed
  std::atomic<Nanoseconds> sweep_cpu_ns_{0};
};

}  // namespace tricolour
