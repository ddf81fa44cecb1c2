#include "harness/run/run_options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "collectors/marking/registry.hpp"
#include "collectors/registry.hpp"
#include "core/errors.hpp"
#include "core/saturating.hpp"
#include "harness/run/coordinates.hpp"
#include "harness/run/registry.hpp"
#include "harness/text/names.hpp"
#include "harness/text/stable_hash.hpp"

namespace tricolour {
namespace {

template <class All>
const auto& must_find(const All& all, std::string_view kind, std::string_view name) {
  if (const auto* const found = find_named(all, name)) return *found;
  std::vector<std::string_view> existing;
  for (const auto& info : all) existing.push_back(info.name);
  throw ConfigurationError(unknown_name(kind, name, existing));
}

void check_range(std::string_view what, unsigned value, unsigned most) {
  if (value < 1 || value > most)
    throw ConfigurationError(fmt::format("{}: {} is outside 1 to {}", what, value, most));
}

double parameter_value(const ParameterInfo& info, std::string_view text) {
  if (!info.words.empty())
    return static_cast<double>(choose(fmt::format("value of {}", info.name), text, info.words));
  const double value = info.unit == "bytes" ? static_cast<double>(parse_bytes(text, info.name))
                                            : parse_number(text, info.name);
  if (value < info.least || value > info.most) {
    throw ConfigurationError(fmt::format("{}={} is outside {} to {} {}", info.name, text,
                                         info.least, info.most, info.unit));
  }
  return value;
}

Parameters resolve_parameters(const WorkloadInfo& workload, const NamedTexts& given) {
  Parameters values;
  for (const ParameterInfo& info : workload.parameters) values.set(info.name, info.value);
  const std::string kind = fmt::format("parameter of workload '{}'", workload.name);
  for (const auto& [name, text] : given) {
    const ParameterInfo& info = must_find(workload.parameters, kind, name);
    values.set(info.name, parameter_value(info, text));
  }
  return values;
}

void choose_arm(const RunOptions& options, RunPlan& plan) {
  if (options.barrier_arm.empty()) return;
  const std::size_t arm =
      choose("barrier arm", options.barrier_arm, {"off", "test", "filtered", "full"});
  if (plan.collector->cycle.meets_mutators()) {
    const auto fitting = names_of(
        collectors(), [](const CollectorInfo& one) { return !one.cycle.meets_mutators(); });
    throw ConfigurationError(
        fmt::format("--barrier-arm needs a collector that marks in pauses only: {}, not {}",
                    joined(fitting, ", "), plan.collector->name));
  }
  if (arm == 1 && !plan.barrier->has_flag) {
    throw ConfigurationError(
        fmt::format("--barrier-arm test does not apply to barrier '{}', which tests no flag",
                    plan.barrier->name));
  }
  if (arm == 0) plan.instance = &find_instance(options.workload, reference_barrier().name);
  if (arm == 2) plan.arm = BarrierArm::filtered;
  if (arm == 3) plan.arm = BarrierArm::full;
}

void choose_fault(const RunOptions& options, RunPlan& plan) {
  if (options.fault.empty()) return;
  std::vector<std::string_view> existing;
  for (const FaultInfo& info : all_faults) {
    if (!info.switched) continue;
    existing.push_back(info.name);
    if (same_name(info.name, options.fault)) plan.fault = info.fault;
  }
  if (plan.fault == Fault::none)
    throw ConfigurationError(unknown_name("fault", options.fault, existing));
}

void choose_duration(const RunOptions& options, RunPlan& plan) {
  if (options.seconds && options.operations)
    throw ConfigurationError("--seconds and --operations contradict each other");
  plan.seconds = options.seconds;
  plan.operations = options.operations;
  if (!plan.seconds && !plan.operations) plan.seconds = default_seconds;
  if (plan.seconds && (!(*plan.seconds > 0) || *plan.seconds > 1e6))
    throw ConfigurationError("--seconds: outside 0 (excluded) to 1000000");
  if (plan.operations && *plan.operations == 0)
    throw ConfigurationError("--operations 0 measures nothing; it takes 1 or more");
  if (!(options.warmup_s >= 0) || options.warmup_s > 1e6)
    throw ConfigurationError("--warmup: outside 0 to 1000000 seconds");
  plan.warmup_s = options.warmup_s;
}

void choose_collection(const RunOptions& options, RunPlan& plan) {
  CollectorOptions& tuned = plan.tuned.collector;
  const MarkerInfo& marker = named_marker(options.marker);
  tuned.marker = marker.name;
  check_range("mark threads", options.mark_threads, most_mark_threads);
  check_range("concurrent mark threads", options.concurrent_mark_threads, most_mark_threads);
  if (marker.one_thread && (options.mark_threads > 1 || options.concurrent_mark_threads > 1)) {
    const auto fitting = names_of(markers(), [](const MarkerInfo& one) { return !one.one_thread; });
    throw ConfigurationError(
        fmt::format("marker '{}' is one thread; more mark threads need marker {}", marker.name,
                    joined(fitting, ", ")));
  }
  tuned.marking.stopped_threads = options.mark_threads;
  tuned.marking.concurrent_threads = options.concurrent_mark_threads;
  tuned.sweep = resolved_sweep(*plan.collector, named_sweep(options.sweep));
  const std::string no_sweep = sweep_refused_because(*plan.collector, tuned.sweep);
  if (!no_sweep.empty()) throw ConfigurationError(no_sweep);
  tuned.ragged_roots = named_roots(options.roots, *plan.collector);
  tuned.allocation = named_colour(options.allocate, *plan.collector, *plan.barrier);
  tuned.stop_at_lost = true;
}

}  // namespace

const CollectorInfo& named_collector(std::string_view name) {
  return must_find(collectors(), "collector", name);
}
const MarkerInfo& named_marker(std::string_view name) {
  return must_find(markers(), "marker", name);
}

SweepMode named_sweep(std::string_view name) { return must_find(sweep_modes, "sweep", name).mode; }

AllocationColour named_colour(std::string_view name, const CollectorInfo& collector,
                              const BarrierTraits& barrier) {
  const std::size_t colour = choose("allocation colour", name, {"white", "black", "auto"});
  return colour == 2 ? collector.cycle.usual_allocation(barrier)
                     : static_cast<AllocationColour>(colour);
}

bool named_roots(std::string_view name, const CollectorInfo& collector) {
  const std::size_t chosen = choose("way to scan roots", name, {"stopped", "ragged", "auto"});
  const bool stopped = chosen == 0, ragged = chosen == 1;
  const std::string no_ragged = ragged_roots_refused_because(collector);
  if (ragged && !no_ragged.empty())
    throw ConfigurationError(fmt::format("{}; --roots stopped or auto fit", no_ragged));
  if (stopped && collector.cycle.ragged_roots) {
    throw ConfigurationError(
        fmt::format("collector '{}' scans roots mutator by mutator; --roots ragged or auto fit",
                    collector.name));
  }
  return ragged || collector.cycle.ragged_roots;
}

void check_soundness(const CollectorInfo& collector, const BarrierTraits& barrier,
                     AllocationColour colour, bool ragged_roots) {
  const std::string reason = unsound_because(collector, barrier, colour, ragged_roots);
  if (reason.empty()) return;
  const auto fitting = names_of(barriers(), [&](const BarrierTraits& one) {
    return unsound_because(collector, one, colour, ragged_roots).empty();
  });
  const bool verifiable = unverifiable_because(collector, barrier, colour).empty();
  throw ConfigurationError(fmt::format(
      "{} ({}{})", reason,
      fitting.empty() ? "no barrier is sound here" : "sound here: " + joined(fitting, ", "),
      verifiable ? "; --unsound runs it all the same" : ""));
}

void check_parameters(std::string_view workload, const NamedTexts& given) {
  resolve_parameters(find_workload(workload).info(), given);
}

std::size_t RunPlan::live_bytes() const {
  return mul_sat(instance->live_bytes(parameters), instance->info().shared ? 1 : mutators);
}

void RunPlan::set_heap_bytes(std::size_t bytes) {
  const std::size_t live = live_bytes();
  if (bytes < live) {
    throw ConfigurationError(
        fmt::format("a heap of {} ({} bytes) is smaller than the live data of workload '{}' with "
                    "{} mutator{}, {} ({} bytes)",
                    show_bytes(static_cast<double>(bytes)), bytes, instance->info().name, mutators,
                    mutators == 1 ? "" : "s", show_bytes(static_cast<double>(live)), live));
  }
  tuned.heap.bytes = bytes;
}

RunPlan plan_run(const RunOptions& options) {
  if (options.workload.empty()) find_workload("");
  RunPlan plan;
  plan.collector = &named_collector(options.collector);
  plan.barrier = &find_barrier(options.barrier);
  plan.instance = &find_instance(options.workload, options.barrier);
  const WorkloadInfo workload = plan.instance->info();
  plan.parameters = resolve_parameters(workload, options.parameters);
  check_range("mutators", options.mutators, most_mutators);
  if (options.mutators < workload.least_mutators) {
    throw ConfigurationError(fmt::format("workload '{}' needs at least {} mutators", workload.name,
                                         workload.least_mutators));
  }
  plan.mutators = options.mutators;
  choose_collection(options, plan);
  for (const auto& [name, value] : options.settings) apply_setting(name, value, plan.tuned);
  choose_arm(options, plan);
  if (!options.unsound)
    check_soundness(*plan.collector, *plan.barrier, plan.tuned.collector.allocation,
                    plan.tuned.collector.ragged_roots);
  const std::string unseen =
      unverifiable_because(*plan.collector, *plan.barrier, plan.tuned.collector.allocation);
  if (!unseen.empty()) throw ConfigurationError(unseen);
  choose_duration(options, plan);
  choose_fault(options, plan);
  plan.seed = options.seed;
  plan.pin = options.pin;
  plan.unsound = options.unsound;
  plan.verify = options.verify || options.unsound;
  const HeapSize heap = parse_heap_size(options.heap);
  if (const auto* const multiple = std::get_if<HeapMultiple>(&heap)) {
    plan.multiple = multiple->factor;
  } else {
    plan.set_heap_bytes(std::get<std::size_t>(heap));
  }
  return plan;
}

std::vector<std::string> to_arguments(const RunOptions& options) {
  const RunOptions standard;
  std::vector<std::string> words;
  const auto add = [&](std::string_view flag, const std::string& value, bool needed) {
    if (needed) words.insert(words.end(), {std::string(flag), value});
  };
  for (const Coordinate& one : coordinates())
    add(one.flag(), one.text_in(options), one.always || !one.is_default(options));
  for (const auto& [name, value] : options.parameters) add("--param", name + "=" + value, true);
  for (const auto& [name, value] : options.settings) add("--set", name + "=" + value, true);
  if (options.seconds) add("--seconds", show_number(*options.seconds), true);
  if (options.operations) add("--operations", fmt::to_string(*options.operations), true);
  add("--warmup", show_number(options.warmup_s), options.warmup_s != 0);
  add("--request-rows", fmt::to_string(options.request_rows),
      options.request_rows != standard.request_rows);
  add("--seed", fmt::to_string(options.seed), true);
  if (options.pin) words.emplace_back("--pin");
  if (options.verify) words.emplace_back("--verify");
  if (options.unsound) words.emplace_back("--unsound");
  add("--fault", options.fault, !options.fault.empty());
  return words;
}

std::string to_command(const RunOptions& options) {
  std::string command = "tricolour run";
  for (const std::string& word : to_arguments(options))
    command.append(" ").append(shell_quoted(word));
  return command;
}

NamedTexts cell_parameters(const RunOptions& options) {
  const auto spelled = [](std::string name) {
    std::ranges::replace(name, '-', '_');
    return name;
  };
  NamedTexts all;
  for (const Coordinate& one : coordinates()) {
    if (one.in_cell || !one.is_default(options))
      all.emplace_back(one.name, spelled(one.text_in(options)));
  }
  if (options.seconds) all.emplace_back("seconds", show_number(*options.seconds));
  if (options.operations) all.emplace_back("operations", fmt::to_string(*options.operations));
  all.emplace_back("warmup_s", show_number(options.warmup_s));
  if (options.pin) all.emplace_back("pin", "true");
  if (options.verify) all.emplace_back("verify", "true");
  if (options.unsound) all.emplace_back("unsound", "true");
  const auto add_sorted = [&](std::string_view prefix, NamedTexts texts) {
    for (auto& [name, value] : texts) name = std::string(prefix) + spelled(name);
    std::ranges::sort(texts);
    all.insert(all.end(), texts.begin(), texts.end());
  };
  add_sorted("param.", options.parameters);
  add_sorted("set.", options.settings);
  return all;
}

std::string cell_hash(const RunOptions& options) {
  StableHash hash;
  for (const auto& [name, value] : cell_parameters(options)) hash.add(name).add(value);
  return hash.text();
}

}  // namespace tricolour
