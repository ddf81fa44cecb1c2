// The figures of a run's requests: percentiles, and what the slow ones waited for.
//
// Purpose: a request of `RequestLog::slow_ns` or more is explained by the waits of its mutator.
// Invariant: percentiles and sums are over all requests, however many rows are kept; a share is
// given only where every wait can be known.
#pragma once

#include <optional>
#include <vector>

#include "harness/figures/request_latency.hpp"
#include "harness/figures/waits.hpp"
#include "harness/record/pass.hpp"

namespace tricolour {

struct SlowRequest {
  std::uint32_t thread = 0;
  Nanoseconds start_ns = 0;  ///< the intended start in an open loop
  Nanoseconds duration_ns = 0;
  CauseTimes causes{};
};

struct RequestFigures {
  static constexpr std::size_t most_slow = 1000;

  std::uint64_t count = 0;
  std::uint64_t unserved = 0;  ///< due in the region, about, and not begun in it
  std::uint64_t p50_ns = 0, p90_ns = 0, p99_ns = 0, p999_ns = 0, max_ns = 0;
  std::optional<std::uint64_t> p9999_ns, p99999_ns;  ///< where there are requests enough
  bool from_intended = false;                        ///< latency counts from when a request was due
  std::uint64_t row_every = 1;    ///< the table's sample holds every so many-th request
  std::vector<SlowRequest> slow;  ///< slowest first, at most `most_slow`
  std::uint64_t slow_count = 0;
  Nanoseconds slow_total_ns = 0;
  CauseTimes slow_causes{};
  std::optional<double> explained_share;  ///< of slow_total_ns; nothing without slow requests, or
                                          ///< where run delay cannot be read
  Nanoseconds longest_unexplained_ns =
      0;  ///< between two operations, with the request in which it was: no wait of a name
};

/// The rows that the logs of all mutators kept, metered, by mutator and start.
std::vector<RequestTableRow> request_table(const Pass& pass);

/// `events` by end time. Nothing when no request was recorded.
std::optional<RequestFigures> request_figures(const Pass& pass,
                                              const std::vector<RecordedEvent>& events);

}  // namespace tricolour
