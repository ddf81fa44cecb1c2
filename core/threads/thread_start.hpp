// Starting threads: one that the system refuses is an error that names the limits.
//
// Purpose: std::thread says "Resource temporarily unavailable", which names neither the thread nor
// the limit that was met.
//
// Ownership and memory ordering: those of std::thread.
#pragma once

#include <string_view>
#include <system_error>
#include <thread>
#include <utility>

namespace tricolour {

/// Which thread is to start, for an error: a "mark thread", the `number`-th of `count`.
struct ThreadName {
  std::string_view role;
  unsigned number = 1;
  unsigned count = 1;
};

/// Throws ThreadLimitReached: which thread, why, the limits, and what would help.
[[noreturn]] void throw_thread_refused(const ThreadName& name, const std::system_error& error);

/// Starts a thread, or a std::jthread, that runs `work`. Throws ThreadLimitReached.
template <class Thread = std::thread, class Work>
Thread start_thread(const ThreadName& name, Work&& work) {
  try {
    return Thread(std::forward<Work>(work));
  } catch (const std::system_error& error) {
    throw_thread_refused(name, error);
  }
}

}  // namespace tricolour
