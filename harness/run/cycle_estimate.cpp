#include "harness/run/cycle_estimate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "harness/process/child_process.hpp"
#include "harness/run/remembered.hpp"
#include "harness/text/json.hpp"

namespace tricolour {
namespace {

constexpr double probe_s = 0.2;
constexpr double probe_limit_s = 30;
/// What a heap never hands out, about: tails of holes and of blocks that mutators hold.
constexpr double unusable_share = 0.03;
/// One more than the least: how much a cycle leaves varies, and the region may begin anywhere in
/// one.
constexpr double wanted_cycles = least_cycles + 1;

/// The workload alone, in a heap that is roomy enough to run in and small enough to have cycles.
RunOptions probe_options(const RunOptions& options) {
  RunOptions probe;
  probe.workload = options.workload;
  probe.parameters = options.parameters;
  probe.mutators = options.mutators;
  probe.seconds = probe_s;
  constexpr std::size_t spare = std::size_t{32} << 20;
  probe.heap = fmt::to_string(2 * plan_run(probe).live_bytes() + spare);
  return probe;
}

std::optional<AllocationFigures> measure(const RunOptions& probe) {
  std::vector<std::string> words{own_path(), "run", "--record", "off", "--quiet", "--json"};
  for (std::string& word : to_arguments(probe)) words.push_back(std::move(word));
  const ChildResult result = run_child(words, probe_limit_s);
  if (!result.succeeded() || result.timed_out || result.interrupted) return std::nullopt;
  const Json run = parse_json(result.standard_output);
  const double operations = run["operations"].number_or(0);
  if (operations <= 0) return std::nullopt;
  const double allocated = run["allocated_bytes"].number_or(0);
  AllocationFigures figures{allocated / operations, run["operations_per_s"].number_or(0),
                            std::nullopt};
  const double cycles = run["cycles"].number_or(0);
  if (cycles >= least_cycles) {
    figures.live_bytes =
        std::max(0.0, (1 - unusable_share) * run["heap"]["size"].number_or(0) - allocated / cycles);
  }
  return figures;
}

/// Two digits, rounded up: an estimate has no more.
double rounded_up(double value) {
  const double unit = std::pow(10.0, std::floor(std::log10(value)) - 1);
  return std::ceil(value / unit - 1e-9) * unit;
}

}  // namespace

std::optional<CycleEstimate> estimate_cycles(const RunPlan& plan,
                                             std::optional<std::size_t> minimum_heap,
                                             const std::optional<AllocationFigures>& allocation) {
  if (!allocation || (plan.multiple && !minimum_heap)) return std::nullopt;
  const double heap = plan.multiple ? *plan.multiple * static_cast<double>(*minimum_heap)
                                    : static_cast<double>(plan.tuned.heap.bytes);
  const std::size_t closed_form =
      plan.live_bytes() != 0 ? plan.live_bytes() : minimum_heap.value_or(0);
  const double live = allocation->live_bytes.value_or(static_cast<double>(closed_form));
  const double room = std::max((1 - unusable_share) * heap - live, 0.01 * heap);
  const double own = plan.seconds ? *plan.seconds : static_cast<double>(*plan.operations);
  const double operations = plan.seconds ? own * allocation->operations_per_s : own * plan.mutators;
  const double cycles = operations * allocation->bytes_per_operation / room;
  return CycleEstimate{cycles, cycles > 0 ? rounded_up(own * wanted_cycles / cycles) : 0};
}

std::optional<AllocationFigures> allocation_figures_of(const RunOptions& options) {
  const RunOptions probe = probe_options(options);
  const RememberedFile file("allocation", probe);
  if (const auto known = file.read()) {
    const double live = (*known)["live_bytes"].number_or(-1);
    return AllocationFigures{(*known)["bytes_per_operation"].number_or(0),
                             (*known)["operations_per_s"].number_or(0),
                             live < 0 ? std::nullopt : std::optional(live)};
  }
  const auto measured = measure(probe);
  if (measured) {
    file.write(Json::Object{
        {"bytes_per_operation", measured->bytes_per_operation},
        {"operations_per_s", measured->operations_per_s},
        {"live_bytes", measured->live_bytes ? Json(*measured->live_bytes) : Json(nullptr)},
        {"command", to_command(probe)}});
  }
  return measured;
}

std::string cycles_in_words(const RunPlan& plan, const std::optional<CycleEstimate>& estimate) {
  if (!estimate) return "unknown";
  std::string text =
      fmt::format("about {:.{}f} a run", estimate->cycles, estimate->cycles < 10 ? 1 : 0);
  if (estimate->cycles >= least_cycles) return text;
  if (estimate->cycles <= 0) return text + ": the workload allocates nothing";
  const std::string_view key = plan.seconds ? "seconds" : "operations";
  return fmt::format("{}: fewer than {} say little of a collector, {} = {} would be enough", text,
                     least_cycles, key,
                     plan.seconds ? fmt::format("{:g}", estimate->enough)
                                  : fmt::format("{:.0f}", estimate->enough));
}

}  // namespace tricolour
