// The work-stealing marker.
//
// Purpose: the default tracer. The thread that asks for marking is worker 0 and leads the run; the
// other workers are persistent threads that join when they see something to steal and leave when
// they don't. A run that is over before a worker woke was done by one thread and cost nothing more.
//
// Invariant: an idle worker holds no grey item (see termination.hpp); between runs only worker 0
// may, after a quantum.
//
// Ownership: `crew_` and the phase change between runs; a worker reads them once it has joined one.
// A worker's stack belongs to the thread that works as it, its deque's top to all threads.
//
// Memory ordering: a run's parameters are published by Termination::open and acquired by
// try_resume. Items travel through the deque and the grey set. A leader that sleeps is woken by the
// last worker that goes idle (see parking.hpp), so nothing depends on a time-out.
#include <algorithm>

#include "collectors/marking/assist.hpp"
#include "collectors/marking/mark_worker.hpp"
#include "collectors/marking/parking.hpp"
#include "collectors/marking/registry.hpp"
#include "collectors/marking/scanner.hpp"
#include "collectors/marking/termination.hpp"
#include "core/mutator/watched_threads.hpp"
#include "core/observe/clock.hpp"
#include "core/seams/schedule_coverage.hpp"
#include "core/spin.hpp"

namespace tricolour {
namespace {

/// Between two looks at what others need. Short enough that a hungry mutator or an idle worker
/// waits well under a millisecond.
constexpr std::size_t slice_slots = 8 * 1024;

class StealingMarker final : public Marker {
 public:
  StealingMarker(Heap& heap, const MarkerOptions& options)
      : Marker(heap), options_(options), assists_(heap), threads_(heap.watchdog) {
    const unsigned workers = std::max({options.stopped_threads, options.concurrent_threads, 1u});
    for (unsigned i = 0; i < workers; ++i)
      workers_.push_back(std::make_unique<Worker>(heap.grey_set, options.deque_capacity, i));
    try {
      for (unsigned i = 1; i < workers; ++i) {
        const ThreadName name{"mark thread", i, workers - 1};
        threads_.start(name, [this, i] { help(*workers_[i]); });
      }
    } catch (...) {
      end_threads();
      throw;
    }
  }

  ~StealingMarker() override { end_threads(); }

  void mark_stopped() override {
    if (options_.stopped_threads <= 1) {
      mark_quantum(no_limit);
    } else {
      lead(options_.stopped_threads);
    }
  }

  void mark_concurrently() override { lead(std::max(options_.concurrent_threads, 1u)); }

  bool mark_quantum(std::size_t slots) override {
    return with_black_means(phase_.black_means,
                            [&]<BlackMeans means>() { return drain_alone<means>(slots); });
  }

  std::size_t assist(std::size_t bytes) override {
    const MarkCount count =
        assists_.assist(phase_, options_.prefetch, bytes, [this](GreyPacket& packet) {
          return std::ranges::any_of(workers_, [&](const auto& worker) {
            return worker->stack.worth_a_visit() && worker->stack.steal_into(packet);
          });
        });
    add_marked(count.bytes, count.objects);
    return count.bytes;
  }

  bool worth_an_assist() override {
    return std::ranges::any_of(workers_,
                               [](const auto& worker) { return worker->stack.worth_a_visit(); }) ||
           assists_.worth_it();
  }

  bool drained() const override { return assists_.drained(); }

  std::vector<Counter> counters() const override {
    MarkWorker::Counters sum;
    for (const auto& worker : workers_) sum += worker->stack.counters();
    return {{"packets_published", heap_.grey_set.published()},
            {"packets_taken", sum.packets_taken},
            {"deque_overflows", sum.overflows},
            {"spilled_items", sum.spilled_items},
            {"shared_items", sum.shared_items},
            {"steals", sum.steals},
            {"failed_steals", sum.failed_steals}};
  }

  Nanoseconds own_cpu_ns() const override { return threads_.cpu_ns(); }

 private:
  struct Worker {
    Worker(GreySet& grey_set, std::uint32_t deque_capacity, unsigned number)
        : index(number), random(number + 1), stack(grey_set, deque_capacity) {}
    const unsigned index;
    std::uint64_t random;
    MarkWorker stack;
  };

  void end_threads() {
    stopping_.store(true, std::memory_order_relaxed);
    parking_.wake();
    threads_.join();
  }

  // --- alone, the world stopped -----------------------------------------------------------------

  template <BlackMeans means>
  bool drain_alone(std::size_t slots) {
    MarkWorker& stack = workers_[0]->stack;
    Scanner<true, means, MarkWorker> scanner(heap_.metadata, phase_, options_.prefetch, stack);
    MarkCount total;
    bool drained = false;
    while (!drained && total.slots < slots) {
      total += scanner.trace(slots - total.slots);
      drained = !stack.has_work() && !stack.take_packet();
    }
    add_marked(total.bytes, total.objects);
    return drained;
  }

  // --- a run ------------------------------------------------------------------------------------

  void lead(unsigned crew) {
    // Relaxed: published by `open`.
    crew_.store(crew, std::memory_order_relaxed);
    termination_.open();
    do {
      work(*workers_[0]);
      termination_.announce_idle();
    } while (!finished_or_resumed());
  }

  /// As the idle leader: true when the run is over, false when it goes on and the leader is busy
  /// again.
  bool finished_or_resumed() {
    const auto everybody_idle = [&] { return termination_.busy() == 0; };
    Wait wait(heap_.watchdog, Awaited::workers);
    for (;;) {
      const auto over = [&] { return termination_.try_finish([&] { return drained(); }); };
      if (over()) return true;
      const auto ready = [&] { return everybody_idle() || work_in_sight(*workers_[0]); };
      if (spin_until(ready)) {
        if (over()) return true;
        // Something to steal, or a packet came in, or an assist is under way.
        if (everybody_idle()) std::this_thread::yield();
        return !termination_.try_resume();
      }
      parking_.sleep_unless(ready, wait);
    }
  }

  /// A helper thread's life.
  void help(Worker& self) {
    const RoleScope role(Role::marker);
    const auto ready = [&] {
      // Relaxed: a hint, and its setter joins this thread.
      return stopping_.load(std::memory_order_relaxed) ||
             (termination_.is_open() && self.index < crew_.load(std::memory_order_relaxed) &&
              work_in_sight(self));
    };
    for (;;) {
      parking_.sleep_unless(ready);
      while (spin_until(ready)) {
        if (stopping_.load(std::memory_order_relaxed)) return;
        if (!termination_.try_resume()) continue;
        // The run that was joined may be another than the one that was seen.
        const bool counts_itself_out_first = faulty(Fault::idle_before_last_round);
        if (counts_itself_out_first) termination_.announce_idle();
        if (self.index < crew_.load(std::memory_order_relaxed)) work(self);
        if (!counts_itself_out_first && termination_.announce_idle()) parking_.wake();
      }
    }
  }

  bool work_in_sight(const Worker& self) const {
    if (heap_.grey_set.any_published()) return true;
    const unsigned crew = crew_.load(std::memory_order_relaxed);
    for (unsigned i = 0; i < crew; ++i) {
      if (i != self.index && workers_[i]->stack.worth_a_visit()) return true;
    }
    return false;
  }

  // --- a busy worker ----------------------------------------------------------------------------

  void work(Worker& self) {
    with_black_means(phase_.black_means, [&]<BlackMeans means>() {
      Scanner<false, means, MarkWorker> scanner(heap_.metadata, phase_, options_.prefetch,
                                                self.stack);
      const unsigned crew = crew_.load(std::memory_order_relaxed);
      do {
        do {
          const MarkCount count = scanner.trace(slice_slots);
          add_marked(count.bytes, count.objects);
          // Something is always there for mutators to take: this thread may not run when they look.
          if (assists_.take_hunger() || !heap_.grey_set.any_published()) self.stack.share();
          if (crew > 1 && self.stack.expose() && parking_.occupied()) parking_.wake();
        } while (self.stack.has_work());
      } while (self.stack.take_packet() || steal(self, crew));
    });
  }

  bool steal(Worker& self, unsigned crew) {
    const unsigned first = random_below(self.random, crew);
    for (unsigned i = 0; i < crew; ++i) {
      Worker& victim = *workers_[(first + i) % crew];
      if (&victim != &self && victim.stack.worth_a_visit() && self.stack.steal_from(victim.stack))
        return true;
    }
    return false;
  }

  /// Xorshift (Marsaglia 2003).
  static unsigned random_below(std::uint64_t& state, unsigned bound) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return static_cast<unsigned>((state >> 32) % bound);
  }

  const MarkerOptions options_;
  std::vector<std::unique_ptr<Worker>> workers_;
  Assists assists_;
  Termination<> termination_;
  Parking<> parking_;
  std::atomic<unsigned> crew_{1};
  std::atomic<bool> stopping_{false};
  WatchedThreads threads_;
};

std::unique_ptr<Marker> make(Heap& heap, const MarkerOptions& options) {
  return std::make_unique<StealingMarker>(heap, options);
}

}  // namespace

const MarkerInfo listed_markers::stealing{
    .name = "stealing",
    .summary = "work-stealing threads on Chase-Lev deques that overflow into shared packets",
    .make = make,
};

}  // namespace tricolour
