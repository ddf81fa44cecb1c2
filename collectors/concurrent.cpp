// concurrent: background mark threads, two short pauses.
//
// Purpose: begin in one stop, mark beside the mutators, gather what they hold by handshakes, terminate in one stop as soon as marking drains.
//
// Invariant: one cycle at a time, on the collector thread. A mutator that runs out of memory waits for the cycle under way (a stall), and
// only then, or when there is none, collects in a pause (a fallback). A failure on the collector thread (the oracle's) reaches every
// mutator at its next slow path; nothing is freed after it.
//
// Ownership: `requested_`, `running_`, `stopping_`, `completed_at_ns_`: lock_. Pacing facts: the collector thread. Statistics of stalls and cycles:
// statistics_lock_.
//
// Memory ordering: what mutators need of a finished cycle they get at its stops.
// Source: mostly concurrent marking as in Printezis, Detlefs 2000; handshakes before the final stop as in Go's mark termination.
#include <algorithm>
#include <thread>

#include "collectors/pacer.hpp"
#include "collectors/registry.hpp"
#include "collectors/stopped_collection.hpp"
#include "core/injected_waits.hpp"

namespace tricolour {
namespace {

class Concurrent final : public Collector {
 public:
  explicit Concurrent(const CollectorParts& parts)
      : heap_(parts.heap),
        options_(parts.options),
        cycle_(parts),
        stopped_(cycle_, parts.heap),
        pacer_(parts.heap.bytes(), parts.options.headroom_factor) {
    heap_.announce_trigger(pacer_.trigger_bytes());
  }
  ~Concurrent() override { stop(); }

  void start() override {
    cycle_ended_at_ns_ = now_ns();
    thread_ = std::thread([this] { serve(); });
  }

  void stop() override {
    if (!thread_.joinable()) return;
    {
      std::scoped_lock lock(lock_);
      stopping_ = true;
    }
    wake_.notify_all();
    thread_.join();
  }

  void on_refill(MutatorContext& mutator, std::size_t) override {
    cycle_.rethrow_failure();
    if (cycle_.phase() == Phase::marking) {
      if (options_.assist) pay(mutator);
    } else if (heap_.used_bytes() >= pacer_.trigger_bytes()) {
      request(mutator, Cause::pacing);
    }
  }

  bool on_exhausted(MutatorContext& mutator, std::size_t, unsigned& attempts) override {
    cycle_.rethrow_failure();
    if (!stopped_.worth_trying(attempts)) return false;
    if (attempts < concurrent_attempts) {
      const std::uint64_t target = request(mutator, Cause::exhausted);
      help_to_complete(mutator, target);
      stall_until_completed(mutator, target);
      ++attempts;
    } else {
      attempts += collect_in_pause(mutator);
    }
    cycle_.rethrow_failure();
    return true;
  }

  void collect(MutatorContext& mutator) override {
    // A cycle under way may have begun before this call: one more has to begin after it.
    const std::uint64_t under_way = cycle_.phase() == Phase::idle ? 0 : 1;
    const std::uint64_t target = cycle_.completed() + under_way + 1;
    while (cycle_.completed() < target) {
      stall_until_completed(mutator, request(mutator, Cause::explicit_request));
      cycle_.rethrow_failure();
    }
  }

  CollectorStatistics statistics() const override {
    CollectorStatistics statistics = cycle_.statistics();
    std::scoped_lock lock(statistics_lock_);
    statistics.concurrent_cycles = counts_.concurrent_cycles;
    statistics.fallbacks = counts_.fallbacks;
    statistics.resumptions = counts_.resumptions;
    statistics.stalls = counts_.stalls;
    statistics.stalled_ns = counts_.stalled_ns;
    statistics.assists = assists_.load(std::memory_order_relaxed);
    statistics.assisted_ns = assisted_ns_.load(std::memory_order_relaxed);
    statistics.collector_cpu_ns = counts_.collector_cpu_ns;
    return statistics;
  }

 private:
  // --- on the collector thread ----------------------------------------------------------------------------------------------------

  void serve() {
    try {
      while (const auto cause = next_request()) run_cycle(*cause);
    } catch (...) {
      cycle_.fail();
      std::scoped_lock lock(lock_);
      running_ = false;
      completed_.notify_all();
    }
    std::scoped_lock lock(statistics_lock_);
    counts_.collector_cpu_ns = thread_cpu_ns();
  }

  std::optional<Cause> next_request() {
    pass_window(Window::between_cycles);
    std::unique_lock lock(lock_);
    running_ = false;
    completed_.notify_all();
    wake_.wait(lock, [&] { return requested_.has_value() || stopping_; });
    if (stopping_) return std::nullopt;
    running_ = true;
    return std::exchange(requested_, std::nullopt);
  }

  void run_cycle(Cause cause) {
    cycle_.finish_sweep();
    if (!begin(cause)) return;
    pass_window(Window::between_begin_and_marking);
    const Nanoseconds begin_ns = now_ns();
    unsigned resumptions = 0;
    do {
      mark();
      pass_window(Window::between_gathering_and_termination);
    } while (!terminate(resumptions++));
    const Nanoseconds marking_ns = now_ns() - begin_ns;
    if (options_.sweep == SweepMode::concurrent) cycle_.finish_sweep();
    learn(marking_ns);
    stopped_.judge_cycle();
    std::scoped_lock lock(statistics_lock_);
    ++counts_.concurrent_cycles;
    counts_.resumptions += resumptions - 1;
  }

  bool begin(Cause cause) {
    World::Exclusive world(heap_.world, nullptr);
    if (cycle_.phase() != Phase::idle) return false;
    const bool crowded = world.mutators().size() >= std::thread::hardware_concurrency();
    crowded_.store(crowded, std::memory_order_relaxed);
    world.stop({PauseKind::cycle_begin, cause}, [&](Pause&) {
      allocated_bytes_ = heap_.account.handed_out();
      cycle_.begin(world, false);
      pacer_.cycle_began(heap_.used_bytes());
      heap_.hole_piece_bytes.store(std::min(pacer_.piece_bytes(), heap_.options().hole_piece_bytes), std::memory_order_relaxed);
    });
    return true;
  }

  /// Beside the mutators, until neither markers nor handshakes find any more; a few handshakes at most, the final stop does the rest.
  void mark() {
    const Cycle::Interval interval = cycle_.begin_interval(Activity::marking);
    constexpr unsigned most_rounds = 3;
    for (unsigned round = 0; round < most_rounds; ++round) {
      cycle_.marker().mark_concurrently();
      World::Exclusive world(heap_.world, nullptr);
      if (!cycle_.gather_from_mutators(world)) break;
    }
    cycle_.end_marking(interval, Role::marker);
  }

  bool terminate(unsigned resumptions) {
    const bool last_chance = resumptions >= options_.most_resumptions;
    bool done = false;
    World::Exclusive world(heap_.world, nullptr);
    world.stop({PauseKind::termination, Cause::pacing}, [&](Pause&) {
      allocated_bytes_ = heap_.account.handed_out();
      done = cycle_.terminate(world, last_chance ? no_limit : options_.final_slots);
      if (done) heap_.hole_piece_bytes.store(heap_.options().hole_piece_bytes, std::memory_order_relaxed);
    });
    if (done) tell_completion();
    return done;
  }

  /// Stalled mutators go on as soon as a cycle has terminated; they sweep for themselves if need be.
  void tell_completion() {
    std::scoped_lock lock(lock_);
    completed_at_ns_ = now_ns();
    completed_.notify_all();
  }

  void learn(Nanoseconds marking_ns) {
    const Nanoseconds now = now_ns();
    pacer_.cycle_ended({.live_bytes = heap_.live_bytes.load(std::memory_order_relaxed),
                        .marked_bytes = cycle_.marker().marked_bytes(),
                        .scattered_bytes = heap_.blocks.scattered_bytes(),
                        .marking_ns = marking_ns,
                        .allocated_bytes = allocated_bytes_,
                        .elapsed_ns = now - cycle_ended_at_ns_});
    cycle_ended_at_ns_ = now;
    heap_.announce_trigger(pacer_.trigger_bytes());
  }

  // --- on mutators' threads -------------------------------------------------------------------------------------------------------

  /// Asks for a cycle; returns how many will have completed when the next one has.
  std::uint64_t request(MutatorContext& mutator, Cause cause) {
    const std::uint64_t target = cycle_.completed() + 1;
    pass_window(Window::between_trigger_and_request);
    {
      std::scoped_lock lock(lock_);
      if (running_ || requested_) return target;
      requested_ = cause;
      wake_.notify_one();
    }
    give_way(mutator);
    return target;
  }

  /// Marks as long as there is something to take: what a mutator without memory can do best.
  void help_to_complete(MutatorContext& mutator, std::uint64_t target) {
    while (options_.assist && cycle_.phase() == Phase::marking && cycle_.completed() < target) {
      if (assist(mutator, Pacer::most_assist_bytes) == 0) return;
      mutator.poll();
    }
  }

  void stall_until_completed(MutatorContext& mutator, std::uint64_t target) {
    if (cycle_.completed() >= target) return;
    const Nanoseconds begin_ns = now_ns();
    const Activity interrupted = heap_.world.enter_blocked(mutator, Activity::stalled);
    Nanoseconds over_at = 0;
    {
      std::unique_lock lock(lock_);
      completed_.wait(lock, [&] { return cycle_.completed() >= target || (!running_ && !requested_) || cycle_.failed(); });
      over_at = completed_at_ns_;
    }
    if (pass_wait(WaitPlace::stall)) over_at = now_ns();
    heap_.world.leave_blocked(mutator, interrupted, over_at);
    std::scoped_lock lock(statistics_lock_);
    ++counts_.stalls;
    counts_.stalled_ns += std::max<Nanoseconds>(over_at - begin_ns, 0);
  }

  /// False when another mutator's came first.
  bool collect_in_pause(MutatorContext& mutator) {
    for (;;) {
      switch (stopped_.run(mutator, {PauseKind::fallback, Cause::exhausted}, cycle_.completed())) {
        case StoppedCollection::Outcome::under_way:
          stall_until_completed(mutator, cycle_.completed() + 1);
          cycle_.rethrow_failure();
          break;
        case StoppedCollection::Outcome::came_second: return false;
        case StoppedCollection::Outcome::collected:
          std::scoped_lock lock(statistics_lock_);
          ++counts_.fallbacks;
          return true;
      }
    }
  }

  /// Where mutators keep all processors busy the collector's thread would wait until a mutator's time is over.
  void give_way(MutatorContext& mutator) const {
    if (!crowded_.load(std::memory_order_relaxed)) return;
    const ActivityScope scope(mutator, Activity::stalled);
    std::this_thread::yield();
  }

  /// What marking is behind the line. Where there is nothing to take and little room, the cycle waits for its own thread, which may wait for
  /// a processor.
  void pay(MutatorContext& mutator) {
    const std::size_t used = heap_.used_bytes();
    const std::size_t owed = pacer_.owed_bytes(cycle_.marker().marked_bytes(), used);
    if (owed == 0 || assist(mutator, owed) > 0 || !pacer_.is_late(used)) return;
    give_way(mutator);
  }

  /// Returns the bytes marked.
  std::size_t assist(MutatorContext& mutator, std::size_t bytes) {
    if (bytes == 0) return 0;
    const Nanoseconds begin_ns = now_ns();
    std::size_t marked = 0;
    {
      const ActivityScope scope(mutator, Activity::assisting);
      marked = cycle_.marker().assist(bytes);
    }
    assists_.fetch_add(1, std::memory_order_relaxed);
    assisted_ns_.fetch_add(now_ns() - begin_ns, std::memory_order_relaxed);
    return marked;
  }

  /// How often a mutator without memory waits for a cycle before it collects in a pause. One may have begun long ago, and left what has died
  /// since; and where mutators outnumber processors, others may have taken what it freed before this one runs.
  static constexpr unsigned concurrent_attempts = 8;

  Heap& heap_;
  const CollectorOptions options_;
  Cycle cycle_;
  StoppedCollection stopped_;
  Pacer pacer_;
  std::thread thread_;

  std::mutex lock_;
  std::condition_variable wake_;       ///< for the collector thread
  std::condition_variable completed_;  ///< for stalled mutators
  std::optional<Cause> requested_;
  bool running_ = false;
  bool stopping_ = false;
  Nanoseconds completed_at_ns_ = 0;  ///< the last cycle terminated

  std::size_t allocated_bytes_ = 0;
  Nanoseconds cycle_ended_at_ns_ = 0;
  std::atomic<bool> crowded_{false};       // as many mutators as processors at the last begin; relaxed: a hint
  std::atomic<std::uint64_t> assists_{0};  // statistics, of many threads at once: relaxed
  std::atomic<Nanoseconds> assisted_ns_{0};
  mutable std::mutex statistics_lock_;
  CollectorStatistics counts_;
};

}  // namespace

constinit const CollectorInfo concurrent{
    .name = "concurrent",
    .summary = "background mark threads and two short pauses",
    .marks_beside_mutators = true,
    .has_background_thread = true,
    .make = [](const CollectorParts& parts) -> std::unique_ptr<Collector> { return std::make_unique<Concurrent>(parts); },
};

}  // namespace tricolour
