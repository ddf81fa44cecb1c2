// incremental: marking in quanta, each a short stop of all mutators, paid for by allocation.
//
// Purpose: interleaving without racing. Nothing runs beside the mutators, so a difference to
// `concurrent` is a difference of racing, and a lost object here is the barrier's fault and no
// memory order's.
//
// Invariant: a quantum scans at most `quantum_slots` slots and one chunk. A cycle begins when half
// of the room behind the live data is used, and marks fast enough, in bytes per byte allocated, to
// end when most of the rest is.
//
// Ownership: the pacing fields belong to the holder of World::Exclusive, except `trigger_` and
// `owed_bytes_`: relaxed estimates. Source: Steele 1975, Baker 1978 for work tied to allocation.
#include <algorithm>

#include "collectors/cycle/stopped_collection.hpp"
#include "collectors/registry.hpp"
#include "core/seams/schedule_coverage.hpp"

namespace tricolour {
namespace {

class Incremental final : public Collector {
 public:
  explicit Incremental(const CollectorParts& parts)
      : heap_(parts.heap), options_(parts.options), cycle_(parts), stopped_(cycle_, parts.heap) {
    pace(0);
  }

  void stop() override { cycle_.check_last_sweep(); }

  void on_refill(MutatorContext& mutator, std::size_t bytes) override {
    cycle_.rethrow_failure();
    if (cycle_.phase() == Phase::marking) {
      owed_bytes_.fetch_add(static_cast<std::ptrdiff_t>(bytes), std::memory_order_relaxed);
      pay(mutator);
    } else if (heap_.used_bytes() >= trigger_.load(std::memory_order_relaxed)) {
      begin(mutator);
    }
  }

  bool on_exhausted(MutatorContext& mutator, std::size_t, unsigned& attempts) override {
    cycle_.rethrow_failure();
    if (!stopped_.worth_trying(attempts)) return false;
    if (cycle_.phase() == Phase::marking) {
      attempts += finish(mutator, Cause::exhausted);
    } else {
      attempts += stopped_.make_room(mutator, cycle_.completed());
      pace(heap_.live_bytes());
    }
    return true;
  }

  void collect(MutatorContext& mutator) override {
    cycle_.rethrow_failure();
    finish(mutator, Cause::explicit_request);
    stopped_.run(mutator, {PauseKind::full, Cause::explicit_request}, cycle_.completed());
    pace(heap_.live_bytes());
  }

  CollectorStatistics statistics() const override {
    CollectorStatistics statistics = cycle_.statistics();
    statistics.concurrent_cycles = begun_;
    statistics.fallbacks = fallbacks_;
    return statistics;
  }

 private:
  /// Bytes of allocation that one quantum of marking pays for, at least one hole's worth.
  void pay(MutatorContext& mutator) {
    const double rate = marked_per_allocated_.load(std::memory_order_relaxed);
    while (cycle_.phase() == Phase::marking &&
           static_cast<double>(owed_bytes_.load(std::memory_order_relaxed)) * rate >=
               least_quantum_bytes) {
      World::Exclusive world(heap_.world, &mutator);
      if (cycle_.phase() != Phase::marking) return;
      world.stop({PauseKind::quantum, Cause::allocation_quantum},
                 [&](Pause& pause) { quantum(world, pause, rate); });
    }
  }

  bool mark_quantum() {
    const RoleScope role(Role::marker);
    return cycle_.marker().mark_quantum(options_.quantum_slots);
  }

  void quantum(World::Exclusive& world, Pause& pause, double rate) {
    const Cycle::Interval interval = cycle_.begin_interval(Activity::marking);
    const std::uint64_t before = cycle_.marker().marked_bytes();
    const bool drained = mark_quantum();
    cycle_.end_marking(interval, Role::marker);
    const std::uint64_t marked = cycle_.marker().marked_bytes() - before;
    // What is marked beyond the debt is credit: mutators run until they have allocated for it.
    const auto paid = std::max<std::ptrdiff_t>(
        static_cast<std::ptrdiff_t>(static_cast<double>(marked) / rate), 1);
    owed_bytes_.fetch_sub(paid, std::memory_order_relaxed);
    if (drained) terminate(world, pause);
  }

  /// The final rescan or flush may bring too much to light for this pause: then quanta go on.
  void terminate(World::Exclusive& world, Pause& pause) {
    const bool last_chance = resumptions_ >= options_.most_resumptions;
    pause.kind = PauseKind::termination;
    if (cycle_.terminate(world, last_chance ? no_limit : options_.final_slots)) {
      pace(heap_.live_bytes());
      stopped_.judge_cycle();
    } else {
      ++resumptions_;
    }
  }

  void begin(MutatorContext& mutator) {
    World::Exclusive world(heap_.world, &mutator);
    if (cycle_.phase() != Phase::idle ||
        heap_.used_bytes() < trigger_.load(std::memory_order_relaxed))
      return;
    cycle_.finish_sweep();
    world.stop({PauseKind::cycle_begin, Cause::pacing},
               [&](Pause&) { cycle_.begin(world, false); });
    resumptions_ = 0;
    owed_bytes_.store(0, std::memory_order_relaxed);
    ++begun_;
  }

  /// Ends the cycle under way in one pause, if there is one: the stopped fallback.
  bool finish(MutatorContext& mutator, Cause cause) {
    World::Exclusive world(heap_.world, &mutator);
    if (cycle_.phase() != Phase::marking) return false;
    world.stop({PauseKind::fallback, cause}, [&](Pause&) { cycle_.terminate(world); });
    if (cause == Cause::exhausted) ++fallbacks_;
    pace(heap_.live_bytes());
    stopped_.judge_cycle();
    return true;
  }

  void pace(std::size_t live) {
    const double room = static_cast<double>(heap_.bytes() - std::min(live, heap_.bytes()));
    const std::size_t trigger = live + static_cast<std::size_t>(begin_share * room);
    trigger_.store(trigger, std::memory_order_relaxed);
    heap_.announce_trigger(trigger);
    const double marking_room = std::max((1 - begin_share) * marking_share * room, 1.0);
    // What is born during the cycle may have to be marked as well.
    const double work = static_cast<double>(live) + marking_room;
    marked_per_allocated_.store(std::max(work / marking_room, least_rate),
                                std::memory_order_relaxed);
  }

  static constexpr double begin_share =
      0.5;  ///< of the room behind the live data, when a cycle begins
  static constexpr double marking_share = 0.6;  ///< of the rest, that marking may use
  static constexpr double least_rate = 1.0;     ///< bytes marked per byte allocated
  static constexpr double least_quantum_bytes = 32 * 1024;

  Heap& heap_;
  const CollectorOptions options_;
  Cycle cycle_;
  StoppedCollection stopped_;
  std::atomic<std::size_t> trigger_{0};
  std::atomic<std::ptrdiff_t> owed_bytes_{0};  ///< allocated and not paid for; negative: credit
  std::atomic<double> marked_per_allocated_{1};
  unsigned resumptions_ = 0;
  std::uint64_t begun_ = 0;
  std::uint64_t fallbacks_ = 0;
};

}  // namespace

constinit const CollectorInfo incremental{
    .name = "incremental",
    .summary = "marks in bounded quanta, each a short stop of all mutators, paid for by allocation",
    .cycle = {.marking = Marking::interleaved},
    .has_background_thread = false,
    .make = [](const CollectorParts& parts) -> std::unique_ptr<Collector> {
      return std::make_unique<Incremental>(parts);
    },
};

}  // namespace tricolour
