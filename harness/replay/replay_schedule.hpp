// Collection at fixed points of a trace: the collector of a replay that compares barriers.
//
// Purpose: a cycle begins, marks and terminates where the schedule says, counted in bytes that the
// trace has allocated. No point depends on how much is live, floats or fits into a hole, so under
// every barrier the same mutations meet the same stage of marking. Each of a cycle's quanta scans
// an equal share of what was reachable at its begin; the last pause does what is left.
//
// Invariant: one mutator, which calls `advance` at its safepoints and nowhere else. Memory that
// runs out is an error, not a reason to collect.
//
// Ownership: the mutator's thread.
#pragma once

#include <vector>

#include "collectors/cycle/cycle.hpp"
#include "collectors/registry.hpp"
#include "harness/replay/graph_digest.hpp"

namespace tricolour {

struct ReplaySchedule {
  /// Bytes allocated from the begin of a cycle to that of the next; 0: as many as are reachable at
  /// its begin, which is what a heap of 2x leaves, and at least `least_period`.
  std::uint64_t period = 0;
  double marking = 0.3;  ///< share of the period from a cycle's begin to its end, 0 to 1; 0.3 is
                         ///< what `incremental` plans
  std::uint64_t quanta = 16;
};
inline constexpr std::uint64_t least_period = std::uint64_t{1} << 20;

/// One cycle, by the number of the record before which it began and ended.
struct ReplayedCycle {
  std::uint64_t begin_record = 0;
  std::uint64_t end_record = 0;
  std::uint64_t period = 0;
  GraphDigest begin;
  GraphDigest end;
};

class ScheduledCollector final : public Collector {
 public:
  explicit ScheduledCollector(const CollectorParts& parts) : heap_(parts.heap), cycle_(parts) {}

  /// Before anything else. `serials` outlives the mutator.
  void follow(const ReplaySchedule& schedule, SerialTable& serials);
  /// A safepoint, before `record`, when the region has allocated `bytes`: does what is due.
  void advance(MutatorContext& mutator, std::uint64_t bytes, std::uint64_t record);
  /// Ends the cycle under way, if there is one.
  void finish(MutatorContext& mutator, std::uint64_t record);
  const std::vector<ReplayedCycle>& cycles() const { return cycles_; }

  void stop() override { cycle_.check_last_sweep(); }
  void on_refill(MutatorContext&, std::size_t) override { cycle_.rethrow_failure(); }
  bool on_exhausted(MutatorContext&, std::size_t, unsigned&) override { return false; }
  void collect(MutatorContext& mutator) override;
  CollectorStatistics statistics() const override { return cycle_.statistics(); }

 private:
  void begin(MutatorContext& mutator, std::uint64_t record);
  void quantum(MutatorContext& mutator);

  Heap& heap_;
  ReplaySchedule schedule_;
  SerialTable* serials_ = nullptr;
  Cycle cycle_;
  std::vector<ReplayedCycle> cycles_;
  std::uint64_t marking_bytes_ = 0;  ///< of the cycle under way
  std::uint64_t begun_at_ = 0;  ///< bytes at which the cycle under way was due, or the next one is
  std::uint64_t quanta_done_ = 0;
  std::size_t quantum_slots_ = 0;
};

/// In no list: nothing but a replay says when it is to advance.
extern const CollectorInfo scheduled;

}  // namespace tricolour
