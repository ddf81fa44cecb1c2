#include "collectors/cycle/background_collector.hpp"

#include <algorithm>
#include <thread>

#include "collectors/cycle/concurrent_cycle.hpp"
#include "core/mutator/watched_threads.hpp"
#include "core/mutex.hpp"
#include "core/seams/injected_waits.hpp"
#include "core/seams/schedule_coverage.hpp"

namespace tricolour {
namespace {

class BackgroundCollector final : public Collector {
 public:
  explicit BackgroundCollector(const CollectorParts& parts)
      : heap_(parts.heap),
        options_(parts.options),
        never_stops_(parts.cycle.never_stops()),
        steps_(parts, [this] { tell_completion(); }),
        cycle_(steps_.cycle()),
        pacer_(steps_.pacer()),
        thread_(parts.heap.watchdog) {}
  ~BackgroundCollector() override { stop(); }

  void start() override {
    steps_.start();
    thread_.start({.role = "the collector's thread"}, [this] { serve(); });
  }

  void stop() override {
    if (thread_.size() == 0) return;
    {
      std::scoped_lock lock(lock_);
      stopping_ = true;
      wake_.notify_all();
    }
    thread_.join();
    cycle_.check_last_sweep();
  }

  void on_refill(MutatorContext& mutator, std::size_t) override {
    cycle_.rethrow_failure();
    if (cycle_.phase() == Phase::marking) {
      if (options_.assist) pay(mutator);
    } else if (steps_.is_past_trigger()) {
      request(mutator, Cause::pacing);
    }
  }

  bool on_exhausted(MutatorContext& mutator, std::size_t, unsigned& attempts) override {
    cycle_.rethrow_failure();
    if (!steps_.stopped().worth_trying(attempts)) return false;
    if (never_stops_ || attempts < options_.concurrent_attempts) {
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
    heap_.world.require_owner_process();
    // A cycle under way may have begun before this call: one more has to begin after it.
    const std::uint64_t under_way = cycle_.phase() == Phase::idle ? 0 : 1;
    const std::uint64_t target = cycle_.completed() + under_way + 1;
    Wait wait(heap_.watchdog, Awaited::collection);
    for (; cycle_.completed() < target; wait.look()) {
      stall_until_completed(mutator, request(mutator, Cause::explicit_request));
      cycle_.rethrow_failure();
    }
  }

  CollectorStatistics statistics() const override {
    CollectorStatistics statistics = cycle_.statistics();
    steps_.count(statistics);
    std::scoped_lock lock(statistics_lock_);
    statistics.fallbacks = counts_.fallbacks;
    statistics.stalls = counts_.stalls;
    statistics.stalled_ns = counts_.stalled_ns;
    statistics.assists = assists_.load(std::memory_order_relaxed);
    statistics.assisted_ns = assisted_ns_.load(std::memory_order_relaxed);
    statistics.collector_cpu_ns = counts_.collector_cpu_ns;
    return statistics;
  }

 private:
  // --- on the collector thread -------------------------------------------------------------------

  void serve() {
    const RoleScope role(Role::collector);
    try {
      while (next_task()) serve_once();
    } catch (...) {
      cycle_.fail();
      std::scoped_lock lock(lock_);
      running_ = false;
      completed_.notify_all();
    }
    std::scoped_lock lock(statistics_lock_);
    counts_.collector_cpu_ns = thread_cpu_ns();
  }

  /// False when there is nothing more to do. A cycle that has begun is brought to its end.
  bool next_task() {
    pass_window(Window::between_cycles);
    std::unique_lock<std::mutex> lock(lock_);
    running_ = false;
    completed_.notify_all();
    wake_.wait(lock, [&] { return requested_.has_value() || begun_ || stopping_; });
    running_ = true;
    return std::exchange(begun_, false) || !stopping_;
  }

  void serve_once() {
    if (const auto cause = take_request()) {
      cycle_.finish_sweep();
      steps_.begin(nullptr, *cause, cycle_.completed());
    }
    pass_window(Window::between_begin_and_marking);
    leave_to_assists();
    steps_.complete();
    if (options_.sweep == SweepMode::concurrent) cycle_.finish_sweep();
  }

  std::optional<Cause> take_request() {
    std::scoped_lock lock(lock_);
    return std::exchange(requested_, std::nullopt);
  }

  /// Where mutators keep all processors busy they mark as they allocate; this thread would keep
  /// what it leads with while it waits for its turn. It leads when they do neither.
  void leave_to_assists() const {
    if (!options_.assist || !steps_.mutators_lead() || !heap_.world.crowded()) return;
    const auto done_by_mutators = [this] {
      return cycle_.marker().marked_bytes() + heap_.account.handed_out();
    };
    std::uint64_t before = 0;
    do {
      before = done_by_mutators();
      std::this_thread::yield();
    } while (cycle_.phase() == Phase::marking && done_by_mutators() != before);
  }

  /// Stalled mutators go on as soon as a cycle has terminated; they sweep for themselves if need
  /// be.
  void tell_completion() {
    std::scoped_lock lock(lock_);
    completed_at_ns_ = now_ns();
    completed_.notify_all();
  }

  // --- on mutators' threads ---------------------------------------------------------------------

  /// Sees to it that a cycle begins; returns how many will have completed when the next one has.
  std::uint64_t request(MutatorContext& mutator, Cause cause) {
    const std::uint64_t completed = cycle_.completed();
    const std::uint64_t target = completed + 1;
    pass_window(Window::between_trigger_and_request);
    if (cycle_.phase() != Phase::idle) return target;
    const bool swept = cycle_.is_swept();
    if (swept && !never_stops_) {
      if (steps_.begin(&mutator, cause, completed)) {
        std::scoped_lock lock(lock_);
        begun_ = true;
        wake_.notify_one();
      }
    } else {
      ask_for_cycle(cause);
    }
    if (!swept) {
      const ActivityScope scope(mutator, Activity::lazy_sweeping);
      cycle_.sweep_a_share();
    }
    return target;
  }

  /// Nothing while the collector thread is busy with a sweep or a cycle: the mutator asks again if
  /// that was not enough.
  void ask_for_cycle(Cause cause) {
    std::scoped_lock lock(lock_);
    if (running_ || requested_) return;
    requested_ = cause;
    wake_.notify_one();
  }

  /// Marks as long as there is something to take: what a mutator without memory can do best.
  void help_to_complete(MutatorContext& mutator, std::uint64_t target) {
    while (options_.assist && cycle_.phase() == Phase::marking && cycle_.completed() < target) {
      if (assist(mutator, pacer_.assist_bytes()) == 0 && !steps_.lead_instead(mutator)) return;
      mutator.poll();
    }
  }

  void stall_until_completed(MutatorContext& mutator, std::uint64_t target) {
    if (cycle_.completed() >= target) return;
    const Nanoseconds begin_ns = now_ns();
    const Activity interrupted = heap_.world.enter_blocked(mutator, Activity::stalled);
    Nanoseconds over_at = 0;
    {
      std::unique_lock<std::mutex> lock(lock_);
      Wait(heap_.watchdog, Awaited::collection).until(completed_, lock, [&] {
        return cycle_.completed() >= target || cycle_.failed() || is_at_rest();
      });
      over_at = completed_at_ns_;
    }
    if (pass_wait(WaitPlace::stall)) over_at = now_ns();
    heap_.world.leave_blocked(mutator, interrupted, over_at);
    std::scoped_lock lock(statistics_lock_);
    ++counts_.stalls;
    counts_.stalled_ns += std::max<Nanoseconds>(over_at - begin_ns, 0);
  }

  /// lock_ is held: there is no cycle, and none has been asked for.
  bool is_at_rest() const {
    return cycle_.phase() == Phase::idle && !running_ && !requested_ && !begun_;
  }

  /// False when another mutator's came first.
  bool collect_in_pause(MutatorContext& mutator) {
    for (;;) {
      switch (steps_.stopped().run(mutator, {PauseKind::fallback, Cause::exhausted},
                                   cycle_.completed())) {
        case StoppedCollection::Outcome::under_way:
          stall_until_completed(mutator, cycle_.completed() + 1);
          cycle_.rethrow_failure();
          break;
        case StoppedCollection::Outcome::came_second:
          return false;
        case StoppedCollection::Outcome::collected:
          std::scoped_lock lock(statistics_lock_);
          ++counts_.fallbacks;
          return true;
      }
    }
  }

  /// What marking is behind the line. Where there is nothing to take the cycle can end, or its
  /// leader waits for a processor.
  void pay(MutatorContext& mutator) {
    const std::size_t used = heap_.used_bytes();
    const std::size_t owed = pacer_.owed_bytes(cycle_.marker().marked_bytes(), used);
    if (owed == 0 || assist(mutator, owed) > 0 || !heap_.world.crowded()) return;
    if (steps_.lead_instead(mutator) || !pacer_.is_late(used)) return;
    const ActivityScope scope(mutator, Activity::stalled);
    std::this_thread::yield();
  }

  /// Marks, or scans cards when there is nothing to mark. Returns the bytes.
  std::size_t assist(MutatorContext& mutator, std::size_t bytes) {
    const bool marks = cycle_.marker().worth_an_assist();
    if (!marks && !cycle_.any_cards_left()) return 0;
    const Nanoseconds begin_ns = now_ns();
    std::size_t marked = 0;
    {
      const ActivityScope scope(mutator, Activity::assisting);
      marked = marks ? cycle_.marker().assist(bytes) : cycle_.scan_some_cards(bytes);
    }
    assists_.fetch_add(1, std::memory_order_relaxed);
    assisted_ns_.fetch_add(now_ns() - begin_ns, std::memory_order_relaxed);
    return marked;
  }

  Heap& heap_;
  const CollectorOptions options_;
  const bool never_stops_;
  ConcurrentCycle steps_;
  Cycle& cycle_;
  const Pacer& pacer_;
  WatchedThreads thread_;

  Mutex lock_;
  std::condition_variable wake_;       ///< for the collector thread
  std::condition_variable completed_;  ///< for stalled mutators
  std::optional<Cause> requested_;     ///< a cycle, once the last one's sweep is complete
  bool begun_ = false;                 ///< a mutator has begun a cycle
  bool running_ = false;
  bool stopping_ = false;
  Nanoseconds completed_at_ns_ = 0;  ///< the last cycle terminated

  std::atomic<std::uint64_t> assists_{0};  // statistics, of many threads at once: relaxed
  std::atomic<Nanoseconds> assisted_ns_{0};
  mutable Mutex statistics_lock_;
  CollectorStatistics counts_;
};

}  // namespace

std::unique_ptr<Collector> make_background_collector(const CollectorParts& parts) {
  return std::make_unique<BackgroundCollector>(parts);
}

}  // namespace tricolour
