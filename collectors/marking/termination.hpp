// Termination: when is a run of several markers over?
//
// Purpose: a run has a leader, which opens and closes it, and any number of workers that join and
// leave at will. The run is over at a moment at which no worker held work and none was left to
// take.
//
// Protocol. A worker is busy or idle. Idle workers hold no work, take none and make none; one that
// sees some resumes first and takes afterwards. The leader opens the run busy. All of it is one
// word: the number of busy workers, whether the run is open, and how often a worker has resumed,
// which only grows.
//
// Why it is sound. `try_finish` reads the word with no worker busy, then finds nothing left to
// take, then closes the run by exchanging the word it read. When the exchange succeeds the word did
// not change in between, for a change that was taken back would have grown the count of
// resumptions: so no worker was busy at any moment from the read to the exchange, in particular at
// the moment at which nothing was left. Whatever a worker left behind for others, it left before it
// announced itself idle, and the read has seen that announcement. A worker that sees work too late
// finds the run closed, and takes nothing. Counting the idle first and looking at the work
// afterwards without this last exchange would be the classic error: between the two a worker can
// resume, take the work, and put more back.
//
// Ownership: `open`, `try_finish`: the leader. `try_resume`, `announce_idle`: any worker, for
// itself. The others: any thread.
//
// Memory ordering: `open` releases to `try_resume`, an announcement releases to the leader's read.
// Everything else rests on there being one word: its changes have an order, and an exchange takes
// part in it whatever its own order is. termination_exploration_test.cpp runs this source and
// parking.hpp's under a model of memory: each order stated here, weakened, loses something.
#pragma once

#include <cstdint>

#include "collectors/marking/work_stealing_deque.hpp"
#include "core/seams/faults.hpp"

namespace tricolour {

/// `Atomic` is std::atomic, or a model checker's.
template <template <class> class Atomic = StandardAtomic>
class Termination {
 public:
  /// Begins a run with the calling leader as its only busy worker. The last one is closed.
  void open() {
    pass_window(Window::before_run_opens);
    // Publishes what the run is about; partner: `try_resume`.
    word_.fetch_add(open_bit + one_resumption + 1, std::memory_order_release);
  }

  /// Idle -> busy, before taking anything; false when the run is closed.
  bool try_resume() {
    pass_window(Window::between_sight_and_resume);
    std::uint64_t word = word_.load(std::memory_order_relaxed);  // a guess for the exchange
    do {
      if ((word & open_bit) == 0) return false;
      // Acquires what the run is about; partner: `open`. Releases nothing, but passes on what
      // earlier announcements released.
    } while (!word_.compare_exchange_weak(word, word + one_resumption + 1,
                                          std::memory_order_acquire, std::memory_order_relaxed));
    pass_window(Window::between_resume_and_take);
    return true;
  }

  /// Busy -> idle, holding nothing; true when no other worker is busy.
  bool announce_idle() {
    pass_window(Window::between_work_and_idle);
    // Releases all that this worker left for others; partner: the read in `try_finish`.
    return busy_in(word_.fetch_sub(1, std::memory_order_release)) == 1;
  }

  /// Closes the run if it is over. `nothing_left`: no work can be taken, at some moment during the
  /// call.
  template <class NothingLeft>
  bool try_finish(NothingLeft nothing_left) {
    // Acquires what idle workers left and did; partner: `announce_idle`.
    std::uint64_t word = word_.load(std::memory_order_acquire);
    if (busy_in(word) != 0 || !nothing_left()) return false;
    pass_window(Window::between_emptiness_and_close);
    // Closes the run, unless a worker resumed since the read; partner: the exchange in
    // `try_resume`. Relaxed: when it succeeds the word is the one that was read above, with all
    // that it released; and a worker that finds the run closed uses nothing of it.
    return word_.compare_exchange_strong(word, word & ~open_bit, std::memory_order_relaxed,
                                         std::memory_order_relaxed);
  }

  /// How many are busy: a hint, relaxed. A leader that goes to sleep reads it under the lock that
  /// the last to announce itself idle passes through (parking.hpp), and so sees that announcement.
  std::uint32_t busy() const { return busy_in(word_.load(std::memory_order_relaxed)); }
  /// A hint: relaxed.
  bool is_open() const { return (word_.load(std::memory_order_relaxed) & open_bit) != 0; }

 private:
  static constexpr std::uint64_t open_bit = std::uint64_t{1} << 15;
  static constexpr std::uint64_t one_resumption = std::uint64_t{1} << 16;
  static std::uint32_t busy_in(std::uint64_t word) {
    const std::uint64_t counted = faulty(Fault::workers_left_out) ? 1 : open_bit - 1;
    return static_cast<std::uint32_t>(word & counted);
  }
  /// Bits 0 to 14: busy workers. Bit 15: open. From 16 on: resumptions.
  Atomic<std::uint64_t> word_{0};
};

}  // namespace tricolour
