// What can go wrong with a heap, as types. Thrown to the mutator whose call could not be carried
// out.
//
// A misuse that shows in a destructor, which cannot throw, ends the program: std::terminate is
// called with the exception under way, and its message is printed.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>

namespace tricolour {

/// No room for a request after every collection that could have made some. All sizes in bytes.
class HeapExhausted : public std::runtime_error {
 public:
  HeapExhausted(std::size_t heap, std::size_t live, std::size_t request)
      : std::runtime_error("heap exhausted: heap " + std::to_string(heap) + " bytes, live " +
                           std::to_string(live) + " bytes, request " + std::to_string(request) +
                           " bytes"),
        heap_bytes(heap),
        live_bytes(live),
        request_bytes(request) {}
  std::size_t heap_bytes;
  std::size_t live_bytes;
  std::size_t request_bytes;
};

/// A heap invariant does not hold: a lost object, a torn header. The message is a report for the
/// reader.
class InvariantViolated : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A configuration that cannot be: an unsound pair, an impossible size. The message is one
/// sentence.
class ConfigurationError : public std::invalid_argument {
 public:
  using std::invalid_argument::invalid_argument;
};

/// More threads than the system grants this process. The message names the limits.
class ThreadLimitReached : public ConfigurationError {
 public:
  using ConfigurationError::ConfigurationError;
};

/// The program uses a heap as it must not. The message says what it did and how it is done right.
class Misuse : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

}  // namespace tricolour
