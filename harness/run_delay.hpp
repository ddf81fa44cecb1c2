// Run delay: time in which a thread could have run and the system did not let it, as the kernel
// counts it (schedstat).
//
// Purpose: what no clock around a wait of the mutator's own can see. A reading costs half a
// microsecond, so there is one where something took long, and otherwise at most one a millisecond;
// what is kept is the difference between two readings and the window it fell into.
//
// Invariant: all of a window's delay fell between its `begin_ns` and `end_ns`; where in it is not
// known. What a hypervisor takes from the whole machine may not be in it.
//
// Ownership: the thread that opened it; any thread after it was joined. Source:
// Documentation/scheduler/sched-stats.rst of the kernel.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"

namespace tricolour {

struct RunDelay {
  Nanoseconds begin_ns;  ///< before the first of the two readings
  Nanoseconds end_ns;    ///< after the second
  Nanoseconds delay_ns;  ///< between them
  /// Of what fell into the window before the request under way at its end, at most so much can be
  /// delay: requests of some microseconds.
  Nanoseconds elsewhere_ns;
};

class RunDelayMeter {
 public:
  static constexpr Nanoseconds most_age_ns = 1'000'000;
  /// Shorter delays are counted in the total only.
  static constexpr Nanoseconds least_kept_ns = 4096;

  RunDelayMeter() = default;
  ~RunDelayMeter();
  RunDelayMeter(const RunDelayMeter&) = delete;
  RunDelayMeter& operator=(const RunDelayMeter&) = delete;

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
  Nanoseconds take_total();

  /// In the order of time.
  const std::vector<RunDelay>& windows() const { return windows_; }

 private:
  void read();

  int file_ = -1;
  std::string why_ = "the run delay was not asked for";
  Nanoseconds value_ns_ = 0;    ///< of the last reading
  Nanoseconds read_at_ns_ = 0;  ///< before it
  Nanoseconds elsewhere_ns_ = 0;
  Nanoseconds counted_from_ns_ = 0;
  std::vector<RunDelay> windows_;
};

/// The second of the numbers in a schedstat file; -1 where there is none.
Nanoseconds parse_run_delay(std::string_view text);

}  // namespace tricolour
