#include "core/mutator/watched_threads.hpp"

#include <pthread.h>

namespace tricolour {

Nanoseconds WatchedThreads::cpu_ns() const {
  Nanoseconds sum = 0;
  for (const std::thread& thread : threads_) {
    clockid_t clock{};
    // The handle is the thread's own until it is joined.
    const pthread_t handle = const_cast<std::thread&>(thread).native_handle();
    if (pthread_getcpuclockid(handle, &clock) == 0) sum += read_clock(clock);
  }
  return sum;
}

}  // namespace tricolour
