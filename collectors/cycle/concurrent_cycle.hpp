// A concurrent cycle: any thread begins it, and one thread at a time leads it.
//
// Purpose: the steps of a cycle from its begin to its end, each a stop or handshakes, for the
// collector's thread and for mutators that do its work while it waits for a processor; and the
// pacer, which learns from each cycle.
//
// Invariant: one cycle at a time. The leader holds `lead_` while it marks as the marker's leader,
// gathers, or terminates; no other thread ends the phase `marking`. `lead_` is taken before
// World::Exclusive. `completed` is called with both held, and may take a lock that no thread holds
// while it waits for either, or at a safepoint.
//
// Ownership: facts for the pacer: the holder of World::Exclusive. `resumptions_`, `gathers_`: the
// leader. Counts: counts_lock_.
//
// Memory ordering: what a thread needs of the cycle it gets with `lead_` or World::Exclusive.
// Source: as in Go, mutators begin cycles and end them (gcStart, gcMarkDone).
#pragma once

#include <functional>
#include <mutex>

#include "collectors/cycle/stopped_collection.hpp"
#include "collectors/pacing/pacer.hpp"
#include "core/mutator/watchdog.hpp"
#include "core/mutex.hpp"

namespace tricolour {

class ConcurrentCycle {
 public:
  /// `completed` is called at each cycle's end, in the stop if there is one, and at a failure.
  ConcurrentCycle(const CollectorParts& parts, std::function<void()> completed);

  Cycle& cycle() { return cycle_; }
  const Cycle& cycle() const { return cycle_; }
  StoppedCollection& stopped() { return stopped_; }
  const Pacer& pacer() const { return pacer_; }
  /// Mutators may lead: not where there are cards, because to gather is to scan all dirty ones, and
  /// not where the world never stops, because to lead is to wait for each mutator's handshake.
  bool mutators_lead() const { return mutators_lead_; }

  /// The collector starts: time counts from here.
  void start() { ended_at_ns_ = now_ns(); }
  /// An estimate: another cycle may be ending.
  bool is_past_trigger() const { return heap_.used_bytes() >= trigger_bytes(); }
  std::size_t trigger_bytes() const { return pacer_.trigger_bytes(heap_.world.crowded()); }
  /// The last cycle's sweep is complete. `self`: the calling mutator, if it is one. False when a
  /// cycle has begun since `completed` had ended, or when it was to begin at the trigger and the
  /// use is below: the cycle that ended, a sweep or a collection in a pause took the reason away.
  bool begin(MutatorContext* self, Cause cause, std::uint64_t completed);
  /// As the collector's thread: leads a cycle under way to its end.
  void complete();
  /// As a mutator, when marking has drained and no thread leads: gathers, or terminates. False when
  /// neither more to mark was found nor the cycle ended.
  bool lead_instead(MutatorContext& mutator);

  /// Adds its counts.
  void count(CollectorStatistics& statistics) const;

 private:
  /// By the leader, on the collector's thread. The lock keeps collections in pauses out: they pass
  /// through marking too, and stop mutators only.
  bool is_under_way();
  void mark();
  /// By the leader. True when what mutators hold had something to mark; a few times at most, the
  /// final stop does the rest.
  bool gather(MutatorContext* self);
  /// By the leader. False when there was more to mark than a pause may, or in a round of
  /// handshakes.
  bool terminate(MutatorContext* self);
  void stop(World::Exclusive& world, Pause pause, const std::function<void()>& work);
  /// As a collector, on whatever thread. What fails in it also ends the waits for the cycle.
  void guarded(const std::function<void()>& work);
  void learn();
  /// After each cycle, and before one that begins elsewhere because mutators came or went.
  void announce(std::size_t trigger);

  Heap& heap_;
  const CollectorOptions options_;
  const bool mutators_lead_;
  const std::function<void()> completed_;
  Cycle cycle_;
  StoppedCollection stopped_;
  Pacer pacer_;

  WatchedLock lead_;
  unsigned resumptions_ = 0;
  unsigned gathers_ = 0;  ///< since the last attempt to terminate

  std::size_t announced_trigger_ = 0;
  std::size_t allocated_bytes_ = 0;
  std::size_t scattered_bytes_ = 0;  ///< by the sweep before this cycle
  Nanoseconds began_at_ns_ = 0;
  Nanoseconds ended_at_ns_ = 0;
  mutable Mutex counts_lock_;
  std::uint64_t cycles_ = 0;
  std::uint64_t all_resumptions_ = 0;
};

}  // namespace tricolour
