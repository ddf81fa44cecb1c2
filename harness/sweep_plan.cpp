#include "harness/sweep_plan.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdio>

namespace tricolour {
namespace {

std::string show_seconds(double seconds) {
  if (seconds < 100) return fmt::format("{:.3g} s", seconds);
  return seconds < 6000 ? fmt::format("{:.3g} min", seconds / 60) : fmt::format("{:.3g} h", seconds / 3600);
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
    fmt::print(stderr, "time: at least {}, the warm-ups and measured regions\n", show_seconds(by_clock_s * static_cast<double>(blocks)));
  }
  if (by_operations != 0) {
    fmt::print(stderr, "time of {} runs: unknown, they end after a number of operations; given up after {} each\n", by_operations * blocks,
               show_seconds(timeout_s));
  }
  fmt::print(stderr, "beside it: starts, the touching of pages, self-checks, and minimum heaps that are not remembered\n");
}

}  // namespace

void show_plan(const Experiment& experiment, const Shard& shard, double timeout_s) {
  for (const RunOptions& options : experiment.cells) fmt::print("{}\n", to_command(options));
  std::vector<unsigned> blocks;
  for (unsigned block = 0; block < experiment.invocations; ++block) {
    if (shard.has(block)) blocks.push_back(block);
  }
  const std::size_t cells = experiment.cells.size();
  fmt::print(stderr, "{} cells, {} invocations each: {} runs\n", cells, experiment.invocations, cells * experiment.invocations);
  if (!shard.is_whole()) fmt::print(stderr, "shard {}: {} runs, blocks {}\n", shard.text(), cells * blocks.size(), fmt::join(blocks, ", "));
  show_time(experiment, blocks.size(), timeout_s);
}

}  // namespace tricolour
