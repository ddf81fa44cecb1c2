// The one file that includes CLI11.
#include "harness/cli/command_line.hpp"

#include <fmt/format.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <array>
#include <iostream>
#include <tuple>

#include "core/errors.hpp"
#include "harness/cli/footers.hpp"
#include "harness/cli/option_values.hpp"
#include "harness/cli/refused_words.hpp"
#include "harness/cli/run_words.hpp"
#include "harness/machine/provenance.hpp"
#include "harness/process/exit_codes.hpp"
#include "harness/run/coordinates.hpp"
#include "harness/run/registry.hpp"
#include "harness/sweep/sweep_index.hpp"
#include "harness/text/columns.hpp"
#include "harness/text/names.hpp"

namespace tricolour {
namespace {

CLI::Option& add_coordinate(CLI::App& app, RunOptions& options, std::string_view name) {
  const Coordinate& one = *find_coordinate(name);
  CLI::Option* const option =
      one.is_count()
          ? app.add_option(one.flag(), one.count_of(options), one.help)->check(number<unsigned>())
          : app.add_option(one.flag(), one.text_of(options), one.help);
  // A default that is empty says nothing.
  return *(one.text_in(options).empty() ? option : option->capture_default_str());
}

template <class Command>
void add_output_flags(CLI::App& app, Command& command) {
  app.add_flag("--json", command.json, "print one JSON object on standard output");
  app.add_flag("--quiet", command.quiet, "print no progress on standard error");
}

void add_workload_flags(CLI::App& app, RunOptions& options, std::vector<std::string>& parameters) {
  add_coordinate(app, options, "workload").required();
  app.add_option("--param", parameters,
                 "name=value: a parameter of the workload, from `tricolour list workloads`; may be "
                 "repeated")
      ->take_all();
  add_coordinate(app, options, "mutators");
}

void add_collection_flags(CLI::App& app, RunOptions& options) {
  for (const std::string_view name : {"collector", "barrier", "marker", "sweep"})
    add_coordinate(app, options, name);
}

void add_run_flags(CLI::App& app, RunCommand& command, RunWords& words) {
  RunOptions& options = command.options;
  add_collection_flags(app, options);
  add_workload_flags(app, options, words.parameters);
  add_coordinate(app, options, "heap");
  app.add_option(
      "--min-heap", words.minimum_heap,
      "the minimum heap, such as 17M, which --heap 2x multiplies; it is not measured then");
  for (const std::string_view name :
       {"mark_threads", "concurrent_mark_threads", "allocate", "roots", "barrier_arm"})
    add_coordinate(app, options, name);
  app.add_option(
         "--set", words.settings,
         "name=value: any other parameter, from `tricolour list parameters`; may be repeated")
      ->take_all();
  app.add_option("--seconds", options.seconds,
                 fmt::format("length of the measured region (default: {}, without --operations)",
                             default_seconds))
      ->check(number<double>());
  app.add_option("--operations", options.operations,
                 "end after this number of operations of each mutator, instead of a time")
      ->check(number<std::uint64_t>());
  app.add_option("--warmup", options.warmup_s,
                 "seconds of a pass that runs before the measured region and is not measured")
      ->check(number<double>())
      ->capture_default_str();
  app.add_option("--seed", options.seed, "the seed of every random choice of the workload")
      ->check(number<std::uint64_t>())
      ->capture_default_str();
  app.add_flag("--pin", options.pin, "give each mutator its own CPU, as long as there are enough");
  app.add_flag("--verify", options.verify,
               "trace again at every termination and after every sweep, and fail if an object was "
               "lost; a run without a cycle ends with exit code 2");
  app.add_flag("--unsound", options.unsound,
               "run also a collector and barrier that lose objects together, where the oracle sees "
               "the loss; implies --verify");
  if constexpr (faults_built)
    app.add_option("--fault", options.fault,
                   "turn on a seeded fault, from `tricolour list faults`");
  app.add_option("--record", words.record,
                 "off: measure throughput only, and record no events, no latencies and no files")
      ->check(CLI::IsMember({"on", "off"}))
      ->capture_default_str();
  app.add_option("--log", words.log,
                 "cycles: print a table of the cycles on standard error, after the run")
      ->check(CLI::IsMember({"cycles"}));
  app.add_option("--timeout", command.timeout_s,
                 "end the run after this number of seconds, with exit code 5; 0: never")
      ->capture_default_str()
      ->check(number(0.0, most_timeout_s));
  app.add_option(
         "--safepoint-timeout", words.safepoint_timeout,
         "when a mutator has not reached a safepoint after this time, such as 200ms or 10s, print "
         "where it executes on standard error, and wait on; 0: never")
      ->type_name("DURATION")
      ->capture_default_str();
  app.add_option(
         "--request-rows", options.request_rows,
         "the most rows of each mutator in the requests table; where there are more requests, "
         "or more than one in 32 us, every 2nd, 4th ... request has a row")
      ->check(number<std::uint64_t>())
      ->capture_default_str();
  app.add_option("--out", command.out,
                 "the folder for run.json and the tables, which appears when the run is complete")
      ->check(not_empty);
  app.add_option(
         "--trace", command.trace,
         "the file for a timeline of the whole run, which Perfetto and Chrome's trace viewer open")
      ->check(not_empty);
  app.add_option("--record-mutations", command.mutations,
                 fmt::format("the file for every load, store, allocation and change of a root, for "
                             "`tricolour replay`; needs {}, {} and one mutator",
                             command.options.collector, command.options.barrier))
      ->check(not_empty);
  app.add_flag("--force", command.force,
               "replace an existing --out folder, --trace file or mutation trace");
  add_output_flags(app, command);
  app.add_option("--block", command.block,
                 "the block of the sweep that the run belongs to; written into run.json")
      ->check(number<std::uint64_t>())
      ->group("For sweeps");
}

void add_replay_flags(CLI::App& app, ReplayCommand& command) {
  app.add_option("trace", command.file,
                 "the file that `tricolour run --record-mutations` has written")
      ->required();
  CLI::Option* const barrier = app.add_option(
      "--barrier", command.barrier,
      "replay under this barrier only, and show every cycle: " + enumerated(barriers()) +
          " (default: under each that is sound, and show sums)");
  app.add_option(
      "--collector", command.collector,
      "let this collector decide when a cycle runs, instead of fixed points of the trace: " +
          enumerated(collectors()));
  app.add_option("--allocate", command.allocate, std::string(find_coordinate("allocate")->help))
      ->capture_default_str();
  app.add_option("--heap", command.heap,
                 "the heap's size, such as 256M (default: room for all that the trace allocates)");
  app.add_option(
      "--period", command.period,
      "at fixed points: bytes allocated from the begin of a cycle to the begin of the next "
      "(default: as many as are reachable at the begin, as in a heap of 2x)");
  app.add_option("--marking", command.marking,
                 "at fixed points: the share of a period from a cycle's begin to its end")
      ->capture_default_str()
      ->check(number(0.0, 1.0));
  app.add_option(
         "--quanta", command.quanta,
         "at fixed points: the number of stops in which a cycle marks equal shares of what was "
         "reachable at its begin")
      ->capture_default_str()
      ->check(number<std::uint64_t>(1, 100'000));
  app.add_flag("--unsound", command.unsound, "replay also under a --barrier that loses objects")
      ->needs(barrier);
  add_output_flags(app, command);
}

void add_explore_flags(CLI::App& app, ExploreCommand& command) {
  app.add_option("--barrier", command.barrier, "the barrier: " + enumerated(barriers()))
      ->required();
  app.add_option("--protocol", command.protocol,
                 "how a cycle begins and ends: stopped, ragged, white-allocation, no-rescan, "
                 "handshake-end, or several of them with commas")
      ->capture_default_str();
  app.add_option("--memory", command.memory,
                 "the memory model: sc, tso (x86-64) or ra (release/acquire)")
      ->capture_default_str();
  const std::tuple<const char*, unsigned ExploreCommand::*, const char*> counts[]{
      {"--mutators", &ExploreCommand::mutators, "the number of mutators, 1 to 3"},
      {"--objects", &ExploreCommand::objects, "the objects, without the globals, 2 to 4"},
      {"--slots", &ExploreCommand::slots, "the slots of each object, 1 or 2"},
      {"--cycles", &ExploreCommand::cycles, "the number of cycles, 1 to 4"},
      {"--operations", &ExploreCommand::operations,
       "the operations of each mutator, 1 to 8; dropping a reference does not count"},
      {"--mark-threads", &ExploreCommand::mark_threads, "the threads that mark, 1 or 2"},
  };
  for (const auto& [flag, field, help] : counts)
    app.add_option(flag, command.*field, help)->check(number<unsigned>())->capture_default_str();
  app.add_flag("--assists", command.assists, "mutators also mark, between their operations");
  app.add_option("--repertoire", command.repertoire,
                 "what mutators do, with commas: load, store, allocate, exchange, "
                 "compare-exchange, copy, threads (start and end mutators)")
      ->capture_default_str();
  app.add_option("--budget", command.budget, "the most states to visit")
      ->check(number<std::uint64_t>())
      ->capture_default_str();
  app.add_option("--html", command.html, "write the counterexample as a page to step through")
      ->check(not_empty);
  add_output_flags(app, command);
  app.footer(explore_footer);
}

Words flags_of(const CLI::App& command) {
  Words flags;
  for (const CLI::Option* const one : command.get_options()) {
    if (!one->get_lnames().empty()) flags.push_back("--" + one->get_lnames().front());
  }
  return flags;
}

Words commands_of(const CLI::App& app) {
  Words names;
  for (const CLI::App* const one : app.get_subcommands({})) names.push_back(one->get_name());
  return names;
}

/// The library finds values missing before it counts them.
std::string explain_mismatch(const CLI::App& command, const std::string& reason) {
  for (const CLI::Option* const one : command.get_options()) {
    if (static_cast<int>(one->count()) > one->get_items_expected_max())
      return one->get_name() + " is given more than once";
  }
  return reason;
}

/// In `most_columns`.
std::string help_of(const CLI::App* app, const std::string& name, CLI::AppFormatMode mode) {
  constexpr std::size_t described_at = 26;
  CLI::Formatter layout;
  layout.column_width(described_at);
  return in_columns(layout.make_help(app, name, mode), most_columns, described_at);
}

/// What the library found wrong, as one line with the command and the reason.
std::string explain(const CLI::App* app, const CLI::Error& error) {
  const auto chosen = app->get_subcommands();
  const CLI::App& command = chosen.empty() ? *app : *chosen.front();
  const std::string called = chosen.empty() ? "tricolour" : "tricolour " + command.get_name();
  const Words extras = command.remaining();  // a mistyped flag explains also one that is missing
  const auto code = static_cast<CLI::ExitCodes>(error.get_exit_code());
  std::string reason = error.what();
  if (code == CLI::ExitCodes::ExtrasError || !extras.empty())
    reason = refused_words(extras, flags_of(command));
  else if (code == CLI::ExitCodes::ArgumentMismatch)
    reason = explain_mismatch(command, reason);
  return fmt::format("{}: {}; see `{} --help`\n", called, reason, called);
}

}  // namespace

std::variant<ExitNow, Command> parse_command_line(int argc, const char* const* argv) {
  CLI::App app("Tricolour: a research testbed for concurrent tri-colour garbage collectors",
               "tricolour");
  app.require_subcommand(1);
  app.formatter_fn(help_of);
  app.footer(tricolour_footer);
  app.failure_message(explain);
  app.set_version_flag("--version", version(), "print the commit, compiler and build type");

  ListCommand list;
  CLI::App& list_app = *app.add_subcommand("list", "list what there is, such as collectors");
  list_app.add_option("topic", list.topic,
                      fmt::format("{} (default: all)", joined(list_topics(), ", ")));
  list_app.footer(list_footer);
  list_app.add_flag("--json", list.json, "print JSON on standard output");

  DoctorCommand doctor;
  CLI::App& doctor_app =
      *app.add_subcommand("doctor", "say what will hurt measurements on this machine");
  doctor_app.footer(doctor_footer);
  doctor_app.add_flag("--json", doctor.json, "print JSON on standard output");

  RunCommand run;
  RunWords run_words;
  CLI::App& run_app = *app.add_subcommand(
      "run", "run one workload under one collector and barrier, and print its figures");
  add_run_flags(run_app, run, run_words);
  run_app.footer(run_footer);

  ReplayCommand replay;
  CLI::App& replay_app =
      *app.add_subcommand("replay", "replay a recorded mutation trace under any barrier, verified");
  add_replay_flags(replay_app, replay);
  replay_app.footer(replay_footer);

  MinheapCommand minheap;
  minheap.options = minimum_heap_definition(minheap.options);
  std::vector<std::string> minheap_parameters;
  CLI::App& minheap_app =
      *app.add_subcommand("minheap", "find the smallest heap that a workload runs in");
  add_collection_flags(minheap_app, minheap.options);
  add_workload_flags(minheap_app, minheap.options, minheap_parameters);
  minheap_app.add_flag("--fresh", minheap.fresh,
                       "measure again, also when the answer is remembered");
  add_output_flags(minheap_app, minheap);
  minheap_app.footer(fmt::format(
      "`--heap 2x` of a run is twice what this finds with the defaults: {}, {}, {}, {}.\n{}",
      minheap.options.collector, minheap.options.barrier, minheap.options.marker,
      minheap.options.sweep, minheap_example));

  SweepCommand sweep;
  CLI::App& sweep_app = *app.add_subcommand(
      "sweep", "run an experiment: many runs in interleaved, randomised blocks");
  sweep_app.add_option("experiment", sweep.experiment, "the experiment file")->required();
  sweep_app
      .add_option("--out", sweep.out, "the result folder (default: results/local/<name>-<UTC>)")
      ->check(not_empty);
  sweep_app.add_flag("--resume", sweep.resume, "continue the sweep of the folder given by --out");
  sweep_app.add_flag("--retry-failed", sweep.retry_failed,
                     fmt::format("with --resume: repeat failed runs, unless a run violated an "
                                 "invariant or failed {} times in the same way",
                                 most_attempts));
  sweep_app.add_option(
      "--shard", sweep.shard,
      "k/n: run only every nth block, from the kth on; each shard may run on its own machine");
  sweep_app.add_flag(
      "--dry-run", sweep.dry_run,
      "check the file, list the cells and what is known of the time, and run nothing");
  sweep_app
      .add_option("--timeout", sweep.timeout_s,
                  "the seconds that a run may take, instead of the file's timeout_s")
      ->check(number(least_timeout_s, most_timeout_s));
  sweep_app.add_flag("--quiet", sweep.quiet, "print no progress on standard error");
  sweep_app.footer(sweep_footer);

  MergeCommand merge;
  CLI::App& merge_app = *app.add_subcommand(
      "merge", "merge the shards of a sweep, from several machines, into one folder");
  merge_app
      .add_option("folders", merge.folders,
                  "the folders of `tricolour sweep --shard`, of one experiment")
      ->required();
  merge_app
      .add_option("--out", merge.out,
                  "a new folder, for report, compare, export and sweep --resume")
      ->required();
  merge_app.footer(merge_footer);

  UpgradeCommand upgrade;
  CLI::App& upgrade_app = *app.add_subcommand(
      "upgrade",
      "rewrite results of schema version 2 to this version, with figures from their tables");
  upgrade_app.add_option("folders", upgrade.folders, "the result folders")->required();
  upgrade_app.footer(upgrade_footer);

  ExploreCommand explore;
  CLI::App& explore_app = *app.add_subcommand(
      "explore", "check a barrier in a bounded model: every schedule, or a counterexample");
  add_explore_flags(explore_app, explore);

  // Read by the Python package, every word of them.
  const std::array python_apps{
      app.add_subcommand("report", "write plots, summary.csv and a page for a sweep's folder"),
      app.add_subcommand("compare", "print ratios of two selections of cells, with 95 % intervals"),
      app.add_subcommand("export",
                         "write a sweep's folder in another tool's format: HdrHistogram, Perfetto, "
                         "Google Benchmark, benchstat, DaCapo, CSV"),
  };

  if (argc > 1) check_first_word(argv[1], commands_of(app), flags_of(app));
  for (const CLI::App* const sub : python_apps) {
    if (argc > 1 && sub->get_name() == argv[1])
      return ReportCommand{sub->get_name(), {argv + 2, argv + argc}};
  }
  try {
    app.parse(argc, argv);
    if (list_app.parsed()) return list;
    if (doctor_app.parsed()) return doctor;
    if (run_app.parsed()) {
      finish(run, run_words);
      return run;
    }
    if (replay_app.parsed()) return replay;
    if (minheap_app.parsed()) {
      minheap.options.parameters = named_values(minheap_parameters, "--param");
      return minheap;
    }
    if (sweep_app.parsed()) return sweep;
    if (merge_app.parsed()) return merge;
    if (upgrade_app.parsed()) return upgrade;
    return explore;
  } catch (const CLI::ParseError& error) {
    const bool helped = error.get_exit_code() == 0;
    app.exit(error, std::cout, std::cerr);
    return ExitNow{helped ? exit_code::done : exit_code::wrong_usage};
  }
}

}  // namespace tricolour
