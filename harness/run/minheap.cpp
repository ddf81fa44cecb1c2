#include "harness/run/minheap.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/errors.hpp"
#include "core/heap/block_space.hpp"
#include "harness/machine/memory_room.hpp"
#include "harness/process/child_process.hpp"
#include "harness/process/exit_codes.hpp"
#include "harness/process/interruption.hpp"
#include "harness/run/memory_need.hpp"
#include "harness/run/remembered.hpp"
#include "harness/text/json.hpp"
#include "harness/text/messages.hpp"

namespace tricolour {
namespace {

/// A trial: this long, and given up after that.
constexpr double trial_s = 0.5;
constexpr double trial_limit_s = 60;
/// What the process of a trial takes before it has a heap, at most.
constexpr std::size_t trial_process_bytes = std::size_t{8} << 20;

/// The definition's run of what `options` names.
RunOptions trial_options(const RunOptions& options) {
  RunOptions trial;
  trial.collector = options.collector;
  trial.barrier = options.barrier;
  trial.marker = options.marker;
  trial.sweep = options.sweep;
  trial.workload = options.workload;
  trial.parameters = options.parameters;
  trial.mutators = options.mutators;
  trial.seconds = trial_s;
  return trial;
}

bool succeeds(const RunOptions& trial, std::size_t bytes) {
  RunOptions sized = trial;
  sized.heap = fmt::to_string(bytes);
  std::vector<std::string> words{own_path(), "run", "--record", "off", "--quiet", "--json"};
  for (std::string& word : to_arguments(sized)) words.push_back(std::move(word));
  const ChildResult result = run_child(words, trial_limit_s);
  if (result.interrupted) throw Interrupted();
  const bool too_small =
      result.timed_out || (result.signal == 0 && result.exit_code == exit_code::heap_exhausted);
  if (result.succeeded()) return true;
  if (!too_small) {
    throw std::runtime_error(fmt::format("measuring the minimum heap failed: {} {}",
                                         to_command(sized), result.failure()));
  }
  return false;
}

std::size_t round_to_blocks(std::size_t bytes) {
  return (bytes + block_bytes - 1) / block_bytes * block_bytes;
}

std::size_t bisect(const RunOptions& trial, bool quiet) {
  RunOptions planned = trial;
  planned.heap = "1x";
  const RunPlan planned_trial = plan_run(planned);
  const std::size_t live = planned_trial.live_bytes();
  MemoryRoom room = memory_room(read_machine());
  room.free_bytes -= std::min(room.free_bytes, trial_process_bytes);
  const std::size_t most = largest_heap(planned_trial, room);
  const auto refuse = [&] {
    throw ConfigurationError(fmt::format(
        "workload '{}' does not run in the largest heap that fits here, {}: {} of {} are left",
        trial.workload, show_bytes(static_cast<double>(most)),
        show_bytes(static_cast<double>(room.free_bytes)), room.of));
  };
  if (most < std::max(live, block_bytes)) refuse();  // no run would begin
  std::size_t too_small = std::max(round_to_blocks(live), block_bytes) - block_bytes;
  std::size_t enough =
      std::min(most, round_to_blocks(live != 0 ? live + live / 16 : std::size_t{1} << 20));
  const auto tried = [&](std::size_t bytes) {
    const bool ok = succeeds(trial, bytes);
    if (!quiet)
      say("  {:>9}: {}\n", show_bytes(static_cast<double>(bytes)), ok ? "enough" : "too small");
    return ok;
  };
  while (!tried(enough)) {
    if (enough >= most) refuse();
    too_small = enough;
    enough = std::min(
        most, round_to_blocks(live != 0 && enough < live * 2 ? enough + live / 8 + block_bytes
                                                             : enough * 2));
  }
  while (enough - too_small > std::max(block_bytes, enough / 100)) {
    const std::size_t middle = round_to_blocks(too_small + (enough - too_small) / 2);
    if (middle >= enough) break;
    (tried(middle) ? enough : too_small) = middle;
  }
  return enough;
}

std::optional<std::size_t> remembered_bytes(const RememberedFile& file) {
  const auto known = file.read();
  const std::int64_t bytes = known ? (*known)["bytes"].integer_or(0) : 0;
  return bytes > 0 ? std::optional(static_cast<std::size_t>(bytes)) : std::nullopt;
}

}  // namespace

RunOptions minimum_heap_definition(const RunOptions& options) {
  RunOptions defined = options;
  defined.collector = reference_of(collectors()).name;
  defined.barrier = reference_barrier().name;
  defined.marker = reference_of(markers()).name;
  defined.sweep = reference_of(sweep_modes).name;
  return defined;
}

std::size_t minimum_heap_under(const RunOptions& options, bool quiet, bool fresh) {
  const RunOptions trial = trial_options(options);
  const RememberedFile file("minheap", trial);
  if (const auto known = fresh ? std::nullopt : remembered_bytes(file)) return *known;
  if (!quiet) say("measuring the minimum heap of {}\n", trial.workload);
  const std::size_t bytes = bisect(trial, quiet);
  RunOptions found = trial;
  found.heap = fmt::to_string(bytes);
  file.write(Json::Object{{"bytes", bytes}, {"command", to_command(found)}});
  return bytes;
}

std::size_t minimum_heap_of(const RunOptions& options, bool quiet) {
  return minimum_heap_under(minimum_heap_definition(options), quiet, false);
}

std::optional<std::size_t> remembered_minimum_heap_of(const RunOptions& options) {
  return remembered_bytes(
      RememberedFile("minheap", trial_options(minimum_heap_definition(options))));
}

int carry_out(const MinheapCommand& command) {
  const std::size_t bytes = minimum_heap_under(command.options, command.quiet, command.fresh);
  if (command.json) {
    fmt::print("{}\n", to_text(Json::Object{{"workload", command.options.workload},
                                            {"mutators", command.options.mutators},
                                            {"bytes", bytes}}));
  } else {
    fmt::print("{} ({} bytes)\n", show_bytes(static_cast<double>(bytes)), bytes);
  }
  return exit_code::done;
}

}  // namespace tricolour
