// The pacer: when a cycle begins, and how much mutators mark for what they allocate.
//
// Purpose: begin early enough that marking ends before memory does, and no earlier; and hold
// marking to that.
//
// The line: from a cycle's begin to the use at which memory would run out, the bytes that have to
// be marked grow with the bytes that were handed out since. Whatever the mark threads have done
// counts first; a mutator that finds marking below the line marks a bounded amount, and gets no
// more memory at a time than that pays for. So marking keeps up also when mutators outnumber
// processors and the mark threads hardly run, and no mutator ever marks for long.
//
// Where mutators keep all processors busy no thread marks while they run: all marking is theirs.
// Then the cycle begins late and the line is steep, because each store costs more while marking,
// and what is born then is kept; and assists are fewer and longer: a mutator waits far longer for a
// processor anyway.
//
// Invariant: `trigger_bytes` is between what is live and what the heap holds. Estimates are
// exponential averages over cycles, from the first measurement on, so one odd cycle moves them by
// half at most.
//
// Ownership: `cycle_began`, `cycle_ended`: the holder of World::Exclusive; the rest: any mutator.
// The atomics are estimates: relaxed.
// Source: the trigger predicts allocation during marking as in Printezis, Detlefs 2000; work in
// proportion to allocation, and the credit of background marking, as in Go's pacer (Clements, Go
// 1.5 pacing design).
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <optional>

#include "core/observe/clock.hpp"

namespace tricolour {

class Pacer {
 public:
  /// `heap_bytes`: all of it. `headroom_factor`: safety on the predicted allocation, at least 1.
  Pacer(std::size_t heap_bytes, double headroom_factor);

  /// Used bytes at which the next cycle should begin. `crowded`: mutators keep all processors busy.
  std::size_t trigger_bytes(bool crowded) const {
    return triggers_[crowded].load(std::memory_order_relaxed);
  }

  /// A cycle begins with so much in use.
  void cycle_began(std::size_t used_bytes, bool crowded);
  /// What a mutator should mark now: 0 as long as marking is on the line, else `assist_bytes()`.
  /// Never less, because a short assist costs as much on the way in and out, and has nothing on the
  /// way from memory.
  std::size_t owed_bytes(std::size_t marked, std::size_t used) const;
  /// One assist: from some microseconds of marking where objects are large, to some tens.
  std::size_t assist_bytes() const;
  /// Memory runs out soon: marking should have ended before so much was in use.
  bool is_late(std::size_t used) const;
  /// How much memory a mutator may take at once while marking, so that what it owes for it stays
  /// below `assist_bytes()`.
  std::size_t piece_bytes() const { return piece_.load(std::memory_order_relaxed); }

  struct CycleFacts {
    std::size_t live_bytes;       ///< after the cycle
    std::size_t marked_bytes;     ///< by it
    std::size_t scattered_bytes;  ///< free, in blocks with little room
    Nanoseconds
        marking_ns;  ///< wall time from begin to termination; 0 when it was stopped throughout
    std::size_t allocated_bytes;  ///< since the last cycle ended
    Nanoseconds elapsed_ns;       ///< since the last cycle ended
  };
  void cycle_ended(const CycleFacts& facts);

 private:
  struct Pace;
  static const Pace beside_markers;
  static const Pace among_many;
  static const Pace& pace_of(bool crowded) { return crowded ? among_many : beside_markers; }
  const Pace& pace() const { return *pace_.load(std::memory_order_relaxed); }
  double usable() const;
  /// For both paces: all but `headroom` bytes of the room behind `live` bytes is used first.
  void set_triggers(double live, double headroom);
  /// Of the room at the cycle's begin.
  double share_handed_out(std::size_t used) const;
  const double heap_bytes_;
  const double headroom_factor_;
  double scattered_bytes_ = 0;
  std::optional<double> mark_rate_;        ///< bytes per ns, once measured
  std::optional<double> allocation_rate_;  ///< bytes per ns, once measured
  double expected_;                        ///< bytes that the next cycle will mark, about
  std::array<std::atomic<std::size_t>, 2> triggers_;  ///< by whether mutators are crowded
  std::atomic<std::size_t> piece_;
  // The line of the cycle under way.
  std::atomic<double> work_;        ///< bytes expected to be marked
  std::atomic<double> begin_used_;  ///< in use at the begin: the most that can be marked
  std::atomic<double> room_{1};     ///< bytes that may be handed out until memory runs out
  std::atomic<const Pace*> pace_{&beside_markers};
};

}  // namespace tricolour
