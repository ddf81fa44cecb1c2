// A child process: started, waited for with a time limit, its output kept.
//
// Invariant: the child and all its descendants that stay in its process group are gone when
// `run_child` returns; it dies with its parent. Ownership: one call, one child; no signal handler
// but the interruption flag.
#pragma once

#include <string>
#include <vector>

namespace tricolour {

struct ChildResult {
  int exit_code = 0;  ///< when it exited by itself
  int signal = 0;     ///< that ended it; 0: none
  bool timed_out = false;
  bool interrupted = false;  ///< we were, and ended it
  std::string standard_output;
  std::string standard_error;  ///< its end, at most `kept_error_bytes`

  bool succeeded() const { return signal == 0 && exit_code == 0; }
  std::string ending() const;  ///< "ended by signal 9", "ended with exit code 1"
  /// Its ending, and below that what it said on standard error, which can be nothing.
  std::string failure() const;
};

inline constexpr std::size_t kept_error_bytes = 4096;

/// `words[0]` is the program's path. `timeout_s` 0: no limit. `on_tick` is called about ten times a
/// second. Throws std::system_error when it cannot be started.
ChildResult run_child(const std::vector<std::string>& words, double timeout_s,
                      void (*on_tick)(void*) = nullptr, void* context = nullptr);

/// The path of this binary.
std::string own_path();

}  // namespace tricolour
