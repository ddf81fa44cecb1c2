// A loop over independent pieces of stopped-world work, on threads of its own.
//
// Purpose: parallel sweeps and root scans. Its threads start with it, so that a thread that the
// system refuses is an error where the heap is made, and not in a pause. oneTBB deals out the
// pieces and lets idle threads steal; it starts no thread itself, because every slot of the arena
// is for a thread that enters it. Under ThreadSanitizer, which reports races inside Debian's
// uninstrumented libtbb that are not there, a counter deals them out.
//
// Invariant: one loop at a time. When a loop returns, no thread but the caller's is in it.
//
// Ownership: one thread at a time calls; `run_`, `crew_`, `at_work_`, `ending_`, `failure_`: lock_.
//
// Memory ordering: the lock publishes a loop to the threads and their work to the caller.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <string_view>

#include "core/mutator/watched_threads.hpp"
#include "core/mutex.hpp"
#include "core/observe/events.hpp"

namespace tricolour {

inline constexpr unsigned most_parallel_threads = 256;

class ParallelFor {
 public:
  /// Calls the function that it is given once for each index of the loop.
  using Each = std::function<void(std::size_t)>;

  /// For loops on at most `threads` threads, the caller's among them; starts the others, each a
  /// `role`. `watchdog`, which outlives it, watches how long they take to come back. Throws
  /// ThreadLimitReached, and ConfigurationError outside 1 to most_parallel_threads.
  ParallelFor(Watchdog& watchdog, std::string_view role, unsigned threads);
  ~ParallelFor();
  ParallelFor(const ParallelFor&) = delete;
  ParallelFor& operator=(const ParallelFor&) = delete;

  /// Calls `each(i)` once for every i below `count`, in pieces of about `grain`, on at most
  /// `threads` threads; returns when all are done. Throws the first exception of `each`, and then
  /// not every i was called.
  void run(unsigned threads, std::size_t count, std::size_t grain, const Each& each);

 private:
  class Pieces;
  class Crew;
  void help(unsigned index);
  void end_threads();
  void note_failure();

  Watchdog& watchdog_;
  const std::unique_ptr<Pieces> pieces_;
  Mutex lock_;
  std::condition_variable begun_;
  std::condition_variable done_;
  std::uint64_t run_ = 0;  ///< number of the last loop
  unsigned crew_ = 0;      ///< threads with an index below take part in it, the caller's being 0
  unsigned at_work_ = 0;   ///< threads that have not come back from it
  Role role_ = Role::mutator;  ///< of the caller, and so of all
  bool ending_ = false;
  std::exception_ptr failure_;
  WatchedThreads threads_;
};

}  // namespace tricolour
