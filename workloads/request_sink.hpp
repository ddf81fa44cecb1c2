// Where a workload's requests go.
//
// Purpose: who records requests is shown the long ones, and of the short ones those that it asks
// for. A request may take a tenth of a microsecond, of which a look at each would be two percent.
//
// Ownership: the mutator's thread while it runs; any thread after it was joined.
#pragma once

#include <cstdint>

#include "core/mutator/mutator.hpp"

namespace tricolour {

class RequestSink {
 public:
  /// A request that took so long is shown, asked for or not.
  static constexpr Nanoseconds long_ns = 4096;

  /// `number`: 0, 1, 2 ...; the first is always shown. Returns the number of the next request to
  /// show, however short.
  virtual std::uint64_t look_at(std::uint64_t number, Nanoseconds intended, Nanoseconds start,
                                Nanoseconds end) = 0;
  /// So many more were due, and were not begun before the measured region ended.
  virtual void leave_unserved(std::uint64_t requests) = 0;

 protected:
  ~RequestSink() = default;
};

}  // namespace tricolour
