// Termination: never early, always in the end; and the classic two-step check seen to be early.
#include "collectors/marking/termination.hpp"

#include <thread>
#include <vector>

#include "core/spin.hpp"
#include "tools/testing/fault_test.hpp"

namespace tricolour {
namespace {

/// Fault 21: the number of busy workers and the emptiness are looked at one after the other, and
/// nothing is asked again.
class TwoStepTermination {
 public:
  void open() {
    busy_.store(1, std::memory_order_seq_cst);
    open_.store(true, std::memory_order_seq_cst);
  }
  bool try_resume() {
    busy_.fetch_add(1, std::memory_order_seq_cst);
    if (open_.load(std::memory_order_seq_cst)) return true;
    busy_.fetch_sub(1, std::memory_order_seq_cst);
    return false;
  }
  bool announce_idle() { return busy_.fetch_sub(1, std::memory_order_seq_cst) == 1; }
  template <class NothingLeft>
  bool try_finish(NothingLeft nothing_left) {
    if (busy() != 0 || !nothing_left()) return false;
    open_.store(false, std::memory_order_seq_cst);
    return true;
  }
  std::uint32_t busy() const { return busy_.load(std::memory_order_seq_cst); }

 private:
  std::atomic<std::uint32_t> busy_{0};
  std::atomic<bool> open_{false};
};

/// Work that only counts: items in a pool, each of which may put others back late.
struct Pool {
  std::atomic<int> available{0};
  std::atomic<int> unfinished{0};  ///< available or in a thread's hands
  std::atomic<int> to_come{0};     ///< items that may still be produced

  void add(int items) {
    unfinished.fetch_add(items);
    available.fetch_add(items);
  }
  bool take() {
    for (int seen = available.load(); seen > 0;) {
      if (available.compare_exchange_weak(seen, seen - 1)) return true;
    }
    return false;
  }
  void work() {
    for (int i = 0; i < 20; ++i) relax_processor();
    for (int i = 0; i < 2; ++i) {
      if (to_come.fetch_sub(1) > 0) add(1);
    }
    unfinished.fetch_sub(1);
  }
  void work_while_any() {
    while (take()) work();
  }
};

struct Outcome {
  int early = 0;       ///< runs that were closed with work unfinished
  int unproduced = 0;  ///< runs that ended before all work was produced
};

template <class T>
Outcome run_many(int rounds, unsigned helpers) {
  T termination;
  Pool pool;
  std::atomic<bool> stopping{false};
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < helpers; ++i) {
    threads.emplace_back([&] {
      while (!stopping.load()) {
        if (pool.available.load() == 0) {
          std::this_thread::yield();
          continue;
        }
        if (!termination.try_resume()) continue;
        pool.work_while_any();
        termination.announce_idle();
      }
    });
  }
  Outcome outcome;
  const auto nothing_left = [&] {
    for (int i = 0; i < 50; ++i) relax_processor();  // a slow look
    return pool.available.load() == 0;
  };
  for (int round = 0; round < rounds; ++round) {
    pool.to_come.store(30);
    termination.open();
    pool.add(1);
    if (round % 2 == 0) pool.work_while_any();  // or leave it to the helpers
    termination.announce_idle();
    while (!termination.try_finish(nothing_left)) std::this_thread::yield();
    if (pool.unfinished.load() != 0) {
      ++outcome.early;
      while (pool.unfinished.load() != 0) pool.work_while_any();
      while (termination.busy() != 0) std::this_thread::yield();
    }
    if (pool.to_come.load() > 0) ++outcome.unproduced;
  }
  stopping.store(true);
  for (std::thread& thread : threads) thread.join();
  return outcome;
}

TEST_CASE("a run is over only when no work is left and no thread holds any",
          "[termination][race]") {
  const unsigned helpers = GENERATE(1u, 3u);
  const Outcome outcome = run_many<Termination<>>(2000, helpers);
  CHECK(outcome.early == 0);
  CHECK(outcome.unproduced == 0);
}

// The races themselves, made to happen: what others do between the leader's two looks is done
// inside the look at the work.

template <class T>
bool closes_over_a_worker_that_resumes() {
  T termination;
  termination.open();
  termination.announce_idle();
  return termination.try_finish([&] {
    termination.try_resume();  // another worker takes the last item just before the look
    return true;
  });
}

template <class T>
bool closes_over_a_worker_that_came_and_went() {
  T termination;
  termination.open();
  termination.announce_idle();
  return termination.try_finish([&] {
    termination.try_resume();  // takes the last item before the look, leaves two others after it,
                               // and is idle again
    termination.announce_idle();
    return true;
  });
}

template <class T>
Sighting resumption_during_the_look() {
  return {closes_over_a_worker_that_resumes<T>() ? "the run is closed over a worker that resumed"
                                                 : ""};
}
template <class T>
Sighting coming_and_going_during_the_look() {
  return {closes_over_a_worker_that_came_and_went<T>() ? "the run is closed over what a worker left"
                                                       : ""};
}

TEST_CASE("fault idle_before_look: a worker that resumes during the look keeps the run open",
          "[termination][fault]") {
  constexpr std::string_view by = "termination check";
  check_kill(Fault::idle_before_look, resumption_during_the_look<Termination<>>,
             resumption_during_the_look<TwoStepTermination>, by);
  check_kill(Fault::idle_before_look, coming_and_going_during_the_look<Termination<>>,
             coming_and_going_during_the_look<TwoStepTermination>, by);
}

TEST_CASE("a closed run cannot be joined, an open one can", "[termination]") {
  Termination<> termination;
  CHECK_FALSE(termination.is_open());
  CHECK_FALSE(termination.try_resume());
  for (int run = 0; run < 3; ++run) {
    termination.open();
    CHECK(termination.busy() == 1);
    CHECK(termination.try_resume());
    CHECK_FALSE(termination.announce_idle());
    CHECK_FALSE(termination.try_finish([] { return true; }));
    CHECK(termination.announce_idle());
    CHECK_FALSE(termination.try_finish([] { return false; }));
    CHECK(termination.try_finish([] { return true; }));
    CHECK_FALSE(termination.try_resume());
    CHECK(termination.busy() == 0);
  }
}

}  // namespace
}  // namespace tricolour
