// Performance counters: what processor and kernel counted of this process.
//
// Purpose: instructions, cycles and cache misses where the machine has such counters and lets us
// read them, and a plain word where not; and what every kernel counts itself, through the same
// system call. Of user space only, except what happens in the kernel alone.
//
// Invariant: a counter covers the thread that made this object and every thread started by one that
// is covered, ended or not: so it is made before the others. Two readings differ by what all of
// them did in between.
//
// Ownership: made and destroyed by one thread; `read` by any, it costs some microseconds.
// Source: perf_event_open(2); a counter that shared its register with others is scaled by its share
// of the time.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tricolour {

enum class Counter : std::uint8_t {
  instructions,
  cpu_cycles,
  cache_misses,
  task_clock_ns,
  context_switches,
  page_faults
};
inline constexpr std::size_t counter_count = 6;

constexpr std::string_view to_string(Counter counter) {
  constexpr std::string_view names[]{"instructions",  "cpu_cycles",       "cache_misses",
                                     "task_clock_ns", "context_switches", "page_faults"};
  return names[static_cast<std::size_t>(counter)];
}

/// What one counter came to, or why there is no such number.
struct Count {
  Counter counter;
  std::optional<std::uint64_t> value;
  std::string unavailable;
};

class PerformanceCounters {
 public:
  PerformanceCounters();
  ~PerformanceCounters();
  PerformanceCounters(const PerformanceCounters&) = delete;
  PerformanceCounters& operator=(const PerformanceCounters&) = delete;

  /// A counter's value and the times, in ns, for which it was wanted and for which it counted,
  /// summed over threads.
  struct Reading {
    std::uint64_t value = 0, wanted_ns = 0, counted_ns = 0;
  };
  using Readings = std::array<Reading, counter_count>;
  Readings read() const;
  /// What was counted from `before` to `after`.
  std::vector<Count> between(const Readings& before, const Readings& after) const;

 private:
  struct Open {
    int descriptor = -1;
    int error = 0;
  };
  std::array<Open, counter_count> open_;
};

/// Why a counter cannot be opened, from perf_event_open's error number and the kernel's setting.
std::string unavailable_because(int error, std::string_view paranoid);

}  // namespace tricolour
