// `tricolour replay`: a mutation trace under each barrier that is sound, or under one; the floating
// garbage on standard output.
#include <fmt/format.h>

#include <algorithm>

#include "collectors/registry.hpp"
#include "core/errors.hpp"
#include "harness/cli/commands.hpp"
#include "harness/machine/memory_room.hpp"
#include "harness/process/exit_codes.hpp"
#include "harness/process/interruption.hpp"
#include "harness/replay/replay.hpp"
#include "harness/run/registry.hpp"
#include "harness/text/json.hpp"
#include "harness/text/messages.hpp"
#include "harness/text/names.hpp"

namespace tricolour {
namespace {

constexpr std::int64_t schema_version = 1;

std::size_t heap_bytes(const ReplayCommand& command, const TraceSummary& summary) {
  if (!command.heap.empty()) return parse_bytes(command.heap, "--heap");
  // Cycles make room again, so that a trace may allocate more than there is memory; the tables of a
  // verified heap take more than the heap.
  const std::uint64_t most = memory_room(read_machine()).free_bytes / 4;
  // What does not fit behind the last object of a block or a hole is lost: an eighth is more than
  // enough.
  constexpr std::size_t slack = std::size_t{8} << 20;
  const std::uint64_t allocated = std::min<std::uint64_t>(summary.bytes, most);
  return round_up(std::min<std::uint64_t>(allocated + allocated / 8 + slack, most), block_bytes);
}

ReplayPlan plan_replay(const ReplayCommand& command, const BarrierTraits& barrier,
                       const TraceSummary& summary) {
  ReplayPlan plan;
  plan.barrier = &barrier;
  if (!command.collector.empty()) plan.collector = &named_collector(command.collector);
  plan.collection.marker = reference_of(markers()).name;
  plan.collection.sweep = reference_of(sweep_modes).mode;
  plan.collection.allocation = named_colour(command.allocate, *plan.collector, barrier);
  plan.unsound = command.unsound;
  plan.heap.bytes = heap_bytes(command, summary);
  if (!command.period.empty()) plan.schedule.period = parse_bytes(command.period, "--period");
  plan.schedule.marking = command.marking;
  plan.schedule.quanta = command.quanta;
  return plan;
}

/// One for the barrier that was named, or for each that is sound.
std::vector<ReplayPlan> plan_replays(const ReplayCommand& command, const TraceSummary& summary) {
  if (!command.barrier.empty()) {
    const ReplayPlan plan = plan_replay(command, find_barrier(command.barrier), summary);
    if (!command.unsound)
      check_soundness(*plan.collector, *plan.barrier, plan.collection.allocation);
    return {plan};
  }
  std::vector<ReplayPlan> plans;
  for (const BarrierTraits* const barrier : barriers()) {
    const ReplayPlan plan = plan_replay(command, *barrier, summary);
    if (unsound_because(*plan.collector, *barrier, plan.collection.allocation).empty())
      plans.push_back(plan);
  }
  return plans;
}

/// The command that repeats the replay under `barrier`.
std::string to_command(const ReplayCommand& command, std::string_view barrier) {
  const ReplayCommand standard;
  std::string text =
      fmt::format("tricolour replay {} --barrier {}", shell_quoted(command.file.string()), barrier);
  const auto add = [&](std::string_view flag, const std::string& value, const std::string& usual) {
    if (value != usual) text += fmt::format(" {} {}", flag, shell_quoted(value));
  };
  add("--collector", command.collector, standard.collector);
  add("--allocate", command.allocate, standard.allocate);
  add("--heap", command.heap, standard.heap);
  add("--period", command.period, standard.period);
  add("--quanta", fmt::to_string(command.quanta), fmt::to_string(standard.quanta));
  add("--marking", show_number(command.marking), show_number(standard.marking));
  if (command.unsound) text += " --unsound";
  return text;
}

// --- JSON ---------------------------------------------------------------------------------------

std::string hexadecimal(std::uint64_t value) { return fmt::format("{:016x}", value); }

Json cycle_json(const ReplayOutcome& outcome, std::size_t i) {
  const Oracle::CycleRecord& check = outcome.checks[i];
  Json::Object json{{"cycle", check.cycle},
                    {"checked", check.checked},
                    {"lost", check.lost},
                    {"floating_black", check.floating_black},
                    {"floating_retained", check.floating_retained}};
  if (i < outcome.cycles.size()) {
    const ReplayedCycle& one = outcome.cycles[i];
    json.insert(json.end(), {{"begin_record", one.begin_record},
                             {"end_record", one.end_record},
                             {"period", one.period},
                             {"live_at_begin", one.begin.bytes},
                             {"live_at_end", one.end.bytes},
                             {"graph", hexadecimal(one.end.checksum)}});
  }
  return json;
}

Json trace_json(const ReplayCommand& command, const TraceReader& trace) {
  const TraceSummary& summary = trace.summary();
  return Json::Object{{"file", command.file.string()},
                      {"made_by", trace.made_by()},
                      {"objects", summary.objects},
                      {"records", summary.records},
                      {"bytes", summary.bytes},
                      {"region_bytes", summary.region_bytes},
                      {"graph", hexadecimal(summary.graph)}};
}

Json replay_json(const ReplayPlan& plan, const ReplayOutcome& outcome) {
  Json::Object json{{"collector", plan.collector->name},
                    {"barrier", plan.barrier->name},
                    {"allocate", to_string(plan.collection.allocation)},
                    {"heap", plan.heap.bytes}};
  if (plan.collector == &scheduled) {
    json.emplace_back("schedule", Json::Object{{"period", plan.schedule.period},
                                               {"marking", plan.schedule.marking},
                                               {"quanta", plan.schedule.quanta}});
  }
  Json::Array cycles;
  for (std::size_t i = 0; i < outcome.checks.size(); ++i) cycles.push_back(cycle_json(outcome, i));
  json.insert(json.end(), {{"graph", hexadecimal(outcome.end.checksum)},
                           {"wall_ns", outcome.wall_ns},
                           {"cycles", std::move(cycles)}});
  return json;
}

// --- text ---------------------------------------------------------------------------------------

std::string size(std::uint64_t bytes) { return show_bytes(static_cast<double>(bytes)); }

/// Of `live` bytes, of which there may be none.
std::string share(std::uint64_t floating, std::uint64_t live) {
  return fmt::format("{:.2f} %", 100 * static_cast<double>(floating) /
                                     static_cast<double>(std::max<std::uint64_t>(live, 1)));
}

/// A line for each cycle of one replay.
std::string cycles_text(const ReplayPlan& plan, const ReplayOutcome& outcome) {
  std::string text = fmt::format("{} under {}, {} allocation: {} cycles\n", plan.barrier->name,
                                 plan.collector->name, to_string(plan.collection.allocation),
                                 outcome.checks.size());
  for (std::size_t i = 0; i < outcome.checks.size(); ++i) {
    const Oracle::CycleRecord& check = outcome.checks[i];
    text += fmt::format("  cycle {:>3}: {} objects reachable, floating {} born black, {} retained",
                        check.cycle, check.checked, size(check.floating_black),
                        size(check.floating_retained));
    if (i < outcome.cycles.size()) {
      const std::uint64_t live = outcome.cycles[i].end.bytes;
      text += fmt::format(": {} of {} live",
                          share(check.floating_black + check.floating_retained, live), size(live));
    }
    text += "\n";
  }
  return text;
}

/// A line for each replay, with sums over its cycles.
std::string sums_text(const std::vector<ReplayPlan>& plans,
                      const std::vector<ReplayOutcome>& outcomes) {
  std::string text = fmt::format(
      "floating garbage under {}, sums over cycles\n  {:<16}{:<12}{:>6}{:>14}{:>14}{:>14}\n",
      plans.front().collector->name, "barrier", "allocation", "cycles", "born black", "retained",
      "of live");
  for (std::size_t i = 0; i < plans.size(); ++i) {
    std::uint64_t black = 0, retained = 0, live = 0;
    for (const Oracle::CycleRecord& check : outcomes[i].checks) {
      black += check.floating_black;
      retained += check.floating_retained;
    }
    for (const ReplayedCycle& one : outcomes[i].cycles) live += one.end.bytes;
    text += fmt::format("  {:<16}{:<12}{:>6}{:>14}{:>14}{:>14}\n", plans[i].barrier->name,
                        to_string(plans[i].collection.allocation), outcomes[i].checks.size(),
                        size(black), size(retained),
                        live == 0 ? "not known" : share(black + retained, live));
  }
  return text;
}

void show(const ReplayCommand& command, const TraceReader& trace,
          const std::vector<ReplayPlan>& plans, const std::vector<ReplayOutcome>& outcomes) {
  if (command.json) {
    Json::Array replays;
    for (std::size_t i = 0; i < plans.size(); ++i)
      replays.push_back(replay_json(plans[i], outcomes[i]));
    fmt::print("{}\n", to_text(Json::Object{{"schema_version", schema_version},
                                            {"status", verdict::ok.status},
                                            {"trace", trace_json(command, trace)},
                                            {"replays", std::move(replays)}}));
  } else {
    fmt::print("{}", command.barrier.empty() ? sums_text(plans, outcomes)
                                             : cycles_text(plans.front(), outcomes.front()));
  }
}

}  // namespace

int carry_out(const ReplayCommand& command) {
  TraceReader trace(command.file);
  const std::vector<ReplayPlan> plans = plan_replays(command, trace.summary());
  if (!command.quiet) say("{} mutations of: {}\n", trace.summary().records, trace.made_by());
  std::vector<ReplayOutcome> outcomes;
  const auto fail = [&](Verdict verdict, const std::string& error) {
    if (command.json) {
      fmt::print("{}\n", to_text(Json::Object{{"schema_version", schema_version},
                                              {"status", verdict.status},
                                              {"error", error}}));
    }
    const std::string_view barrier = plans[outcomes.size()].barrier->name;
    say("tricolour: {}: {}\nrepeat it with: {}\n", verdict.status, error,
        to_command(command, barrier));
    return verdict.exit_code;
  };
  try {
    for (const ReplayPlan& plan : plans) outcomes.push_back(replay(trace, plan));
  } catch (const InvariantViolated& error) {
    return fail(verdict::lost_object, error.what());
  } catch (const HeapExhausted& error) {
    return fail(verdict::heap_exhausted, error.what() + std::string("; --heap gives it more"));
  } catch (const Interrupted& error) {
    return fail(verdict::interrupted, error.what());
  }
  show(command, trace, plans, outcomes);
  return exit_code::done;
}

}  // namespace tricolour
