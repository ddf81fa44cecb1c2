// Hiccups: what the machine itself does to a thread that only sleeps and wakes.
//
// Purpose: the floor under every pause. The control thread of a run calls `sleep` again and again; how much longer than asked it slept is
// what nobody's collector is to blame for. Ownership: one thread. Source: jHiccup (G. Tene).
#pragma once

#include <vector>

#include "core/clock.hpp"

namespace tricolour {

struct Hiccup {
  Nanoseconds t_ns;    ///< when it woke up
  Nanoseconds gap_ns;  ///< by how much too late
};

class HiccupMeter {
 public:
  /// Sleeps `period` and notes the gap.
  void sleep(Nanoseconds period = 1'000'000) {
    const Nanoseconds due = now_ns() + period;
    const timespec until{.tv_sec = due / 1'000'000'000, .tv_nsec = due % 1'000'000'000};
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr);
    const Nanoseconds woke = now_ns();
    seen_.push_back({woke, woke > due ? woke - due : 0});
  }
  const std::vector<Hiccup>& seen() const { return seen_; }

 private:
  std::vector<Hiccup> seen_;
};

}  // namespace tricolour
