// ^C and SIGTERM as a flag that loops look at.
//
// Ownership: one for the process, as signals are. Ordering: relaxed; the flag publishes nothing but
// itself.
#pragma once

#include <exception>

namespace tricolour {

/// Thrown by a loop that looked.
class Interrupted : public std::exception {
 public:
  const char* what() const noexcept override { return "a signal came before it was complete"; }
};

/// From now on an interruption sets the flag, and writing past a file-size limit is an error
/// instead of the end.
void watch_signals();
bool interrupted();

}  // namespace tricolour
