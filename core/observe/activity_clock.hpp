// What a mutator spends its time on: the exact partition, and the intervals that are worth an
// event.
//
// Purpose: every wait has a name. Each change of activity ends a stretch; its length is added to
// its activity's sum, and a stretch that is long enough for its kind is reported.
//
// Invariant: stretches follow each other without a gap, so the sums add up to the time since
// `restart`. A slow path that alternates between short stretches is not lost: neighbours are joined
// until they are long enough, under the name of that which took most of them. CPU time of an assist
// is what surely was: a stretch shorter than `least_slow_path_ns` counts whole (a switch to another
// thread and back takes longer); of a longer one, what the thread's clock says since an earlier
// reading less the time in between.
//
// Ownership: the mutator's thread. Memory ordering: none of its own.
#pragma once

#include <algorithm>
#include <array>

#include "core/observe/events.hpp"

namespace tricolour {

struct ActivityStretch {
  Activity activity;
  Nanoseconds begin_ns;
  Nanoseconds end_ns;
  Nanoseconds cpu_ns;  ///< of an assist; else 0
};

class ActivityClock {
 public:
  using Times = std::array<Nanoseconds, mutator_activities>;

  /// Stretches of the slow path are reported from this length on, those in a blocking region from
  /// that.
  static constexpr Nanoseconds least_slow_path_ns = 4096;
  static constexpr Nanoseconds least_blocked_ns = 100'000;

  explicit ActivityClock(Activity first) : activity_(first) {}

  Activity current() const { return activity_; }
  /// When the present stretch began.
  Nanoseconds since() const { return since_ns_; }

  /// What was done until `now` ends, `next` begins. Calls `report` for each stretch that is long
  /// enough.
  template <class Report>
  void change(Activity next, Nanoseconds now, Report report) {
    const ActivityStretch ended{activity_, since_ns_, now,
                                activity_ == Activity::assisting ? cpu_since(since_ns_, now) : 0};
    times_[index(activity_)] += now - since_ns_;
    if (is_slow_path(activity_) && now - since_ns_ < least_slow_path_ns) {
      join(ended);
    } else {
      report_joined(report);
      if (is_reported(ended)) report(ended);
    }
    if (next == Activity::assisting && now - cpu_read_at_ns_ > most_cpu_age_ns) read_cpu(now);
    activity_ = next;
    since_ns_ = now;
  }
  /// All of the present stretch was something else.
  void rename(Activity activity) { activity_ = activity; }

  Times times(Nanoseconds until) const {
    Times sums = times_;
    sums[index(activity_)] += until - since_ns_;
    return sums;
  }
  void restart(Nanoseconds now) {
    times_ = {};
    since_ns_ = now;
    joined_ = {};
  }

 private:
  static constexpr Nanoseconds most_cpu_age_ns = 1'000'000;

  static constexpr std::size_t index(Activity activity) {
    return static_cast<std::size_t>(activity);
  }
  static bool is_reported(const ActivityStretch& one) {
    if (one.activity == Activity::running) return false;
    return one.activity != Activity::blocked || one.end_ns - one.begin_ns >= least_blocked_ns;
  }

  void join(const ActivityStretch& one) {
    if (joined_.begin_ns == 0) joined_.begin_ns = one.begin_ns;
    joined_.end_ns = one.end_ns;
    joined_.times[index(one.activity)] += one.end_ns - one.begin_ns;
  }
  template <class Report>
  void report_joined(Report report) {
    if (joined_.begin_ns == 0) return;
    if (joined_.end_ns - joined_.begin_ns >= least_slow_path_ns) {
      const auto most = std::ranges::max_element(joined_.times) - joined_.times.begin();
      report(ActivityStretch{static_cast<Activity>(most), joined_.begin_ns, joined_.end_ns, 0});
    }
    joined_ = {};
  }

  void read_cpu(Nanoseconds now) {
    cpu_ns_ = thread_cpu_ns();
    cpu_read_at_ns_ = now;
  }
  Nanoseconds cpu_since(Nanoseconds begin, Nanoseconds end) {
    const Nanoseconds length = end - begin;
    if (length < least_slow_path_ns) return length;
    const Nanoseconds cpu_before = cpu_ns_ + (begin - cpu_read_at_ns_);  // at most
    read_cpu(end);
    return std::clamp<Nanoseconds>(cpu_ns_ - cpu_before, 0, length);
  }

  struct Joined {
    Nanoseconds begin_ns = 0;  ///< 0: nothing is joined
    Nanoseconds end_ns = 0;
    Times times{};
  };

  Activity activity_;
  Nanoseconds since_ns_ = 0;
  Nanoseconds cpu_ns_ = 0;  ///< of the thread, at cpu_read_at_ns_
  Nanoseconds cpu_read_at_ns_ = 0;
  Times times_{};
  Joined joined_;
};

}  // namespace tricolour
