// Where a workload's requests go.
//
// Purpose: what is done with every request, inline, because a request may take a tenth of a microsecond, of which a count in a table would be
// two percent: whoever records looks at the long ones, and of the short ones at those that it wants.
//
// Ownership: the mutator's thread while it runs; anybody after it was joined.
#pragma once

#include <cstdint>

#include "core/mutator.hpp"

namespace tricolour {

class RequestSink {
 public:
  /// From here on every request is looked at.
  static constexpr Nanoseconds long_ns = 4096;

  /// `number`: 0, 1, 2 ...
  void record(std::uint64_t number, Nanoseconds intended, Nanoseconds start, Nanoseconds end) {
    if (end - intended >= long_ns || number >= wanted_) [[unlikely]] look_at(number, intended, start, end);
  }

 protected:
  ~RequestSink() = default;
  virtual void look_at(std::uint64_t number, Nanoseconds intended, Nanoseconds start, Nanoseconds end) = 0;

  std::uint64_t wanted_ = 0;  ///< number of the next request to look at, however short
};

}  // namespace tricolour
