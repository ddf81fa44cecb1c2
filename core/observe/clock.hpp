// The one clock: CLOCK_MONOTONIC, nanoseconds, 64-bit signed. Callable from any thread.
#pragma once

#include <cstdint>
#include <ctime>

namespace tricolour {

using Nanoseconds = std::int64_t;

inline Nanoseconds read_clock(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return Nanoseconds{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}
inline Nanoseconds now_ns() { return read_clock(CLOCK_MONOTONIC); }
/// CPU time of the calling thread.
inline Nanoseconds thread_cpu_ns() { return read_clock(CLOCK_THREAD_CPUTIME_ID); }

}  // namespace tricolour
