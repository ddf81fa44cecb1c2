#include "harness/run/execution.hpp"

#include <fmt/format.h>
#include <pthread.h>
#include <sched.h>
#include <sys/resource.h>

#include <algorithm>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <new>
#include <thread>
#include <tuple>

#include "core/errors.hpp"
#include "core/mutex.hpp"
#include "core/threads/thread_start.hpp"
#include "harness/machine/memory_room.hpp"
#include "harness/process/interruption.hpp"
#include "harness/replay/mutation_recorder.hpp"
#include "harness/run/memory_need.hpp"

namespace tricolour {
namespace {

std::pair<Verdict, std::string> classify(const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const HeapExhausted& error) {
    return {verdict::heap_exhausted, error.what()};
  } catch (const RecordingExhausted& error) {
    return {verdict::heap_exhausted, error.what()};
  } catch (const SelfCheckFailed& error) {
    return {verdict::self_check_failed, error.what()};
  } catch (const InvariantViolated& error) {
    return {verdict::lost_object, error.what()};
  } catch (const ConfigurationError& error) {
    return {verdict::refused, error.what()};
  } catch (const Interrupted& error) {
    return {verdict::interrupted, error.what()};
  } catch (const std::bad_alloc&) {
    return {verdict::error,
            "the system has no more memory for this process (ulimit -v, a control group, "
            "vm.overcommit_memory)"};
  } catch (const std::exception& error) {
    return {verdict::error, error.what()};
  }
}

/// Runs `work` with the mutator blocked: it may wait as long as it likes.
template <class Work>
void blocked(MutatorContext& mutator, Work work) {
  World& world = mutator.heap().world;
  world.enter_blocked(mutator, Activity::blocked);
  struct Return {
    World& world;
    MutatorContext& mutator;
    ~Return() { world.leave_blocked(mutator, Activity::running); }
  } const back{world, mutator};
  work();
}

void pin_to_cpu(unsigned mutator) {
  cpu_set_t allowed;
  if (sched_getaffinity(0, sizeof(allowed), &allowed) != 0) return;
  unsigned position = mutator % static_cast<unsigned>(CPU_COUNT(&allowed));
  for (std::size_t cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (!CPU_ISSET(cpu, &allowed) || position-- > 0) continue;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(cpu, &one);
    pthread_setaffinity_np(pthread_self(), sizeof(one), &one);
    return;
  }
}

std::size_t peak_resident_bytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::size_t>(usage.ru_maxrss) * 1024;
}

/// The heap's options, where there is room for it.
CollectedHeapOptions admitted_heap(const RunPlan& plan, bool records_mutations) {
  MemoryNeed need = memory_need(plan);
  if (records_mutations) need.beside = SerialTable::bytes_for(plan.tuned.heap.bytes);
  const MemoryRoom room = memory_room(read_machine());
  if (const std::string lack = lack_of_room(need, room); !lack.empty()) {
    const auto largest = static_cast<double>(largest_heap(plan, room));
    throw ConfigurationError(
        fmt::format("{}. The largest heap that fits is {}", lack, show_bytes(largest)));
  }
  return heap_options(plan);
}

/// Tells the recorder where the region begins and ends.
class RecordedPass final : public Pass {
 public:
  RecordedPass(MutationRecorder& recorder, std::optional<std::uint64_t> operations,
               const PerformanceCounters& counters)
      : Pass(1, operations, 0, &counters), recorder_(recorder) {}
  void arrive_at_begin(unsigned mutator) override {
    recorder_.region_begins();
    Pass::arrive_at_begin(mutator);
  }
  void arrive_at_end(unsigned mutator, std::uint64_t operations) override {
    recorder_.region_ends();
    Pass::arrive_at_end(mutator, operations);
  }

 private:
  MutationRecorder& recorder_;
};

class Execution {
 public:
  Execution(const RunPlan& plan, const ExecutionOptions& options)
      : plan_(plan),
        options_(options),
        collected_(admitted_heap(plan, options.mutations != nullptr), *plan.instance->barrier,
                   options.records ? &recorder_ : nullptr) {
    if (options.mutations != nullptr) {
      mutations_ = std::make_unique<MutationRecorder>(collected_.heap(), *options.mutations);
      collected_.heap().observe(mutations_.get());
    }
    if (plan.warmup_s > 0)
      passes_.push_back({make_pass(std::nullopt, 0, nullptr), plan.warmup_s, plan.seed + 1});
    passes_.push_back({measured_pass(), plan.seconds, plan.seed});
  }

  Outcome run() {
    Outcome outcome;
    try {
      touch_pages();
      run_threads();
      collected_.stop();
    } catch (...) {
      fail(std::current_exception());
    }
    collect_outcome(outcome);
    if (plan_.tuned.heap.injected.any())
      outcome.injected = measure_alone(plan_.tuned.heap.injected);
    return outcome;
  }

 private:
  struct TimedPass {
    std::unique_ptr<Pass> pass;
    std::optional<double> seconds;
    std::uint64_t seed;
  };

  std::unique_ptr<Pass> measured_pass() {
    if (mutations_ != nullptr)
      return std::make_unique<RecordedPass>(*mutations_, plan_.operations, counters_);
    return make_pass(plan_.operations, options_.request_rows, &counters_);
  }
  std::unique_ptr<Pass> make_pass(std::optional<std::uint64_t> operations,
                                  std::uint64_t request_rows, const PerformanceCounters* counters) {
    return std::make_unique<Pass>(plan_.mutators, operations,
                                  options_.records ? std::optional(request_rows) : std::nullopt,
                                  counters);
  }

  void touch_pages() {
    const Nanoseconds began = now_ns();
    collected_.touch_pages([this] {
      if (interrupted()) throw Interrupted();
      watch_time();
    });
    page_touching_ns_ = now_ns() - began;
  }

  void run_threads() {
    std::vector<std::jthread> threads;
    try {
      for (unsigned i = 0; i < plan_.mutators; ++i) {
        threads.push_back(start_thread<std::jthread>({"mutator's thread", i + 1, plan_.mutators},
                                                     [this, i] { run_mutator(i); }));
      }
    } catch (const ThreadLimitReached&) {
      fail(std::current_exception());
    }
    control(threads.size());
  }

  void run_mutator(unsigned index) {
    try {
      mutate(index);
    } catch (const RunAbandoned&) {
    } catch (...) {
      fail(std::current_exception());
    }
    ended_.fetch_add(1, std::memory_order_release);
  }

  /// A mutator's thread, from registration to the last self-check.
  void mutate(unsigned index) {
    if (plan_.pin) pin_to_cpu(index);
    if (options_.records) recorder_.adopt_mutator_thread();
    await_turn(index);
    plan_.instance->with_mutator(collected_, [&](MutatorContext& mutator) {
      await_turn(index, true);
      for (TimedPass& timed : passes_) {
        Pass& pass = *timed.pass;
        TakenTimeMeter& taken_time = pass.take_part(index, mutator);
        if (options_.records) recorder_.adopt_mutator_thread(taken_time);
        WorkloadRun run(plan_.parameters, pass, index, plan_.mutators, timed.seed);
        blocked(mutator, [&] { pass.gather(); });
        if (index == 0) plan_.instance->setup(mutator, run);
        blocked(mutator, [&] { pass.gather(); });
        plan_.instance->run(mutator, run);
      }
    });
  }

  /// Mutators register in order, so that a mutator's index in events is its index here. `taken`:
  /// this one has registered.
  void await_turn(unsigned index, bool taken = false) {
    std::unique_lock<std::mutex> lock(lock_);
    if (taken) {
      ++registered_;
      turn_.notify_all();
      return;
    }
    turn_.wait(lock, [&] { return registered_ == index || failure_; });
    if (registered_ != index) throw RunAbandoned();
  }

  /// Until so many mutators have ended.
  void control(std::size_t started) {
    Nanoseconds give_up_at = 0;
    while (ended_.load(std::memory_order_acquire) < started) {
      attend();
      const Nanoseconds now = now_ns();
      if (options_.records) heap_use_.push_back({now, collected_.heap().used_bytes()});
      end_timed_passes(now);
      watch_memory(now);
      if (interrupted()) fail(std::make_exception_ptr(Interrupted()));
      watch_time();
      if (!failed_.load(std::memory_order_acquire)) continue;
      if (give_up_at == 0) give_up_at = now + grace_ns;
      if (now > give_up_at) {
        const auto [verdict, text] = classify(failure());
        give_up(verdict, text);
      }
    }
  }

  /// Does not return when the run has taken too long.
  void watch_time() {
    if (options_.timeout_s <= 0 ||
        static_cast<double>(now_ns() - began_ns_) <= options_.timeout_s * 1e9)
      return;
    give_up(verdict::timeout, fmt::format("not done within {} s", options_.timeout_s));
  }

  /// Does not return. Says who waits for whom, if waits are long.
  void give_up(Verdict verdict, const std::string& text) {
    const std::string waits = collected_.heap().watchdog.report();
    options_.on_hang(verdict, waits.empty() ? text : text + "\n" + waits);
  }

  /// A sleep as a bystander. A run without records keeps no rows, however long it is.
  void attend() {
    const BystanderDelay delay = bystander_.sleep();
    if (options_.records) bystander_delays_.push_back(delay);
    const Pass& measured = *passes_.back().pass;
    const Nanoseconds end = measured.end_ns();
    const bool in_region = measured.begin_ns() != 0 && delay.t_ns > measured.begin_ns() &&
                           (end == 0 || delay.t_ns <= end);
    if (in_region) delays_in_region_.record(static_cast<std::uint64_t>(delay.gap_ns));
  }

  void watch_memory(Nanoseconds now) {
    constexpr Nanoseconds between_looks_ns = 200'000'000;
    if (!limited_) return;
    const std::size_t recorded = recorder_.bytes();
    if (now - looked_at_ns_ < between_looks_ns && recorded < look_again_at_bytes_) return;
    looked_at_ns_ = now;
    try {
      look_again_at_bytes_ = recorded + require_room_for_recording(recorded, collected_.heap(),
                                                                   read_control_group_limits());
    } catch (const RecordingExhausted&) {
      fail(std::current_exception());
    }
  }

  void end_timed_passes(Nanoseconds now) {
    for (const TimedPass& timed : passes_) {
      const Nanoseconds begin = timed.pass->begin_ns();
      if (!timed.seconds || begin == 0) continue;
      if (static_cast<double>(now - begin) >= *timed.seconds * 1e9)
        timed.pass->stop.store(true, std::memory_order_relaxed);
    }
  }

  void fail(const std::exception_ptr& failure) {
    {
      std::scoped_lock lock(lock_);
      if (failure_) return;
      failure_ = failure;
    }
    failed_.store(true, std::memory_order_release);
    turn_.notify_all();
    for (TimedPass& timed : passes_) timed.pass->abandon();
  }
  std::exception_ptr failure() {
    std::scoped_lock lock(lock_);
    return failure_;
  }

  void collect_outcome(Outcome& outcome) {
    if (const auto failed = failure()) std::tie(outcome.verdict, outcome.error) = classify(failed);
    outcome.collector = collected_.collector().statistics();
    outcome.page_touching_ns = page_touching_ns_;
    outcome.pass = std::move(passes_.back().pass);
    if (options_.records) outcome.tables.events = recorder_.events();
    outcome.tables.requests = request_table(*outcome.pass);
    if (outcome.pass->end_ns() != 0) {
      outcome.figures =
          compute_figures(*outcome.pass, outcome.tables.events, outcome.tables.requests,
                          bystander_figures(delays_in_region_));
      outcome.tables.region = outcome.figures->region;
    }
    outcome.tables.bystander = std::move(bystander_delays_);
    outcome.tables.heap_use = std::move(heap_use_);
    const Heap& heap = collected_.heap();
    outcome.tables.heap_bytes = heap.bytes();
    if (const Oracle* const oracle = collected_.oracle()) {
      outcome.verify = oracle->statistics();
      outcome.tables.checks = oracle->records();
      if (outcome.verify.lost_objects > 0 && outcome.verdict.exit_code == exit_code::done) {
        outcome.verdict = verdict::lost_object;
        outcome.error =
            fmt::format("{} reachable objects were not marked", outcome.verify.lost_objects);
      }
      if (outcome.verify.cycles_checked == 0 && outcome.verdict.exit_code == exit_code::done) {
        outcome.verdict = verdict::refused;
        outcome.error =
            "no cycle ran, so --verify checked nothing; a longer run (--seconds, --operations) or "
            "a smaller --heap has cycles";
      }
    }
    outcome.heap = {.size = heap.bytes(),
                    .live = outcome.collector.live_bytes,
                    .peak = std::max<std::size_t>(outcome.figures ? outcome.figures->peak_bytes : 0,
                                                  heap.used_bytes()),
                    .metadata = heap.metadata_bytes(),
                    .side_table = heap.side_table_bytes(),
                    .grey_set_reserve = heap.grey_set.reserved_bytes(),
                    .peak_resident = peak_resident_bytes()};
  }

  /// What a mutator may take to come back after another one failed.
  static constexpr Nanoseconds grace_ns = 5'000'000'000;

  const Nanoseconds began_ns_ = now_ns();
  const RunPlan& plan_;
  const ExecutionOptions& options_;
  const PerformanceCounters counters_;  // before whatever starts a thread
  Recorder recorder_;
  CollectedHeap collected_;
  std::unique_ptr<MutationRecorder> mutations_;
  std::vector<TimedPass> passes_;
  Nanoseconds page_touching_ns_ = 0;
  BystanderMeter bystander_;
  std::vector<BystanderDelay> bystander_delays_;
  Histogram delays_in_region_;
  std::vector<HeapUse> heap_use_;
  const bool limited_ = !read_control_group_limits().memory.empty();
  Nanoseconds looked_at_ns_ = 0;
  std::size_t look_again_at_bytes_ = 0;  ///< recorded; or after a while
  std::atomic<unsigned> ended_{
      0};  ///< release by each mutator's thread at its end, acquire by the control thread
  std::atomic<bool> failed_{false};  ///< release after failure_
  Mutex lock_;                       ///< guards failure_ and registered_
  std::condition_variable turn_;
  std::exception_ptr failure_;
  unsigned registered_ = 0;
};

}  // namespace

CollectedHeapOptions heap_options(const RunPlan& plan) {
  return {.heap = plan.tuned.heap,
          .collector = std::string(plan.collector->name),
          .collection = plan.tuned.collector,
          .verify = plan.verify,
          .unsound = plan.unsound,
          .arm = plan.arm};
}

Outcome execute(const RunPlan& plan, const ExecutionOptions& options) {
  return Execution(plan, options).run();
}

}  // namespace tricolour
