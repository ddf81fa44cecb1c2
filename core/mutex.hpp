// Mutexes whose end ThreadSanitizer sees.
//
// Purpose: the destructor of libstdc++'s mutexes does nothing. So to ThreadSanitizer the mutexes of
// one object on a stack, and those of the next object at the same place, are the same ones; and it
// reports that they are locked in both orders. These end as pthread's mutexes do.
//
// Ownership, memory ordering: of std::mutex.
#pragma once

#include <pthread.h>

#include <mutex>

namespace tricolour {

/// `Standard` is std::mutex or std::timed_mutex.
template <class Standard>
class EndingMutex : public Standard {
 public:
  EndingMutex() = default;
  ~EndingMutex() { ::pthread_mutex_destroy(this->native_handle()); }
  EndingMutex(const EndingMutex&) = delete;
  EndingMutex& operator=(const EndingMutex&) = delete;
};

using Mutex = EndingMutex<std::mutex>;
using TimedMutex = EndingMutex<std::timed_mutex>;

}  // namespace tricolour
