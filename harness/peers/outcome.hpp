// What a peer program prints: one line of JSON.
//
// Purpose: the same fields from every peer, in C++ here, in Java and Go in Peer.java and peer.go.
// Invariant: a percentile is there only where the count allows it; `longest_gap_ns` is the longest
// time between the ends of two consecutive operations in the measured loop. Ownership: the thread
// that measures.
#pragma once

#include <fmt/format.h>

#include <cstdio>
#include <fstream>
#include <optional>
#include <string>

#include "core/observe/clock.hpp"
#include "harness/record/histogram.hpp"

namespace tricolour::peers {

/// Latencies of requests, recorded as the testbed records them: each of 4096 ns or more by itself,
/// and of the shorter ones every 128th for all of them, so that recording costs a peer no more than
/// it costs the testbed.
class Latencies {
 public:
  void record(Nanoseconds latency) {
    if (latency < long_ns) [[likely]] {
      if (--until_sampled_ != 0) return;
      until_sampled_ = stride;
      histogram_.record(static_cast<std::uint64_t>(latency), stride);
    } else {
      histogram_.record(static_cast<std::uint64_t>(latency));
    }
  }
  const Histogram& histogram() const { return histogram_; }

 private:
  static constexpr Nanoseconds long_ns = 4096;
  static constexpr unsigned stride = 128;

  Histogram histogram_;
  unsigned until_sampled_ = 1;
};

/// The longest time between the ends of two consecutive operations.
class GapProbe {
 public:
  explicit GapProbe(Nanoseconds begin) : last_(begin) {}
  void end(Nanoseconds now) {
    if (now - last_ > longest_) longest_ = now - last_;
    last_ = now;
  }
  Nanoseconds longest() const { return longest_; }

 private:
  Nanoseconds last_;
  Nanoseconds longest_ = 0;
};

struct Outcome {
  std::string program;
  Nanoseconds wall_ns = 0;
  std::uint64_t operations = 0;
  std::uint64_t checks = 0;  ///< pieces of data that were read back and were what had been written
  Nanoseconds longest_gap_ns = 0;
  std::optional<std::uint64_t> collections =
      {};                         ///< in the measured region, of a memory that has such
  std::string latency_from = {};  ///< "start" or "intended"; empty when there are no requests
  Histogram latencies = {};
  /// Of an open loop: requests that were due when it ended and had not begun, about: the time from
  /// when the last one was due, over the mean gap, as in workloads/latency.hpp.
  std::optional<std::uint64_t> unserved = {};
};

inline std::string percentile(const Histogram& histogram, double p, std::uint64_t least_count) {
  return histogram.count() < least_count ? "null" : fmt::format("{}", histogram.quantile(p));
}

inline std::string percentiles(const Histogram& histogram) {
  return fmt::format(
      R"("p50_ns": {}, "p90_ns": {}, "p99_ns": {}, "p999_ns": {}, "p9999_ns": {}, "max_ns": {})",
      percentile(histogram, 0.5, 1), percentile(histogram, 0.9, 1), percentile(histogram, 0.99, 1),
      percentile(histogram, 0.999, 1), percentile(histogram, 0.9999, 100'000), histogram.max());
}

/// Peak resident bytes since this program began; getrusage would answer with its parent's, if that
/// was larger.
inline std::uint64_t peak_resident() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return std::stoull(line.substr(6)) * 1024;
  }
  return 0;
}

inline void print(const Outcome& outcome, const char* memory) {
  const std::string requests =
      outcome.latency_from.empty()
          ? "null"
          : fmt::format(R"({{"count": {}, "unserved": {}, "from": "{}", {}}})", outcome.operations,
                        outcome.unserved ? fmt::format("{}", *outcome.unserved) : "null",
                        outcome.latency_from, percentiles(outcome.latencies));
  fmt::print(R"({{"program": "{}", "memory": "{}", "wall_ns": {}, "operations": {}, )"
             R"("operations_per_s": {:.1f}, "checks": {}, "collections": {}, "peak_resident": {}, )"
             R"("longest_gap_ns": {}, "requests": {}}})"
             "\n",
             outcome.program, memory, outcome.wall_ns, outcome.operations,
             1e9 * static_cast<double>(outcome.operations) / static_cast<double>(outcome.wall_ns),
             outcome.checks, outcome.collections ? fmt::format("{}", *outcome.collections) : "null",
             peak_resident(), outcome.longest_gap_ns, requests);
}

}  // namespace tricolour::peers
