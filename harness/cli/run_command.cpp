// `tricolour run`: one run, its figures on standard output, its files in a folder.
#include <fmt/format.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>

#include "core/errors.hpp"
#include "core/mutator/watchdog_policy.hpp"
#include "core/seams/injected_waits.hpp"
#include "core/seams/schedule_window.hpp"
#include "harness/cli/commands.hpp"
#include "harness/files/result_folder.hpp"
#include "harness/run/execution.hpp"
#include "harness/run/minheap.hpp"
#include "harness/run/registry.hpp"
#include "harness/run/run_json.hpp"
#include "harness/run/run_text.hpp"
#include "harness/run/trace.hpp"
#include "harness/text/messages.hpp"

namespace tricolour {
namespace {

void tell(const RunCommand& command, std::string_view text) {
  if (!command.quiet) say("{}\n", text);
}

void explain_failure(const RunOptions& options, Verdict verdict, std::string_view error) {
  say("tricolour: {}: {}\nrepeat it with: {}\n", verdict.status, error, to_command(options));
}

void size_heap(const RunCommand& command, RunPlan& plan) {
  if (!plan.multiple) return;
  const std::size_t minimum = command.minimum_heap
                                  ? *command.minimum_heap
                                  : minimum_heap_of(command.options, command.quiet);
  plan.set_heap_bytes(
      static_cast<std::size_t>(std::llround(*plan.multiple * static_cast<double>(minimum))));
}

/// Makes the plan one of a run that is recorded.
void record_mutations(const RunCommand& command, RunPlan& plan) {
  const RunOptions& options = command.options;
  const auto must = [](bool holds, std::string_view what) {
    if (!holds)
      throw ConfigurationError(fmt::format(
          "--record-mutations records what the program does, not what a collector makes of it: {}",
          what));
  };
  const RunOptions standard;
  must(!plan.collector->cycle.meets_mutators(),
       fmt::format("it needs --collector {}", standard.collector));
  must(!plan.barrier->keeps_an_invariant() && options.barrier_arm.empty(),
       fmt::format("it needs --barrier {}, and no --barrier-arm", standard.barrier));
  must(plan.mutators == 1, "it needs --mutators 1");
  must(!plan.verify, "it excludes --verify; a replay is verified");
  must(plan.warmup_s == 0, "it excludes --warmup");
  plan.instance = &find_recording_instance(options.workload);
}

}  // namespace

int carry_out(const RunCommand& command) {
  RunPlan plan = plan_run(command.options);
  std::optional<TraceWriter> mutations;
  if (!command.mutations.empty()) {
    record_mutations(command, plan);
    mutations.emplace(command.mutations, command.force, to_command(command.options));
  }
  std::optional<ResultFolder> folder;
  // In a sweep the folder above is the sweep's: where it is gone, so is the sweep.
  using Parents = ResultFolder::Parents;
  const Parents parents = command.block ? Parents::are_there : Parents::are_made;
  if (!command.out.empty()) folder.emplace(command.out, command.force, parents);
  if (!command.trace.empty()) check_place(command.trace, command.force);
  size_heap(command, plan);
  if (!command.json) {
    fmt::print("{}\n", headline(command.options, plan));
    std::fflush(stdout);  // it is there while the run lasts, also in a pipe
  }

  const auto give_up = [&](Verdict verdict, const std::string& error) {
    folder.reset();
    if (mutations) mutations->abandon();
    explain_failure(command.options, verdict, error);
    std::fflush(nullptr);
    ::_exit(verdict.exit_code);
  };
  const FaultSwitch fault(plan.fault);
  Schedule::seed(plan.tuned.schedule_seed);
  InjectedWaits::set(plan.tuned.heap.injected);
  WatchdogPolicy::say_after(command.safepoint_timeout_ns);
  if (plan.verify) abort_at_late_waits();
  const Outcome outcome = execute(plan, {.records = command.records,
                                         .request_rows = folder ? command.options.request_rows : 0,
                                         .timeout_s = command.timeout_s,
                                         .mutations = mutations ? &*mutations : nullptr,
                                         .on_hang = give_up});

  const Json json = run_to_json(command.options, plan, outcome, command.block.value_or(0));
  if (folder) {
    write_tables(folder->place(), outcome.tables);
    write_file(folder->place() / "run.json", to_text(json, 1) + "\n");
    folder->complete();
  }
  if (!command.trace.empty())
    replace_file(command.trace, timeline(outcome, to_command(command.options)));
  if (mutations && outcome.verdict.exit_code == exit_code::done) {
    mutations->complete();
    tell(command, fmt::format("{} mutations written to {}", mutations->records(),
                              command.mutations.string()));
  }
  if (command.logs_cycles) say("{}", cycle_log(outcome));
  if (command.json) fmt::print("{}\n", to_text(json));
  if (outcome.verdict.exit_code != exit_code::done) {
    explain_failure(command.options, outcome.verdict, outcome.error);
  } else if (!command.json) {
    fmt::print("{}", key_figures(plan, outcome));
  }
  if (folder) tell(command, fmt::format("written to {}", command.out.string()));
  return outcome.verdict.exit_code;
}

}  // namespace tricolour
