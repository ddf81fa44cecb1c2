// Workloads: what mutators do.
//
// Purpose: the contract between a synthetic program and the code that runs and measures it. A
// workload is a struct
//
//   struct GcBench {
//     static WorkloadInfo info();
//     // closed form per heap, 0 when there is none
//     static std::size_t live_bytes(const Parameters&);
//     // optional: once, before the other mutators start
//     template <Barrier B> static void setup(Mutator<B>&, WorkloadRun&);
//     // on every mutator's thread
//     template <Barrier B> static void run(Mutator<B>&, WorkloadRun&);
//   };
//
// whose `run` builds its data, calls `run.begin(m)`, performs operations while
// `run.next_operation()`, calls `run.end(m)` and then checks its own data, reporting what is wrong
// with `run.fail`.
//
// Ownership: a WorkloadRun belongs to one mutator's thread; `control` is shared and is the
// harness's.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/mutator/mutator.hpp"
#include "workloads/request_sink.hpp"

namespace tricolour {

struct ParameterInfo {
  std::string_view name;
  double value;  ///< the default
  std::string_view unit;
  std::string_view summary;
  double least = 0;
  double most = 1e12;
  /// For a parameter that is a word: its words, in the order of their values 0, 1, ...; the default
  /// is then an index.
  std::vector<std::string_view> words = {};
  /// With which a run takes milliseconds, for checks of hundreds of runs: still with chunked
  /// arrays, medium and large objects and deep trees. None: the default does.
  std::optional<double> small = {};
};

struct WorkloadInfo {
  std::string_view name;
  std::string_view summary;
  std::string_view source;
  std::string_view operation;  ///< what one operation is
  std::vector<ParameterInfo> parameters;
  bool shared = false;  ///< the mutators work on one structure
  bool has_requests = false;
  unsigned least_mutators = 1;
};

/// Resolved parameter values by name; the harness has checked names and ranges.
class Parameters {
 public:
  void set(std::string_view name, double value) { values_[std::string(name)] = value; }
  double number(std::string_view name) const { return values_.at(std::string(name)); }
  std::size_t count(std::string_view name) const { return static_cast<std::size_t>(number(name)); }

 private:
  std::unordered_map<std::string, double> values_;
};

/// A workload found its own data wrong: something was lost or torn.
class SelfCheckFailed : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// What the harness tells running workloads, and what they tell it.
class RunControl {
 public:
  virtual ~RunControl() = default;
  /// Waits until every mutator has come here; called inside a blocking region. Throws when another
  /// mutator failed.
  virtual void arrive_at_begin(unsigned mutator) = 0;
  virtual void arrive_at_end(unsigned mutator, std::uint64_t operations) = 0;
  /// Operations this mutator may do; no_operation_limit in a timed run.
  virtual std::uint64_t operation_limit(unsigned mutator) const = 0;
  /// Of this mutator; null when they are not recorded.
  virtual RequestSink* requests(unsigned mutator) = 0;

  /// Set (relaxed: it only ends a loop) when time is up or another mutator failed.
  std::atomic<bool> stop{false};
  static constexpr std::uint64_t no_operation_limit = ~std::uint64_t{0};
};

class WorkloadRun {
 public:
  WorkloadRun(const Parameters& parameter_values, RunControl& run_control, unsigned mutator_index,
              unsigned mutator_count, std::uint64_t seed)
      : parameters(parameter_values),
        mutator(mutator_index),
        mutators(mutator_count),
        random(seed * 0x9e3779b97f4a7c15u + mutator_index),
        control_(run_control),
        requests_(run_control.requests(mutator_index)),
        limit_(run_control.operation_limit(mutator_index)),
        attention_(requests_ == nullptr ? limit_ : 0) {}

  const Parameters& parameters;
  const unsigned mutator;
  const unsigned mutators;
  std::mt19937_64 random;

  /// Waits for every mutator; the measured region (after the warm-up, if there is one) begins. A
  /// safepoint.
  template <Barrier B>
  void begin(Mutator<B>& m) {
    m.blocking([&] { control_.arrive_at_begin(mutator); });
  }
  /// True when another operation is to be done. Counts it.
  bool next_operation() {
    if (operations_ >= attention_ && !attend()) return false;
    if (control_.stop.load(std::memory_order_relaxed)) return false;
    ++operations_;
    return true;
  }
  /// The measured region ends for this mutator. A safepoint.
  template <Barrier B>
  void end(Mutator<B>& m) {
    m.blocking([&] { control_.arrive_at_end(mutator, operations_); });
  }
  /// Operations done so far (readable by the harness after `end`).
  std::uint64_t operations() const { return operations_; }
  /// The operation that `next_operation` counted last was a request.
  void record_request(Nanoseconds intended, Nanoseconds start, Nanoseconds end) {
    if (end - intended >= shown_from_ns_) [[unlikely]]
      show_request(intended, start, end);
  }
  /// So many were due when the measured region ended, and were not begun.
  void leave_unserved(std::uint64_t requests) {
    if (requests_ != nullptr) requests_->leave_unserved(requests);
  }

  [[noreturn]] static void fail(const std::string& what) { throw SelfCheckFailed(what); }
  static void check(bool holds, std::string_view what) {
    if (!holds) fail(std::string(what));
  }

 private:
  static constexpr Nanoseconds always = std::numeric_limits<Nanoseconds>::min();
  static constexpr Nanoseconds never = std::numeric_limits<Nanoseconds>::max();

  /// Whether there is another operation: the limit is reached, or a request comes that is wanted.
  bool attend() {
    if (operations_ >= limit_) return false;
    attention_ = limit_;
    shown_from_ns_ = always;
    return true;
  }
  void show_request(Nanoseconds intended, Nanoseconds start, Nanoseconds end) {
    attention_ = std::min(limit_, requests_->look_at(operations_ - 1, intended, start, end));
    shown_from_ns_ = RequestSink::long_ns;
  }

  RunControl& control_;
  RequestSink* const requests_;
  const std::uint64_t limit_;
  std::uint64_t operations_ = 0;
  /// The loop pays for recording with comparisons that it makes anyway: the next operation before
  /// which to `attend`, and the latency from which a request is shown.
  std::uint64_t attention_;
  Nanoseconds shown_from_ns_ = never;
};

}  // namespace tricolour
