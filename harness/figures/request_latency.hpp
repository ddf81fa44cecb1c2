// Latency of requests in its forms.
//
// Purpose: simple (end - start), intended (end - scheduled start, of an open loop) and metered
// (DaCapo Chopin: begins are spread evenly, so that a pause is also charged to the requests that
// would have queued behind it). Latencies at a fixed rate are for scripts: they are in
// tools/tricolour_report/statistics/request_latency.py.
//
// Invariant: a row represents `weight` requests, and its ordinal among all requests, in order of
// begin, is the middle of those. A window is a number of requests, never a span of time: a span
// loses sight of every pause longer than half of it. No latency counts from later than the
// request's own begin. Times are doubles from the first begin, which hold every nanosecond.
//
// Metered latency in a window is monotone in one pause among equal requests; with several, and over
// the whole run, a later pause can lower what earlier requests are charged. The tests have these
// cases.
//
// Ownership: immutable once made.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/observe/clock.hpp"

namespace tricolour {

/// A row of the requests table.
struct RequestTableRow {
  std::int64_t thread, intended_ns, start_ns, end_ns;
  std::int64_t weight = 1;  ///< requests that it represents
  /// Metered latency, to the nanosecond, over a window of `metered_window_ns` and the whole run.
  std::int64_t metered_100ms_ns = 0, metered_full_ns = 0;

  friend bool operator==(const RequestTableRow&, const RequestTableRow&) = default;
};
inline constexpr Nanoseconds metered_window_ns = 100'000'000;

/// Fills in what is metered, of the rows of all mutators.
void meter(std::span<RequestTableRow> rows);

/// Requests by the moment at which they were due; latencies have the order of the rows.
class RequestBegins {
 public:
  explicit RequestBegins(std::span<const RequestTableRow> rows);

  /// `window`: nothing for the whole run.
  std::vector<double> metered(std::optional<Nanoseconds> window) const;

 private:
  std::vector<double> spread(std::optional<Nanoseconds> window) const;
  /// k: a window of 2k + 1 requests lasts `window` where requests begin at their median interval.
  double half_window(Nanoseconds window) const;
  double median_interval() const;
  double median_interval_of_stretches(std::uint64_t stretches) const;
  double median_interval_of_rows() const;
  /// The begin of the request with that ordinal, between rows linearly.
  double begin_at(double ordinal) const;

  std::vector<std::size_t> order_;  ///< rows by begin
  std::vector<double> begin_, end_, ordinal_;
  std::vector<std::uint64_t> weight_;
  std::uint64_t requests_ = 0;
  std::uint64_t greatest_weight_ = 0;
};

/// One form of latency of all requests of a run.
struct LatencyFigures {
  Nanoseconds max_ns = 0;
  std::vector<double> curve_ns;  ///< quantiles by nines (quantile_curve.hpp)
};
struct LatencyForms {
  LatencyFigures simple;
  std::optional<LatencyFigures> intended;  ///< where a schedule differs from the start
  LatencyFigures metered_100ms, metered_full;
};

/// Nothing without rows.
std::optional<LatencyForms> latency_forms(std::span<const RequestTableRow> rows);

}  // namespace tricolour
