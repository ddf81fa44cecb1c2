// A pass: one execution of the workload by all mutators, from setup to self-check. A run is a
// warm-up pass, if one is asked for, and a measured one.
//
// Purpose: the harness's half of RunControl. It delimits the measured region, from the moment when
// the last mutator has arrived at `begin` to the moment when the last one arrives at `end`, and
// takes each mutator's accounts at both edges.
//
// Invariant: a mutator's activities add up to the region exactly (on a recorded heap). No thread
// waits for a mutator that failed.
//
// Ownership: a slot of `mutators_`: its mutator's thread, and while all have arrived at an edge of
// the region the one that came last, under the rendezvous' lock; any thread after the join.
#pragma once

#include <atomic>
#include <deque>
#include <optional>
#include <vector>

#include "harness/machine/performance_counters.hpp"
#include "harness/record/rendezvous.hpp"
#include "harness/record/request_log.hpp"
#include "workloads/workload.hpp"

namespace tricolour {

/// What one mutator did in the measured region.
struct MutatorAccount {
  std::uint64_t operations = 0;
  std::uint64_t allocated_bytes = 0;
  std::uint64_t allocated_objects = 0;
  TracingTotals while_marking;
  Nanoseconds cpu_ns = 0;
  TakenTimeMeter::Totals taken;
  ActivityClock::Times time_by_activity{};
  BarrierCounts barriers;  ///< where instrumented
};

/// Handshakes that collectors asked mutators for in the region, the workload's own children among
/// them.
struct HandshakeAnswers {
  std::uint64_t count = 0;
  Nanoseconds total_ns = 0;  ///< from request to answer, as the asker saw it
  Nanoseconds max_ns = 0;
};

class Pass : public RunControl {
  friend class KnownPass;  // of tests: says what clocks and accounts would have said

 public:
  /// `operations`: of each mutator; nothing: until `stop`. `request_rows`: of each mutator, at
  /// most; nothing: requests are not recorded. `counters`: read at the region's edges; may be null.
  Pass(unsigned mutators, std::optional<std::uint64_t> operations,
       std::optional<std::uint64_t> request_rows, const PerformanceCounters* counters = nullptr);

  /// Before `mutator` runs, on its thread. Its context outlives the pass. Returns what reads its
  /// taken time, as long as the pass lives.
  TakenTimeMeter& take_part(unsigned mutator, MutatorContext& context);
  /// Waits for all mutators, outside the region. Called inside a blocking region.
  void gather() { gate_.arrive(); }
  /// Ends the pass for all, because one failed.
  void abandon();

  void arrive_at_begin(unsigned mutator) override;
  void arrive_at_end(unsigned mutator, std::uint64_t operations) override;
  std::uint64_t operation_limit(unsigned) const override { return limit_; }
  RequestSink* requests(unsigned mutator) override {
    return records_requests_ ? &mutators_[mutator].requests : nullptr;
  }

  /// 0 until the region has begun, or ended. Any thread.
  Nanoseconds begin_ns() const { return begin_ns_.load(std::memory_order_acquire); }
  Nanoseconds end_ns() const { return end_ns_.load(std::memory_order_acquire); }
  /// Collections begun in the region, and CPU time of the process in it.
  std::uint64_t cycles() const { return last_cycle_ - first_cycle_; }
  Nanoseconds process_cpu_ns() const { return process_cpu_ns_; }
  /// What every thread of the process did in the region; empty without counters.
  const std::vector<Count>& counts() const { return counts_; }
  /// Of mutators that ended in the region, the workload's own children, where instrumented.
  const BarrierCounts& ended_barriers() const { return ended_barriers_; }
  const HandshakeAnswers& handshakes() const { return handshakes_; }
  const MutatorAccount& account(unsigned mutator) const { return mutators_[mutator].account; }
  const RequestLog& request_log(unsigned mutator) const { return mutators_[mutator].requests; }
  /// Of this mutator's thread.
  const TakenTimeMeter& taken_time(unsigned mutator) const { return mutators_[mutator].taken_time; }
  /// Of every how many requests the logs of all mutators have a row.
  std::uint64_t request_stride() const;
  unsigned mutators() const { return static_cast<unsigned>(mutators_.size()); }

 private:
  struct Participant {
    explicit Participant(std::uint64_t request_rows) : requests(request_rows) {}
    MutatorContext* context = nullptr;
    MutatorAccount account;
    TakenTimeMeter taken_time;
    RequestLog requests;
    Nanoseconds arrived_ns = 0;  ///< at the end of the region; read by the thread that arrives
                                 ///< last, under the rendezvous' lock
  };
  /// Takes what every mutator has allocated, and what its barriers did, before the region or in it.
  /// All have arrived. Returns the cycle under way.
  std::uint64_t take_counts(bool at_end);

  const std::uint64_t limit_;
  const bool records_requests_;
  const PerformanceCounters* const counters_;
  std::deque<Participant> mutators_;  ///< never moved: workloads hold their request logs
  Rendezvous gate_;
  Rendezvous begin_;
  Rendezvous end_;
  /// Release by the last mutator to arrive, acquire by the control thread: the region has this
  /// edge.
  std::atomic<Nanoseconds> begin_ns_{0};
  std::atomic<Nanoseconds> end_ns_{0};
  std::uint64_t first_cycle_ = 0;
  std::uint64_t last_cycle_ = 0;
  Nanoseconds process_cpu_ns_ = 0;
  PerformanceCounters::Readings readings_{};  ///< at the begin
  std::vector<Count> counts_;
  BarrierCounts ended_barriers_;
  HandshakeAnswers handshakes_;  ///< of the heap until the begin, then of the region
};

}  // namespace tricolour
