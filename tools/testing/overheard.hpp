// What this process says on standard error, heard by itself and passed on.
//
// Purpose: a test of a process that says something and continues waits for what it says.
//
// Invariant: what is said while it lives arrives where it would have, at the latest when it ends.
//
// Ownership: one at a time; `await`: one thread.
#pragma once

#include <unistd.h>

#include <stdexcept>
#include <string>

namespace tricolour {

class Overheard {
 public:
  Overheard() : before_(::dup(STDERR_FILENO)) {
    int ends[2];
    if (before_ < 0 || ::pipe(ends) != 0) throw std::runtime_error("no pipe to listen to");
    ::dup2(ends[1], STDERR_FILENO);
    ::close(ends[1]);
    from_ = ends[0];
  }
  ~Overheard() {
    ::dup2(before_, STDERR_FILENO);
    while (pass_on()) {
    }
    ::close(from_);
    ::close(before_);
  }
  Overheard(const Overheard&) = delete;
  Overheard& operator=(const Overheard&) = delete;

  /// Returns when `words` were said.
  void await(const std::string& words) {
    while (said_.find(words) == std::string::npos) pass_on();
  }

 private:
  /// Some of what was said; false when that is all.
  bool pass_on() {
    char buffer[4096];
    const ssize_t count = ::read(from_, buffer, sizeof buffer);
    if (count <= 0) return false;
    said_.append(buffer, static_cast<std::size_t>(count));
    return ::write(before_, buffer, static_cast<std::size_t>(count)) == count;
  }

  const int before_;
  int from_ = -1;
  std::string said_;
};

}  // namespace tricolour
