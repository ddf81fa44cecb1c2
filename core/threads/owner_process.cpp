#include "core/threads/owner_process.hpp"

#include <pthread.h>

#include <atomic>
#include <new>

namespace tricolour {
namespace {
/// Between the first process and this one: a fact of the process. Relaxed: a child has one thread
/// when it counts.
std::atomic<unsigned> forks{0};

void count_fork() { forks.fetch_add(1, std::memory_order_relaxed); }
}  // namespace

OwnerProcess::OwnerProcess() : forks_(forks.load(std::memory_order_relaxed)) {
  static const int error = pthread_atfork(nullptr, nullptr, count_fork);
  if (error != 0) throw std::bad_alloc();
}

bool OwnerProcess::is_this() const { return forks_ == forks.load(std::memory_order_relaxed); }

}  // namespace tricolour
