// A function with a name that a thread executes for as long as a test likes.
//
// Ownership: `stay`: the one thread that executes it; the others: any thread.
//
// Memory ordering: sequentially consistent: nothing is measured here.
#pragma once

#include <sys/types.h>
#include <unistd.h>

#include <atomic>

#include "core/spin.hpp"

namespace tricolour {

class KnownPlace {
 public:
  static constexpr const char* function = "tricolour::KnownPlace::stay()";

  /// Returns when it is let go.
  [[gnu::noinline]] void stay() {
    thread_ = ::gettid();
    thread_.notify_all();
    while (!let_go_) relax_processor();
  }
  /// The thread that stays here, once one does.
  pid_t thread() const {
    thread_.wait(0);
    return thread_;
  }
  void let_go() { let_go_ = true; }

 private:
  std::atomic<pid_t> thread_{0};
  std::atomic<bool> let_go_{false};
};

}  // namespace tricolour
