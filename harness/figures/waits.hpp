// What a mutator waited for, and when.
//
// Purpose: for any span of time, how much of it each cause took: the reason why a request was slow.
//
// Invariant: only intervals that were timed by themselves count, and no nanosecond counts twice: of
// nested ones the innermost. A wait for the registry's lock is a pause as long as the world was
// stopped. Taken time counts as far as it surely fell into the span and into no named interval; so
// the causes of a span never add up to more than the span.
//
// Ownership: immutable once made.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "harness/figures/utilisation.hpp"
#include "harness/machine/taken_time.hpp"
#include "harness/record/recorder.hpp"

namespace tricolour {

enum class WaitCause : std::uint8_t {
  pause,
  handshake,
  assist,
  stall,
  sweep,
  search,
  large_object_search,
  registry_lock,
  page_fault,
  allocation,
  run_delay,
  steal,
  blocked,
  none,
};
inline constexpr std::size_t wait_causes = static_cast<std::size_t>(WaitCause::none);
using CauseTimes = std::array<Nanoseconds, wait_causes>;

/// The activity that a wait of each cause is; no mutator reports that its time was stolen.
inline constexpr std::array<std::optional<Activity>, wait_causes> activity_of_cause{
    Activity::paused,
    Activity::handshake,
    Activity::assisting,
    Activity::stalled,
    Activity::lazy_sweeping,
    Activity::search,
    Activity::large_object_search,
    Activity::registry_lock,
    Activity::page_fault,
    Activity::allocation_slow_path,
    Activity::run_delay,
    std::nullopt,
    Activity::blocked};

/// The activity's name, where there is one.
constexpr std::string_view to_string(WaitCause cause) {
  const std::optional<Activity> activity = activity_of_cause[static_cast<std::size_t>(cause)];
  return activity ? to_string(*activity) : "steal";
}
/// `none` of what is no wait.
WaitCause cause_of(Activity activity);
Nanoseconds sum(const CauseTimes& times);

struct NamedWait {
  WaitCause cause;
  Interval interval;
};

/// The waits of one mutator in a run's events, by begin.
std::vector<NamedWait> named_waits(const std::vector<RecordedEvent>& events, std::uint32_t mutator);

class Waits {
 public:
  /// `taken`: of the mutator's thread, by time. `anywhere`: time may also have been taken between
  /// requests (an open loop).
  Waits(std::vector<NamedWait> waits, std::vector<TakenTime> taken, bool anywhere);

  CauseTimes within(Interval span) const;

 private:
  struct Stretch {
    WaitCause cause;
    Interval interval;
  };
  void flatten(std::vector<NamedWait> waits);
  void add(WaitCause cause, Nanoseconds begin, Nanoseconds end);
  /// Per cause up to `time`.
  CauseTimes until(Nanoseconds time) const;
  Nanoseconds named_within(Interval span) const;
  Nanoseconds certainly_taken(const TakenTime& window, Interval span) const;

  std::vector<Stretch> stretches_;  ///< disjoint, by time
  std::vector<CauseTimes> before_;  ///< summed up before each stretch, and after the last
  std::vector<TakenTime> taken_;
  const bool anywhere_;
};

}  // namespace tricolour
