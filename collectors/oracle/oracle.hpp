// The oracle: an independent judge of every cycle.
//
// Purpose: with --verify, at every termination, before any sweeping or colour change, trace from
// the roots again and demand that everything reachable is marked; after the sweep, trace once more
// and demand that nothing reachable was freed, torn or overlaps.
//
// Invariant: it shares only the object layout with the rest, and reads only the mark. It has its
// own registry of mutators, its own visited set, its own walk over the slots, and a side array with
// a serial number and a check word for every object.
//
// Ownership: `allocated`, `freed`: any mutator or sweeper, each on its own object. `mutator_*`:
// under the registry lock. The checks: the collector, world stopped. The side array's entry of an
// object is written by the thread that allocates or frees it; stops order it before the checks.
#pragma once

#include <atomic>
#include <string>
#include <vector>

#include "core/mutator/heap.hpp"
#include "core/observe/last_events.hpp"

namespace tricolour {

/// What the oracle found so far; zeros when nothing is verified.
struct VerifyStatistics {
  std::uint64_t cycles_checked = 0;   ///< traces at termination
  std::uint64_t objects_checked = 0;  ///< in those traces
  std::uint64_t colours_checked = 0;  ///< looks at every colour, behind a trace that lost none
  std::uint64_t sweeps_checked = 0;   ///< traces after a sweep
  std::uint64_t objects_checked_after_sweeps = 0;
  std::uint64_t metadata_checked = 0;     ///< looks at every metadata byte, behind such a trace
  std::uint64_t allocations_checked = 0;  ///< each was at a place where no object began
  std::uint64_t frees_checked = 0;        ///< each was of an object that was there
  std::uint64_t lost_objects = 0;
  std::uint64_t floating_black_bytes = 0;  ///< summed over cycles: born black and never reached
  std::uint64_t floating_retained_bytes =
      0;  ///< summed over cycles: marked and unreachable at termination
};

class Oracle final : public HeapObserver {
 public:
  /// One record per check, for verify.csv.
  struct CycleRecord {
    std::uint64_t cycle;
    std::uint64_t checked;
    std::uint64_t lost;
    std::uint64_t floating_black;
    std::uint64_t floating_retained;
  };

  /// `barrier`: its name, for the report. `stops_at_lost`: the first lost object throws
  /// InvariantViolated (and nothing is freed).
  Oracle(Heap& heap, std::string barrier, bool stops_at_lost);
  ~Oracle() override;
  /// What it may take: an entry for each granule, the bits of its traces, and their stack.
  static std::size_t bytes_for(std::size_t heap_bytes);

  void allocated(Object* object) override;
  void freed(Object* object, std::size_t bytes) override;
  void mutator_started(MutatorContext& mutator) override;
  void mutator_ended(MutatorContext& mutator) override;
  void on_event(const Event& event) override;

  /// Flipped, and no mutator knows yet: what is allocated from here on is young.
  void cycle_began();
  /// World stopped, marking complete, nothing swept. `scanned_objects`: how many the marker says it
  /// scanned: each marked one once. Throws InvariantViolated.
  void check_marked(std::uint64_t scanned_objects);
  /// World stopped, sweep complete: nothing reachable was freed, nothing dead was left, and
  /// metadata agrees. Throws InvariantViolated.
  void check_swept();

  VerifyStatistics statistics() const;
  const std::vector<CycleRecord>& records() const { return records_; }

 private:
  /// A word per granule: 38 bits of serial number, 2 bits of the state it was born in, 24 bits of
  /// check over the header; 0 where no object starts.
  using Entry = std::uint64_t;
  class Trace;

  Entry& entry_of(const Object* object) const;
  bool is_young(Entry entry) const;
  /// In this cycle: no marker scans it.
  bool is_born_black(Entry entry) const;
  bool is_black(const Object* object) const;
  std::string fault_of(const Object* object) const;
  void report(const Object* object, const std::string& fault, const std::string& when) const;
  std::string path_to(const Object* target) const;
  void count_floating(const Trace& trace, CycleRecord& record) const;
  /// Every object black or white, and as many black ones as the marker scanned and mutators
  /// allocated.
  void check_colours(std::uint64_t scanned_objects);
  /// Every start byte has an object and every object a start byte, all are black, and none reaches
  /// into another.
  void check_metadata();
  /// The heap's own walk visits each of the `objects`.
  void check_walk(std::size_t objects) const;
  const Object* object_at(std::size_t granule) const;
  template <class Each>
  void for_each_root(Each each) const;

  Heap& heap_;
  const std::string barrier_;
  const bool stops_at_lost_;
  Reservation entries_;
  std::atomic<std::uint64_t> next_serial_{
      1};  // relaxed: unique and increasing per thread is all that is asked
  std::uint64_t first_young_serial_ = 1;
  std::vector<MutatorContext*> mutators_;
  std::vector<CycleRecord> records_;
  /// How often each check ran; the cycles are in records_, the allocations in next_serial_.
  VerifyStatistics counts_;
  std::atomic<std::uint64_t> frees_checked_{0};  // relaxed: sweepers count at once, read in a stop
  LastEvents events_;
};

}  // namespace tricolour
