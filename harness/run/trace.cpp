#include "harness/run/trace.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <limits>
#include <map>

#include "harness/text/json.hpp"

namespace tricolour {
namespace {

/// Of the intervals of mutators the longest are drawn, so many at most: no viewer opens a file of
/// gigabytes.
constexpr std::size_t most_drawn_intervals = 200'000;

struct LeftOut {
  Nanoseconds shorter_than_ns = 0;
  std::uint64_t count = 0;
  Nanoseconds together_ns = 0;
};

Nanoseconds length_of(const Event& event) { return end_of(event) - begin_of(event); }

/// Which lengths to leave out, and what that comes to.
LeftOut left_out_of(const std::vector<RecordedEvent>& events) {
  std::vector<Nanoseconds> lengths;
  for (const RecordedEvent& one : events) {
    if (std::holds_alternative<MutatorInterval>(one.event)) lengths.push_back(length_of(one.event));
  }
  LeftOut left_out;
  if (lengths.size() <= most_drawn_intervals) return left_out;
  const auto least =
      lengths.begin() + static_cast<std::ptrdiff_t>(lengths.size() - most_drawn_intervals);
  std::ranges::nth_element(lengths, least);
  left_out.shorter_than_ns = *least + 1;  // of equal ones all or none
  for (const Nanoseconds length : lengths) {
    if (length >= left_out.shorter_than_ns) continue;
    ++left_out.count;
    left_out.together_ns += length;
  }
  return left_out;
}

class Timeline {
 public:
  /// Times count from `origin`. Row 0 is the run's.
  explicit Timeline(Nanoseconds origin) : origin_(origin) {}

  void name_row(std::uint32_t row, std::string_view name) {
    add(R"({{"ph":"M","pid":1,"tid":{},"name":"thread_name","args":{{"name":"{}"}}}})", row, name);
  }
  /// `arguments`: the members of a JSON object.
  void slice(std::uint32_t row, std::string_view name, Nanoseconds begin, Nanoseconds end,
             const std::string& arguments) {
    add(R"({{"ph":"X","pid":1,"tid":{},"name":"{}","ts":{},"dur":{},"args":{{{}}}}})", row, name,
        microseconds(begin - origin_), microseconds(end - begin), arguments);
  }
  void counter(std::string_view name, Nanoseconds at, std::uint64_t value) {
    add(R"({{"ph":"C","pid":1,"name":"{}","ts":{},"args":{{"bytes":{}}}}})", name,
        microseconds(at - origin_), value);
  }
  std::string finish(const std::string& command, const LeftOut& left_out) {
    const Json::Object about{
        {"command", command},
        {"origin_ns", origin_},
        {"left_out", Json::Object{{"mutator_intervals", left_out.count},
                                  {"shorter_than_ns", left_out.shorter_than_ns},
                                  {"together_ns", left_out.together_ns}}}};
    return fmt::format("{{\"displayTimeUnit\":\"ns\",\"otherData\":{},\"traceEvents\":[\n{}\n]}}\n",
                       to_text(about), fmt::to_string(text_));
  }

 private:
  /// Nanoseconds to the last digit.
  static std::string microseconds(Nanoseconds ns) {
    return fmt::format("{}.{:03}", ns / 1000, ns % 1000);
  }

  template <class... Parts>
  void add(fmt::format_string<Parts...> format, Parts&&... parts) {
    if (text_.size() != 0) fmt::format_to(std::back_inserter(text_), ",\n");
    fmt::format_to(std::back_inserter(text_), format, std::forward<Parts>(parts)...);
  }

  const Nanoseconds origin_;
  fmt::memory_buffer text_;
};

/// The earliest moment of all; `measured_from` is 0 in a run that was not measured.
Nanoseconds first_moment(const RunTables& tables, Nanoseconds measured_from) {
  Nanoseconds origin = measured_from != 0 ? measured_from : std::numeric_limits<Nanoseconds>::max();
  for (const RecordedEvent& one : tables.events) origin = std::min(origin, begin_of(one.event));
  for (const HeapUse& one : tables.heap_use) origin = std::min(origin, one.t_ns);
  return origin;
}

void add_event(Timeline& timeline, const PauseEvent& pause, std::uint32_t row) {
  timeline.slice(
      row, fmt::format("pause: {}", to_string(pause.kind)), pause.begin_ns, pause.end_ns,
      fmt::format(
          R"("cycle":{},"cause":"{}","time_to_safepoint_ns":{},"heap_before":{},"heap_after":{})",
          pause.cycle, to_string(pause.cause), pause.stopped_ns - pause.begin_ns, pause.used_before,
          pause.used_after));
  timeline.counter("heap in use", pause.stopped_ns, pause.used_before);
  timeline.counter("heap in use", pause.end_ns, pause.used_after);
}
void add_event(Timeline& timeline, const MutatorInterval& interval, std::uint32_t row) {
  timeline.slice(row, to_string(interval.activity), interval.begin_ns, interval.end_ns,
                 fmt::format(R"("cycle":{})", interval.cycle));
}
void add_event(Timeline& timeline, const PhaseInterval& interval, std::uint32_t row) {
  timeline.slice(
      row, to_string(interval.phase), interval.begin_ns, interval.end_ns,
      fmt::format(R"("cycle":{},"role":"{}","bytes":{},"objects":{})", interval.cycle,
                  to_string(interval.role), interval.marked_bytes, interval.marked_objects));
}
void add_event(Timeline& timeline, const TriggerEvent& event, std::uint32_t) {
  timeline.counter("heap trigger", event.at_ns, event.trigger);
}

/// Threads that emitted slices, by number; a thread that was a mutator's goes by the mutator.
std::map<std::uint32_t, std::string> threads_of(const std::vector<RecordedEvent>& events) {
  std::map<std::uint32_t, std::string> names;
  for (const RecordedEvent& one : events) {
    if (std::holds_alternative<TriggerEvent>(one.event)) continue;
    std::string& name = names.try_emplace(one.emitter, "collector").first->second;
    if (const auto* const interval = std::get_if<MutatorInterval>(&one.event))
      name = fmt::format("mutator {}", interval->mutator);
  }
  return names;
}

}  // namespace

std::string timeline(const Outcome& outcome, const std::string& command) {
  const std::vector<RecordedEvent>& events = outcome.tables.events;
  Timeline timeline(first_moment(outcome.tables, outcome.pass->begin_ns()));
  timeline.name_row(0, "run");
  if (outcome.figures)
    timeline.slice(0, "measured region", outcome.figures->region.begin, outcome.figures->region.end,
                   "");
  for (const auto& [thread, name] : threads_of(events)) timeline.name_row(thread + 1, name);
  const LeftOut left_out = left_out_of(events);
  for (const RecordedEvent& one : events) {
    const bool is_interval = std::holds_alternative<MutatorInterval>(one.event);
    if (is_interval && length_of(one.event) < left_out.shorter_than_ns) continue;
    std::visit([&](const auto& event) { add_event(timeline, event, one.emitter + 1); }, one.event);
  }
  for (const HeapUse& one : outcome.tables.heap_use)
    timeline.counter("heap in use", one.t_ns, one.used);
  return timeline.finish(command, left_out);
}

}  // namespace tricolour
