#include "collectors/sweeping/parallel_for.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "core/errors.hpp"
#include "core/sanitizers.hpp"
#include "core/seams/schedule_coverage.hpp"

#if TRICOLOUR_THREAD_SANITIZER
#include <atomic>
#else
#include <tbb/blocked_range.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>
#include <tbb/task_group.h>
#endif

namespace tricolour {

#if TRICOLOUR_THREAD_SANITIZER
/// The pieces of one loop, dealt out by a counter.
class ParallelFor::Pieces {
 public:
  explicit Pieces(unsigned) {}

  /// On the caller's thread. `wake` lets the others enter `help`.
  template <class Wake>
  void lead(std::size_t count, std::size_t grain, const Each& each, Wake wake) {
    next_.store(0, std::memory_order_relaxed);
    count_ = count;
    grain_ = grain;
    each_ = &each;
    wake();
    help();
  }
  void help() {
    // Relaxed: it only deals out; the loop's lock orders the work.
    for (std::size_t begin;
         (begin = next_.fetch_add(grain_, std::memory_order_relaxed)) < count_;) {
      for (std::size_t i = begin; i < std::min(count_, begin + grain_); ++i) (*each_)(i);
    }
  }

 private:
  std::atomic<std::size_t> next_{0};
  std::size_t count_ = 0;
  std::size_t grain_ = 1;
  const Each* each_ = nullptr;
};
#else
/// The pieces of one loop, as tasks of one group: who waits for the group works on it.
class ParallelFor::Pieces {
 public:
  explicit Pieces(unsigned threads) : arena_(static_cast<int>(threads), threads) {}

  /// On the caller's thread. `wake` lets the others enter `help`: once the group has a task, so
  /// that none finds it done before it began.
  template <class Wake>
  void lead(std::size_t count, std::size_t grain, const Each& each, Wake wake) {
    std::exception_ptr failure;
    arena_.execute([&] {
      group_.run([&] {
        try {
          tbb::parallel_for(tbb::blocked_range<std::size_t>(0, count, grain),
                            [&](const auto& range) {
                              for (std::size_t i = range.begin(); i != range.end(); ++i) each(i);
                            });
        } catch (...) {
          failure = std::current_exception();
        }
      });
      wake();
      group_.wait();
    });
    if (failure) std::rethrow_exception(failure);
  }
  void help() {
    arena_.execute([this] { group_.wait(); });
  }

 private:
  tbb::task_arena arena_;  ///< without workers: all slots are reserved for threads that enter it
  tbb::task_group group_;
};
#endif

/// The threads of one loop, from when they are woken until they have come back.
class ParallelFor::Crew {
 public:
  Crew(ParallelFor& loop, unsigned threads) : loop_(loop), threads_(threads) {}
  ~Crew() {
    std::unique_lock<std::mutex> lock(loop_.lock_);
    Wait(loop_.watchdog_, Awaited::workers).until(loop_.done_, lock, [&] {
      return loop_.at_work_ == 0;
    });
  }
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;

  void wake() {
    {
      const std::scoped_lock lock(loop_.lock_);
      loop_.crew_ = threads_;
      loop_.at_work_ = threads_ - 1;
      loop_.role_ = RoleScope::here();
      ++loop_.run_;
    }
    loop_.begun_.notify_all();
  }

 private:
  ParallelFor& loop_;
  const unsigned threads_;
};

ParallelFor::ParallelFor(Watchdog& watchdog, std::string_view role, unsigned threads)
    : watchdog_(watchdog),
      pieces_(std::make_unique<Pieces>(std::max(threads, 1u))),
      threads_(watchdog) {
  if (threads < 1 || threads > most_parallel_threads) {
    throw ConfigurationError(std::to_string(threads) + " threads: outside 1 to " +
                             std::to_string(most_parallel_threads));
  }
  try {
    for (unsigned i = 1; i < threads; ++i) {
      threads_.start({role, i, threads - 1}, [this, i] { help(i); });
    }
  } catch (...) {
    end_threads();
    throw;
  }
}

ParallelFor::~ParallelFor() { end_threads(); }

void ParallelFor::end_threads() {
  {
    const std::scoped_lock lock(lock_);
    ending_ = true;
    begun_.notify_all();
  }
  threads_.join();
}

void ParallelFor::run(unsigned threads, std::size_t count, std::size_t grain, const Each& each) {
  threads = std::min(threads, static_cast<unsigned>(threads_.size()) + 1);
  if (threads <= 1) {
    for (std::size_t i = 0; i < count; ++i) each(i);
    return;
  }
  {
    Crew crew(*this, threads);
    try {
      pieces_->lead(count, grain, each, [&crew] { crew.wake(); });
    } catch (...) {
      note_failure();
    }
  }
  const std::scoped_lock lock(lock_);
  if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
}

/// A thread's life.
void ParallelFor::help(unsigned index) {
  for (std::uint64_t seen = 0;;) {
    Role role;
    {
      std::unique_lock<std::mutex> lock(lock_);
      begun_.wait(lock, [&] { return ending_ || run_ != seen; });
      if (ending_) return;
      seen = run_;
      if (index >= crew_) continue;
      role = role_;
    }
    const RoleScope scope(role);
    try {
      pieces_->help();
    } catch (...) {
      note_failure();
    }
    const std::scoped_lock lock(lock_);
    if (--at_work_ == 0) done_.notify_one();
  }
}

void ParallelFor::note_failure() {
  const std::scoped_lock lock(lock_);
  if (!failure_) failure_ = std::current_exception();
}

}  // namespace tricolour
