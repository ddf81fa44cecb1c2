// Taken time: time in which a thread could have run and was not run, because the system ran
// something else (run delay) or because the machine itself was taken away (steal time).
//
// Purpose: what no clock around a wait of the mutator's own can see. A thread's CPU clock stands
// still while the thread is off its processor: what elapsed less CPU time was taken. The kernel
// says how much of it was run delay (schedstat); the rest was taken without the scheduler's
// knowledge, by the hypervisor or by interrupts, unless the thread slept of its own will. A reading
// costs less than half a microsecond where nothing was taken, so there is one where something took
// long, and otherwise at most one a millisecond.
//
// Invariant: all that a window names fell between its `begin_ns` and `end_ns`; where in it is not
// known. The parts of a window never add up to more than the time its thread was off its processor.
// What is certain counts: where the thread slept, or the system took the processor in the middle of
// a reading, nothing is steal time. A kernel without steal accounting sees none.
//
// Ownership: the thread that opened it; any thread after it was joined. Sources:
// Documentation/scheduler/sched-stats.rst of the kernel; CONFIG_PARAVIRT_TIME_ACCOUNTING, by which
// stolen time is left out of CPU time (kernel/sched/core.c, update_rq_clock_task).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/observe/clock.hpp"

namespace tricolour {

enum class Taker : std::uint8_t { scheduler, machine };

struct TakenTime {
  Taker by;
  Nanoseconds begin_ns;  ///< before the first of the two readings
  Nanoseconds end_ns;    ///< after the second
  Nanoseconds taken_ns;  ///< between them
  /// Of what fell into the window before the request under way at its end, at most so much can have
  /// been taken: requests of some microseconds.
  Nanoseconds elsewhere_ns;
};

class TakenTimeMeter {
  friend class KnownPass;  // of tests: says what the kernel would have said

 public:
  static constexpr Nanoseconds most_age_ns = 1'000'000;
  /// Less is not looked at: in the total of run delay it counts, in that of steal time it does not.
  static constexpr Nanoseconds least_kept_ns = 4096;

  struct Totals {
    Nanoseconds run_delay_ns = 0;
    Nanoseconds steal_ns = 0;  ///< at least
  };

  TakenTimeMeter() = default;
  ~TakenTimeMeter();
  TakenTimeMeter(const TakenTimeMeter&) = delete;
  TakenTimeMeter& operator=(const TakenTimeMeter&) = delete;

  /// Of the calling thread from here on. Without `file` there are no readings, and `why` says so.
  void open(const char* file = "/proc/thread-self/schedstat");
  bool available() const { return file_ >= 0; }
  const std::string& why() const { return why_; }

  /// Reads when the last reading is older than `age` at `now`; returns whether it did.
  bool read_if_older(Nanoseconds now, Nanoseconds age) {
    if (!available() || now - read_at_ns_ <= age) return false;
    read();
    return true;
  }
  /// A request that may have waited ended, and nothing was read at its end.
  void pass_request(Nanoseconds length) { elsewhere_ns_ += length; }
  /// From the first reading on, or since the last call.
  Totals take_totals();

  /// In the order of time; of two with the same bounds the scheduler's comes first.
  const std::vector<TakenTime>& windows() const { return windows_; }

 private:
  /// What the kernel counts of a thread.
  struct Counts {
    Nanoseconds run_delay_ns = 0;
    long sleeps = 0;  ///< voluntary context switches
  };

  void read();
  Counts read_counts() const;
  void split(Nanoseconds begin, Nanoseconds end, Nanoseconds off_ns, Nanoseconds elsewhere);

  int file_ = -1;
  std::string why_ = "the run delay was not asked for";
  Nanoseconds read_at_ns_ = 0;  ///< before the last reading
  Nanoseconds cpu_ns_ = 0;      ///< at the last reading
  Counts counts_;               ///< when something had been taken, the last time
  bool torn_ = false;           ///< time was taken between the last reading's clocks and its counts
  Nanoseconds elsewhere_ns_ = 0;
  Nanoseconds counted_from_ns_ = 0;  ///< run delay
  Nanoseconds steal_ns_ = 0;
  std::vector<TakenTime> windows_;
};

/// The second of the numbers in a schedstat file; -1 where there is none.
Nanoseconds parse_run_delay(std::string_view text);

}  // namespace tricolour
