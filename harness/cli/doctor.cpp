// `tricolour doctor`: what this machine will do to a measurement, in plain words.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "harness/cli/commands.hpp"
#include "harness/machine/machine.hpp"
#include "harness/machine/performance_counters.hpp"
#include "harness/process/exit_codes.hpp"
#include "harness/record/bystander.hpp"
#include "harness/text/json.hpp"
#include "harness/text/names.hpp"
#include "harness/text/quantity.hpp"

namespace tricolour {
namespace {

struct Findings {
  Machine machine;
  std::vector<Count> counters;
  Nanoseconds clock_step_ns = 0;  ///< the least difference between two readings that differ
  double clock_reading_ns = 0;    ///< what one reading costs
  BystanderFigures floor;         ///< with nothing of ours running
  std::size_t gaps_above_1ms = 0;
  double stolen_share = 0;  ///< of all CPU time meanwhile
};

void measure_clock(Findings& findings) {
  constexpr int readings = 100'000;
  const Nanoseconds began = now_ns();
  Nanoseconds last = began;
  Nanoseconds step = 1'000'000'000;
  for (int i = 0; i < readings; ++i) {
    const Nanoseconds now = now_ns();
    if (now > last) step = std::min(step, now - last);
    last = now;
  }
  findings.clock_step_ns = step;
  findings.clock_reading_ns = static_cast<double>(last - began) / readings;
}

void measure_floor(Findings& findings) {
  constexpr Nanoseconds length_ns = 2'000'000'000;
  const unsigned long stolen_before = stolen_ticks();
  const Nanoseconds began = now_ns();
  const std::vector<BystanderDelay> seen = attend(length_ns);
  findings.floor = bystander_figures(seen, began, now_ns());
  for (const BystanderDelay& one : seen) findings.gaps_above_1ms += one.gap_ns > 1'000'000;
  const double ticks = 1e-9 * length_ns * static_cast<double>(sysconf(_SC_CLK_TCK)) *
                       static_cast<double>(std::max(1U, findings.machine.cores));
  findings.stolen_share = static_cast<double>(stolen_ticks() - stolen_before) / ticks;
}

/// Opened, and read over a moment in which something runs.
std::vector<Count> measure_counters() {
  const PerformanceCounters counters;
  const auto before = counters.read();
  for (const Nanoseconds end = now_ns() + 1'000'000; now_ns() < end;) {
  }
  return counters.between(before, counters.read());
}

std::string ns(Nanoseconds value) { return show_duration(static_cast<double>(value)); }

std::vector<std::string> warnings(const Findings& found) {
  const Machine& machine = found.machine;
  std::vector<std::string> all;
  const auto warn = [&](bool when, std::string text) {
    if (when) all.push_back(std::move(text));
  };
  warn(machine.cores < 2,
       "one core: a concurrent collector takes turns with the mutators instead of running at the "
       "same time");
  warn(machine.cores >= 2 && machine.cores < 4,
       fmt::format("{} cores: mutators, mark threads and the rest of the machine share them; keep "
                   "mutators plus mark threads at or below that",
                   machine.cores));
  warn(machine.governor != "none" && machine.governor != "performance",
       fmt::format("frequency governor '{}': speed changes during a run; choose 'performance'",
                   machine.governor));
  warn(machine.load > 0.5,
       fmt::format("load {:.2f}: another program is running, and will lengthen pauses",
                   machine.load));
  if (const auto cpu = machine.limits.smallest_cpu()) {
    warn(cpu->cpus < machine.cores, fmt::format("{} allows {:.2f} CPUs: threads beyond that are "
                                                "throttled, which looks like long pauses",
                                                cpu->file, cpu->cpus));
  }
  if (const auto memory = machine.limits.smallest_memory()) {
    warn(true,
         fmt::format(
             "{} allows {} of memory, and {} are left: a heap that does not fit, with its metadata "
             "and reserves, is refused",
             memory->file, show_bytes(static_cast<double>(memory->bytes)),
             show_bytes(static_cast<double>(machine.limits.tightest_memory()->free_bytes()))));
  }
  warn(machine.huge_pages == "never",
       "transparent huge pages are off: there are more TLB misses, and marking is slower");
  for (const Count& one : found.counters)
    warn(!one.value,
         fmt::format("the counter of {} is missing: {}", to_string(one.counter), one.unavailable));
  warn(found.clock_step_ns > 1000,
       fmt::format("the clock advances in steps of {}: short pauses cannot be told apart",
                   show_duration(static_cast<double>(found.clock_step_ns))));
  warn(found.clock_reading_ns > 200,
       fmt::format("reading the clock takes {:.0f} ns: request latencies include it twice",
                   found.clock_reading_ns));
  warn(found.gaps_above_1ms > 0,
       fmt::format("without mutators, a thread that only sleeps woke more than 1 ms late {} times "
                   "in 2 s, at most {}: a single longest pause below that means nothing; take the "
                   "minimum of the longest over 10 runs",
                   found.gaps_above_1ms, ns(found.floor.max_ns)));
  warn(found.stolen_share > 0.001,
       fmt::format("the hypervisor took {:.1f} % of the CPU time", 100 * found.stolen_share));
  return all;
}

std::string in_words(const Findings& found, const std::vector<std::string>& all) {
  const Machine& machine = found.machine;
  const auto line = [](std::string_view label, const std::string& value) {
    return fmt::format("  {:<18}{}\n", label, value);
  };
  const auto memory = machine.limits.smallest_memory();
  const auto cpu = machine.limits.smallest_cpu();
  const std::string limit =
      memory ? fmt::format("limit {} of {}", show_bytes(static_cast<double>(memory->bytes)),
                           memory->file)
             : "no limit";
  std::string text = line("host", fmt::format("{}, {}", machine.host, machine.kernel));
  text += line("CPU", fmt::format("{}, {} usable, {}", machine.cpu, machine.cores,
                                  cpu ? fmt::format("limit {:.2f} of {}", cpu->cpus, cpu->file)
                                      : "no limit"));
  text += line("governor",
               machine.governor == "none" ? "none (fixed, or the host's)" : machine.governor);
  text +=
      line("memory", fmt::format("{}, {} available, {}",
                                 show_bytes(static_cast<double>(machine.memory_bytes)),
                                 show_bytes(static_cast<double>(machine.available_bytes)), limit));
  text += line("huge pages", machine.huge_pages);
  std::vector<std::string> counted;
  for (const Count& one : found.counters) {
    if (one.value) counted.emplace_back(to_string(one.counter));
  }
  text += line("counters", counted.empty() ? "none" : joined(counted, ", "));
  text += line("clock", fmt::format("CLOCK_MONOTONIC, steps of {} ns, {:.0f} ns a reading",
                                    found.clock_step_ns, found.clock_reading_ns));
  text += line("load", fmt::format("{:.2f}", machine.load));
  text += line("machine floor",
               fmt::format("bystander delay without mutators, 2 s: p50 {}, p99 {}, longest {}; {} "
                           "above 1 ms",
                           ns(found.floor.p50_ns), ns(found.floor.p99_ns), ns(found.floor.max_ns),
                           found.gaps_above_1ms));
  text += line("stolen", fmt::format("{:.1f} %", 100 * found.stolen_share));
  text += all.empty() ? "\nNothing here will hurt a measurement.\n"
                      : "\nWhat will hurt a measurement:\n";
  for (const std::string& one : all) text += "  - " + one + "\n";
  return text;
}

Json in_json(const Findings& found, const std::vector<std::string>& all) {
  const Machine& machine = found.machine;
  Json::Object findings = description(machine);
  Json::Object counters;
  for (const Count& one : found.counters)
    counters.emplace_back(std::string(to_string(one.counter)),
                          one.value ? "available" : one.unavailable);
  findings.insert(findings.end(), {
                                      {"available_bytes", machine.available_bytes},
                                      {"load", machine.load},
                                      {"performance_counters", std::move(counters)},
                                      {"clock_step_ns", found.clock_step_ns},
                                      {"clock_reading_ns", found.clock_reading_ns},
                                      {"machine_floor", to_json(found.floor)},
                                      {"gaps_above_1ms", found.gaps_above_1ms},
                                      {"stolen_share", found.stolen_share},
                                      {"warnings", Json::Array(all.begin(), all.end())},
                                  });
  return findings;
}

}  // namespace

int carry_out(const DoctorCommand& command) {
  Findings findings;
  findings.machine = read_machine();
  findings.counters = measure_counters();
  measure_clock(findings);
  measure_floor(findings);
  const auto all = warnings(findings);
  fmt::print("{}",
             command.json ? to_text(in_json(findings, all), 1) + "\n" : in_words(findings, all));
  return exit_code::done;
}

}  // namespace tricolour
