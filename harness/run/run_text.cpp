#include "harness/run/run_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <iterator>
#include <map>
#include <optional>

#include "harness/text/columns.hpp"
#include "harness/text/names.hpp"

namespace tricolour {
namespace {

class Lines {
 public:
  template <class... Parts>
  void add(std::string_view label, fmt::format_string<Parts...> format, Parts&&... parts) {
    const std::string line =
        fmt::format("  {:<14}", label) + fmt::format(format, std::forward<Parts>(parts)...);
    text_ += in_columns(line, most_columns, 16) + '\n';
  }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

std::string ns(Nanoseconds value) { return show_duration(static_cast<double>(value)); }
std::string bytes(std::size_t value) { return show_bytes(static_cast<double>(value)); }
template <class Count>
std::string count(Count value) {
  return show_count(static_cast<double>(value));
}
/// A name of run.json in a text.
std::string in_words(std::string_view name) {
  std::string words(name);
  std::ranges::replace(words, '_', ' ');
  return words;
}

void add_pauses(Lines& lines, const RunFigures& figures) {
  const PauseFigures& pauses = figures.pauses;
  if (pauses.count == 0) {
    lines.add("pauses", "none");
    return;
  }
  lines.add("pauses", "{}: p50 {}, p99 {}, longest {}; together {} ({:.1f} %)", pauses.count,
            ns(pauses.p50_ns), ns(pauses.p99_ns), ns(pauses.max_ns), ns(pauses.total_ns),
            100.0 * static_cast<double>(pauses.total_ns) / static_cast<double>(figures.wall_ns()));
  lines.add("", "longest time to safepoint {}", ns(pauses.max_time_to_safepoint_ns));
}

void add_answers(Lines& lines, const HandshakeAnswers& handshakes) {
  lines.add("handshakes", "{}, each of one mutator: answered after {} on average, {} at most",
            handshakes.count, ns(handshakes.total_ns / static_cast<Nanoseconds>(handshakes.count)),
            ns(handshakes.max_ns));
}

void add_held(Lines& lines, const HeldFigures& held) {
  lines.add("held",
            "{} times one mutator, by pauses and handshakes: p50 {}, p99 {}, p99.9 {}, longest {}",
            held.count, ns(held.p50_ns), ns(held.p99_ns), ns(held.p999_ns), ns(held.max_ns));
}

std::string show_causes(const CauseTimes& times, Nanoseconds whole) {
  std::vector<std::string> values;
  for (std::size_t i = 0; i < times.size(); ++i) {
    if (times[i] == 0) continue;
    values.push_back(in_words(to_string(static_cast<WaitCause>(i))) + " " + ns(times[i]));
  }
  if (const Nanoseconds unnamed = whole - sum(times); unnamed > 0)
    values.push_back(fmt::format("without a name {}", ns(unnamed)));
  return joined(values, ", ");
}

/// What the slow requests waited for, the greatest first.
void add_slow_requests(Lines& lines, const RequestFigures& requests) {
  lines.add("slow requests",
            "{} of 1 ms or more, together {}; what they waited for:", count(requests.slow_count),
            ns(requests.slow_total_ns));
  std::vector<std::pair<Nanoseconds, std::string>> causes;
  for (std::size_t i = 0; i < wait_causes; ++i) {
    const Nanoseconds total = requests.slow_causes[i];
    if (total > 0) causes.emplace_back(total, in_words(to_string(static_cast<WaitCause>(i))));
  }
  std::ranges::sort(causes, std::greater{});
  if (const Nanoseconds unnamed = requests.slow_total_ns - sum(requests.slow_causes); unnamed > 0)
    causes.emplace_back(unnamed, "without a name");
  for (const auto& [total, name] : causes) {
    lines.add("", "  {:<20}{:>10}{:>8.1f} %", name, ns(total),
              100.0 * static_cast<double>(total) / static_cast<double>(requests.slow_total_ns));
  }
  const SlowRequest& longest = requests.slow.front();
  lines.add("", "the longest, {}: {}", ns(longest.duration_ns),
            show_causes(longest.causes, longest.duration_ns));
}

void add_requests(Lines& lines, const RunFigures& figures) {
  const RequestFigures& requests = *figures.requests;
  const auto show = [](std::uint64_t value) { return show_duration(static_cast<double>(value)); };
  std::string tail;
  if (requests.p9999_ns) tail += ", p99.99 " + show(*requests.p9999_ns);
  if (requests.p99999_ns) tail += ", p99.999 " + show(*requests.p99999_ns);
  lines.add("requests", "{}: p50 {}, p99 {}, p99.9 {}{}, longest {}{}", count(requests.count),
            show(requests.p50_ns), show(requests.p99_ns), show(requests.p999_ns), tail,
            show(requests.max_ns), requests.from_intended ? "; from when they were due" : "");
  if (requests.unserved > 0) {
    lines.add("", "{} more were due and not begun: the latencies are of those that were",
              count(requests.unserved));
  }
  if (requests.slow_count > 0) add_slow_requests(lines, requests);
  lines.add("", "longest gap without a name {}", ns(requests.longest_unexplained_ns));
}

void add_counters(Lines& lines, const std::vector<Count>& counts) {
  std::vector<std::string> values;
  std::map<std::string, std::vector<std::string>> unavailable;  // by reason
  for (const Count& one : counts) {
    const std::string name = in_words(to_string(one.counter));
    if (!one.value)
      unavailable[one.unavailable].push_back(name);
    else if (one.counter == Counter::task_clock_ns)
      values.push_back("task clock " + show_duration(static_cast<double>(*one.value)));
    else
      values.push_back(fmt::format("{} {}", name, count(*one.value)));
  }
  if (!values.empty()) lines.add("counters", "{}", joined(values, ", "));
  for (const auto& [reason, names] : unavailable)
    lines.add(values.empty() ? "counters" : "", "no {}: {}", joined(names, ", "), reason);
}

void add_figures(Lines& lines, const RunPlan& plan, const Outcome& outcome) {
  const RunFigures& figures = *outcome.figures;
  const bool recorded = !outcome.tables.events.empty();
  lines.add("throughput", "{}/s: {} operations in {}, each {}", count(figures.operations_per_s()),
            count(figures.operations), ns(figures.wall_ns()), plan.instance->info().operation);
  lines.add("allocation", "{} in {} objects, {}/s", bytes(figures.allocated_bytes),
            count(figures.allocated_objects),
            show_bytes(static_cast<double>(figures.allocated_bytes) * 1e9 /
                       static_cast<double>(figures.wall_ns())));
  if (const auto rate = figures.marking_allocation_per_s())
    lines.add("", "{}/s in the {} while a cycle marked", show_bytes(*rate),
              ns(figures.marking_ns()));
  lines.add(
      "cycles", "{}{}", figures.cycles,
      figures.fallbacks == 0 ? "" : fmt::format(", {} fell back to a pause", figures.fallbacks));
  if (recorded) add_pauses(lines, figures);
  if (figures.held && figures.held->count > 0) add_held(lines, *figures.held);
  if (figures.handshakes.count > 0) add_answers(lines, figures.handshakes);
  if (figures.stalls.count > 0)
    lines.add("stalls", "{}, together {}", figures.stalls.count, ns(figures.stalls.total_ns));
  if (figures.assists.count > 0)
    lines.add("assists", "{}, together {}", figures.assists.count, ns(figures.assists.total_ns));
  if (!figures.mmu.empty()) {
    std::vector<std::string> values;
    for (const auto& [window, value] : figures.mmu)
      values.push_back(fmt::format("{} {:.1f} %", window, 100 * value));
    lines.add("MMU", "{}", joined(values, ", "));
  }
  if (figures.requests) add_requests(lines, figures);
  if (recorded && figures.run_delay.available) {
    lines.add("run delay", "{}: mutators were ready to run, and the system ran something else",
              ns(figures.run_delay.total_ns));
    if (figures.run_delay.steal_ns > 0) {
      lines.add("steal", "{}: the hypervisor or interrupts took the processor from mutators",
                ns(figures.run_delay.steal_ns));
    }
  } else if (recorded) {
    lines.add("run delay", "unknown, so no share of slow requests is explained: {}",
              figures.run_delay.why);
  }
  lines.add("bystander",
            "delay p50 {}, p99 {}, longest {}; caused by the machine and, when threads fill all "
            "cores, by mutators and collector",
            ns(figures.bystander.p50_ns), ns(figures.bystander.p99_ns),
            ns(figures.bystander.max_ns));
  if (const auto& barriers = figures.barriers) {
    lines.add("barriers", "{} executed, {} past the flag; shades: {} enqueued, {} redundant",
              count(barriers->executed), count(barriers->slow_path), count(barriers->enqueued),
              count(barriers->redundant));
  }
  const CpuFigures& cpu = figures.cpu_ns;
  if (recorded) {
    const auto least = [](Nanoseconds value, bool is_least) {
      return (is_least ? "at least " : "") + ns(value);
    };
    lines.add("CPU", "mutators {}, pauses {}, marking {}, sweeping {}, assists {}, other {}",
              ns(cpu.mutator), ns(cpu.pause), ns(cpu.mark), least(cpu.sweep, cpu.sweep_is_least),
              least(cpu.assist, cpu.assist_is_least), ns(cpu.other));
  }
  add_counters(lines, outcome.pass->counts());
}

/// What the log says of one collection.
struct CycleLine {
  std::string cause;
  std::uint64_t pauses = 0;
  Nanoseconds paused_ns = 0, longest_ns = 0, marking_ns = 0;
  std::uint64_t marked_bytes = 0;
  std::optional<std::uint64_t>
      trigger;  ///< the use at which it was to begin, of a collector that paces
};
using CycleLines = std::map<std::uint64_t, CycleLine>;

/// `trigger`: announced before it.
void add_pause(CycleLines& cycles, const PauseEvent& pause, std::optional<std::uint64_t> trigger) {
  if (pause.kind == PauseKind::verify || pause.cycle == 0) return;
  CycleLine& line = cycles[pause.cycle];
  if (line.cause.empty()) {
    line.cause = to_string(pause.cause);
    line.trigger = trigger;
  }
  ++line.pauses;
  const Nanoseconds length = pause.end_ns - pause_begin(pause);
  line.paused_ns += length;
  line.longest_ns = std::max(line.longest_ns, length);
}

}  // namespace

std::string headline(const RunOptions& options, const RunPlan& plan) {
  std::string text =
      fmt::format("{} under {}, {}; heap {}{}; {} mutator{}; seed {}", plan.instance->info().name,
                  plan.collector->name, plan.barrier->name, bytes(plan.tuned.heap.bytes),
                  plan.multiple ? fmt::format(" ({})", options.heap) : "", plan.mutators,
                  plan.mutators == 1 ? "" : "s", plan.seed);
  if (!options.barrier_arm.empty()) text += "; barrier arm " + options.barrier_arm;
  return text;
}

std::string key_figures(const RunPlan& plan, const Outcome& outcome) {
  Lines lines;
  if (outcome.figures) add_figures(lines, plan, outcome);
  const HeapFigures& heap = outcome.heap;
  lines.add("heap", "{}: live {}, most in use {}; metadata {}; resident {} at most",
            bytes(heap.size), bytes(heap.live), bytes(heap.peak), bytes(heap.metadata),
            bytes(heap.peak_resident));
  if (plan.verify) {
    lines.add("verified", "{} cycles, {} objects lost, {} floating per cycle",
              outcome.verify.cycles_checked, outcome.verify.lost_objects,
              bytes((outcome.verify.floating_black_bytes + outcome.verify.floating_retained_bytes) /
                    std::max<std::uint64_t>(1, outcome.verify.cycles_checked)));
    lines.add("",
              "{} objects traced at terminations, {} after {} sweeps; checked: colours {}, "
              "metadata {} times; {} allocations, {} frees",
              count(outcome.verify.objects_checked),
              count(outcome.verify.objects_checked_after_sweeps), outcome.verify.sweeps_checked,
              outcome.verify.colours_checked, outcome.verify.metadata_checked,
              count(outcome.verify.allocations_checked), count(outcome.verify.frees_checked));
  }
  lines.add("page touching", "{}, before the run", ns(outcome.page_touching_ns));
  return lines.take();
}

std::string cycle_log(const Outcome& outcome) {
  CycleLines cycles;
  std::optional<std::uint64_t> trigger;  // none as long as the collector has announced none
  for (const RecordedEvent& recorded : outcome.tables.events) {
    if (const auto* const announced = std::get_if<TriggerEvent>(&recorded.event))
      trigger = announced->trigger;
    if (const auto* const pause = std::get_if<PauseEvent>(&recorded.event))
      add_pause(cycles, *pause, trigger);
    const auto* const interval = std::get_if<PhaseInterval>(&recorded.event);
    if (interval == nullptr || interval->phase != Activity::marking) continue;
    CycleLine& line = cycles[interval->cycle];
    line.marking_ns += interval->end_ns - interval->begin_ns;
    line.marked_bytes = std::max(line.marked_bytes, interval->marked_bytes);
  }
  if (cycles.empty()) return "";
  static constexpr std::string_view row = "{:>5} {:<18} {:>8} {:>8} {:>6} {:>8} {:>8} {:>8}\n";
  std::string text = fmt::format(row, "cycle", "cause", "live", "trigger", "pauses", "paused",
                                 "longest", "marking");
  for (const auto& [number, line] : cycles)
    text += fmt::format(row, number, line.cause, bytes(line.marked_bytes),
                        line.trigger ? bytes(*line.trigger) : "-", line.pauses, ns(line.paused_ns),
                        ns(line.longest_ns), ns(line.marking_ns));
  return text;
}

}  // namespace tricolour
