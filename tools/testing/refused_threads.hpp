// Threads that the system refuses: a test program's own pthread_create, which stands before the C
// library's also for the libraries that the program uses.
//
// Included by one source of a test program.
//
// Ownership: one RefusedThreads at a time. Memory ordering: relaxed: counts.
#pragma once

#include <dlfcn.h>
#include <pthread.h>

#include <atomic>
#include <cerrno>
#include <limits>

namespace tricolour {

/// While it lives the system grants this process so many threads more.
class RefusedThreads {
 public:
  explicit RefusedThreads(int granted) {
    asked_.store(0, std::memory_order_relaxed);
    granted_.store(granted, std::memory_order_relaxed);
  }
  ~RefusedThreads() { granted_.store(all, std::memory_order_relaxed); }
  RefusedThreads(const RefusedThreads&) = delete;
  RefusedThreads& operator=(const RefusedThreads&) = delete;

  /// How many threads were asked for.
  int asked() const { return asked_.load(std::memory_order_relaxed); }
  /// Called for each thread that is asked for.
  static bool grants() {
    return asked_.fetch_add(1, std::memory_order_relaxed) <
           granted_.load(std::memory_order_relaxed);
  }

 private:
  static constexpr int all = std::numeric_limits<int>::max();
  static inline std::atomic<int> asked_{0};
  static inline std::atomic<int> granted_{all};
};

}  // namespace tricolour

extern "C" int pthread_create(pthread_t* thread, const pthread_attr_t* attributes,
                              void* (*start)(void*), void* argument) noexcept {
  using Create = int (*)(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*);
  static const auto next = reinterpret_cast<Create>(dlsym(RTLD_NEXT, "pthread_create"));
  return tricolour::RefusedThreads::grants() ? next(thread, attributes, start, argument) : EAGAIN;
}
