#include "harness/sweep/sweep_plan.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>
#include <set>

#include "harness/process/interruption.hpp"
#include "harness/run/cycle_estimate.hpp"
#include "harness/run/minheap.hpp"
#include "harness/text/messages.hpp"

namespace tricolour {
namespace {

std::string show_seconds(double seconds) {
  if (seconds < 100) return fmt::format("{:.3g} s", seconds);
  return seconds < 6000 ? fmt::format("{:.3g} min", seconds / 60)
                        : fmt::format("{:.3g} h", seconds / 3600);
}

/// What is known before anything ran.
void show_time(const Experiment& experiment, std::size_t blocks, double timeout_s) {
  double by_clock_s = 0;
  std::size_t by_operations = 0;
  for (const RunOptions& options : experiment.cells) {
    const RunPlan plan = plan_run(options);
    by_clock_s += plan.warmup_s + plan.seconds.value_or(0);
    if (!plan.seconds) ++by_operations;
  }
  if (by_clock_s > 0) {
    say("time: at least {} for warm-ups and measured regions\n",
        show_seconds(by_clock_s * static_cast<double>(blocks)));
  }
  if (by_operations != 0) {
    fmt::print(stderr,
               "time of {} runs: unknown, because they end after a number of operations; each is "
               "given up after {}\n",
               by_operations * blocks, show_seconds(timeout_s));
  }
  fmt::print(stderr,
             "not included: starting, touching pages, self-checks, and measuring minimum heaps "
             "that are not remembered\n");
}

/// What decides how much is allocated, and what is alive.
std::string work_of(const RunOptions& options) {
  std::string text = options.workload;
  for (const auto& [name, value] : options.parameters) text += fmt::format(" {}={}", name, value);
  return options.mutators == 1 ? text : text + fmt::format(" with {} mutators", options.mutators);
}

std::string length_of(const RunPlan& plan) {
  return plan.seconds ? fmt::format("{} s", *plan.seconds)
                      : fmt::format("{} operations", *plan.operations);
}

/// Where it was not measured yet: the live data and a little more.
std::optional<std::size_t> known_minimum_heap(const RunOptions& options, const RunPlan& plan) {
  if (!plan.multiple) return std::nullopt;
  if (const auto known = remembered_minimum_heap_of(options)) return known;
  const std::size_t live = plan.live_bytes();
  return live == 0 ? std::nullopt : std::optional(live + live / 16);
}

}  // namespace

void show_cycles(const Experiment& experiment) {
  std::set<std::string> told;
  std::map<std::string, std::optional<AllocationFigures>> allocations;
  for (const RunOptions& options : experiment.cells) {
    const RunPlan plan = plan_run(options);
    const std::string work = work_of(options);
    const std::string name =
        fmt::format("{} in a heap of {}, {}", work, options.heap, length_of(plan));
    if (!told.insert(name).second) continue;
    if (interrupted()) return;
    if (!allocations.contains(work)) allocations[work] = allocation_figures_of(options);
    const auto estimate =
        estimate_cycles(plan, known_minimum_heap(options, plan), allocations[work]);
    say("cycles of {}: {}\n", name, cycles_in_words(plan, estimate));
  }
}

void show_plan(const Experiment& experiment, const Shard& shard, double timeout_s) {
  std::vector<unsigned> blocks;
  for (unsigned block = 0; block < experiment.invocations; ++block) {
    if (shard.has(block)) blocks.push_back(block);
  }
  for (RunOptions options : experiment.cells) {
    options.seed += blocks.front();
    fmt::print("{}\n", to_command(options));
  }
  const std::size_t cells = experiment.cells.size();
  say("{} cells, {} invocations each: {} runs\n", cells, experiment.invocations,
      cells * experiment.invocations);
  if (!shard.is_whole())
    say("shard {}: {} runs, blocks {}\n", shard.text(), cells * blocks.size(),
        fmt::join(blocks, ", "));
  say("seed {} in block {}; each block adds 1\n", experiment.seed + blocks.front(), blocks.front());
  show_time(experiment, blocks.size(), timeout_s);
  show_cycles(experiment);
}

}  // namespace tricolour
