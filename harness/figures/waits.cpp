#include "harness/figures/waits.hpp"

#include <algorithm>
#include <numeric>

namespace tricolour {

WaitCause cause_of(Activity activity) {
  const auto found = std::ranges::find(activity_of_cause, activity);
  return static_cast<WaitCause>(found - activity_of_cause.begin());
}

Nanoseconds sum(const CauseTimes& times) {
  return std::accumulate(times.begin(), times.end(), Nanoseconds{0});
}

std::vector<NamedWait> named_waits(const std::vector<RecordedEvent>& events,
                                   std::uint32_t mutator) {
  std::vector<NamedWait> waits;
  std::vector<Interval> locked;
  std::vector<Interval> stops;
  for (const auto& [event, emitter, on_mutator_thread] : events) {
    if (const auto* const pause = std::get_if<PauseEvent>(&event))
      stops.push_back({pause->stopped_ns, pause->end_ns});
    const auto* const interval = std::get_if<MutatorInterval>(&event);
    if (interval == nullptr || interval->mutator != mutator) continue;
    const WaitCause cause = cause_of(interval->activity);
    if (cause == WaitCause::none) continue;
    waits.push_back({cause, {interval->begin_ns, interval->end_ns}});
    if (cause == WaitCause::registry_lock) locked.push_back(waits.back().interval);
  }
  // Stops follow each other, so they are in order by their ends too.
  for (const Interval& lock : locked) {
    auto stop = std::ranges::upper_bound(stops, lock.begin, {}, &Interval::end);
    for (; stop != stops.end() && stop->begin < lock.end; ++stop) {
      waits.push_back(
          {WaitCause::pause, {std::max(stop->begin, lock.begin), std::min(stop->end, lock.end)}});
    }
  }
  return waits;
}

Waits::Waits(std::vector<NamedWait> waits, std::vector<TakenTime> taken, bool anywhere)
    : taken_(std::move(taken)), anywhere_(anywhere) {
  flatten(std::move(waits));
  before_.push_back({});
  for (const Stretch& one : stretches_) {
    before_.push_back(before_.back());
    before_.back()[static_cast<std::size_t>(one.cause)] += one.interval.end - one.interval.begin;
  }
}

void Waits::add(WaitCause cause, Nanoseconds begin, Nanoseconds end) {
  if (!stretches_.empty()) begin = std::max(begin, stretches_.back().interval.end);
  if (begin < end) stretches_.push_back({cause, {begin, end}});
}

void Waits::flatten(std::vector<NamedWait> waits) {
  // Of two that begin together the longer one is the outer.
  std::ranges::stable_sort(waits, [](const NamedWait& one, const NamedWait& other) {
    if (one.interval.begin != other.interval.begin)
      return one.interval.begin < other.interval.begin;
    return one.interval.end > other.interval.end;
  });
  std::vector<NamedWait> open;
  Nanoseconds at = 0;
  const auto close_until = [&](Nanoseconds time) {
    while (!open.empty() && open.back().interval.end <= time) {
      add(open.back().cause, at, open.back().interval.end);
      at = std::max(at, open.back().interval.end);
      open.pop_back();
    }
    if (!open.empty()) add(open.back().cause, at, time);
  };
  for (const NamedWait& one : waits) {
    close_until(one.interval.begin);
    at = one.interval.begin;
    open.push_back(one);
  }
  close_until(std::numeric_limits<Nanoseconds>::max());
}

CauseTimes Waits::until(Nanoseconds time) const {
  const auto next = std::ranges::lower_bound(stretches_, time, {},
                                             [](const Stretch& one) { return one.interval.begin; });
  const auto index = static_cast<std::size_t>(next - stretches_.begin());
  CauseTimes times = before_[index];
  if (index > 0) {
    const Stretch& last = stretches_[index - 1];
    times[static_cast<std::size_t>(last.cause)] -=
        std::max<Nanoseconds>(0, last.interval.end - time);
  }
  return times;
}

Nanoseconds Waits::named_within(Interval span) const {
  return span.begin < span.end ? sum(until(span.end)) - sum(until(span.begin)) : 0;
}

Nanoseconds Waits::certainly_taken(const TakenTime& window, Interval span) const {
  const Interval all{window.begin_ns, window.end_ns};
  const Interval common{std::max(all.begin, span.begin), std::min(all.end, span.end)};
  Nanoseconds before = common.begin - all.begin;
  if (!anywhere_) before = std::min(before, window.elsewhere_ns);
  const Nanoseconds room = common.end - common.begin - named_within(common);
  return std::clamp<Nanoseconds>(
      window.taken_ns - before - (all.end - common.end) - named_within(common), 0, room);
}

CauseTimes Waits::within(Interval span) const {
  CauseTimes times = until(span.end);
  const CauseTimes earlier = until(span.begin);
  for (std::size_t i = 0; i < times.size(); ++i) times[i] -= earlier[i];
  auto window = std::ranges::upper_bound(taken_, span.begin, {}, &TakenTime::end_ns);
  for (; window != taken_.end() && window->begin_ns < span.end; ++window) {
    const WaitCause cause =
        window->by == Taker::scheduler ? WaitCause::run_delay : WaitCause::steal;
    times[static_cast<std::size_t>(cause)] += certainly_taken(*window, span);
  }
  return times;
}

}  // namespace tricolour
