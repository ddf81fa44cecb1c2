// The one file that includes CLI11.
#include "harness/cli/command_line.hpp"

#include <fmt/format.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <array>
#include <iostream>

#include "core/errors.hpp"
#include "harness/cli/footers.hpp"
#include "harness/cli/option_values.hpp"
#include "harness/cli/run_words.hpp"
#include "harness/machine/provenance.hpp"
#include "harness/process/exit_codes.hpp"
#include "harness/run/coordinates.hpp"
#include "harness/sweep/sweep_index.hpp"
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

void add_workload_flags(CLI::App& app, RunOptions& options, std::vector<std::string>& parameters) {
  add_coordinate(app, options, "workload").required();
  app.add_option("--param", parameters, "name=value: a parameter of the workload; may be repeated")
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
  app.add_option("--min-heap", words.minimum_heap,
                 "the size that a multiple multiplies, instead of measuring it");
  for (const std::string_view name :
       {"mark_threads", "concurrent_mark_threads", "allocate", "roots", "barrier_arm"})
    add_coordinate(app, options, name);
  app.add_option(
         "--set", words.settings,
         "room.name=value: any other parameter (tricolour list parameters); may be repeated")
      ->take_all();
  app.add_option("--seconds", options.seconds,
                 fmt::format("length of the measured region (default: {}, without --operations)",
                             default_seconds))
      ->check(number<double>());
  app.add_option("--operations", options.operations, "of each mutator, instead of a time")
      ->check(number<std::uint64_t>());
  app.add_option("--warmup", options.warmup_s,
                 "seconds of a pass that is not measured, before the measured one")
      ->check(number<double>())
      ->capture_default_str();
  app.add_option("--seed", options.seed, "of every random choice of the workload")
      ->check(number<std::uint64_t>())
      ->capture_default_str();
  app.add_flag("--pin", options.pin, "each mutator on a CPU of its own, as far as there are");
  app.add_flag("--verify", options.verify,
               "trace again at every termination and after every sweep, and demand that nothing "
               "was lost; a run without a cycle ends with exit code 2");
  app.add_flag(
      "--unsound", options.unsound,
      "run a pair that loses objects all the same, where the oracle sees it; implies --verify");
  if constexpr (faults_built)
    app.add_option("--fault", options.fault,
                   "something that is wrong on purpose (tricolour list faults)");
  app.add_option("--record", words.record,
                 "off: no events, no latencies of requests, no files; throughput only")
      ->check(CLI::IsMember({"on", "off"}))
      ->capture_default_str();
  app.add_option("--log", words.log, "cycles: one line per cycle on standard error, after the run")
      ->check(CLI::IsMember({"cycles"}));
  app.add_option("--timeout", command.timeout_s,
                 "seconds after which the run is given up (exit 5); 0: never")
      ->capture_default_str()
      ->check(number(0.0, most_timeout_s));
  app.add_option(
         "--safepoint-timeout", words.safepoint_timeout,
         "how long others wait for a mutator to reach a safepoint until standard error says "
         "where it executes, such as 200ms or 10s; the wait goes on; 0: never")
      ->type_name("DURATION")
      ->capture_default_str();
  app.add_option("--request-rows", options.request_rows,
                 "rows of each mutator in the requests table, at most: beyond that, or faster than "
                 "one in 32 us, every 2nd, 4th ... request")
      ->check(number<std::uint64_t>())
      ->capture_default_str();
  app.add_option(
         "--out", command.out,
         "folder for run.json and the tables; there when the run is complete, or not at all")
      ->check(not_empty);
  app.add_option(
         "--trace", command.trace,
         "file for a timeline of the whole run, which Perfetto and Chrome's trace viewer open")
      ->check(not_empty);
  app.add_option("--record-mutations", command.mutations,
                 fmt::format("file for every load, store, allocation and change of a root, for "
                             "`tricolour replay`; under {} and {}, with one mutator",
                             command.options.collector, command.options.barrier))
      ->check(not_empty);
  app.add_flag("--force", command.force,
               "replace an existing --out folder, --trace file or mutation trace");
  app.add_flag("--json", command.json, "one JSON object on standard output");
  app.add_flag("--quiet", command.quiet, "no progress on standard error");
  app.add_option("--block", command.block,
                 "block of the sweep that the run belongs to; written into run.json")
      ->check(number<std::uint64_t>())
      ->group("For sweeps");
}

void add_replay_flags(CLI::App& app, ReplayCommand& command) {
  app.add_option("trace", command.file, "what `tricolour run --record-mutations` has written")
      ->required();
  CLI::Option* const barrier = app.add_option("--barrier", command.barrier,
                                              "replay under this one only, and show every cycle "
                                              "(default: under each that is sound, and show sums)");
  app.add_option("--collector", command.collector,
                 "collect at this collector's own pace, instead of at fixed points of the trace");
  app.add_option("--allocate", command.allocate,
                 "colour of objects born while marking: white, black, or auto (the barrier's)")
      ->capture_default_str();
  app.add_option("--heap", command.heap,
                 "its size, such as 256M (default: room for all that the trace allocates)");
  app.add_option("--period", command.period,
                 "at fixed points: bytes allocated from the begin of a cycle to that of the next "
                 "(default: as many as are reachable at "
                 "its begin, as in a heap of 2x)");
  app.add_option("--marking", command.marking,
                 "at fixed points: share of a period from a cycle's begin to its end")
      ->capture_default_str()
      ->check(number(0.0, 1.0));
  app.add_option("--quanta", command.quanta,
                 "at fixed points: stops in which a cycle marks, each an equal share of what was "
                 "reachable at its begin")
      ->capture_default_str()
      ->check(number<std::uint64_t>(1, 100'000));
  app.add_flag("--unsound", command.unsound,
               "replay under a --barrier that loses objects all the same")
      ->needs(barrier);
  app.add_flag("--json", command.json, "one JSON object on standard output");
  app.add_flag("--quiet", command.quiet, "no progress on standard error");
}

void add_explore_flags(CLI::App& app, ExploreCommand& command) {
  app.add_option("--barrier", command.barrier, "the barrier (tricolour list barriers)")->required();
  app.add_option("--protocol", command.protocol,
                 "how a cycle begins and ends: stopped, ragged, white-allocation, no-rescan, "
                 "handshake-end, or several with commas")
      ->capture_default_str();
  app.add_option("--memory", command.memory, "sc, tso (x86-64) or ra (release/acquire)")
      ->capture_default_str();
  app.add_option("--mutators", command.mutators, "1 to 3")
      ->check(number<unsigned>())
      ->capture_default_str();
  app.add_option("--objects", command.objects, "beside the globals, 2 to 4")
      ->check(number<unsigned>())
      ->capture_default_str();
  app.add_option("--slots", command.slots, "of each object, 1 or 2")
      ->check(number<unsigned>())
      ->capture_default_str();
  app.add_option("--cycles", command.cycles, "1 to 4")
      ->check(number<unsigned>())
      ->capture_default_str();
  app.add_option("--operations", command.operations,
                 "of each mutator, 1 to 8; letting a reference go is free")
      ->check(number<unsigned>())
      ->capture_default_str();
  app.add_option("--mark-threads", command.mark_threads, "1 or 2")
      ->check(number<unsigned>())
      ->capture_default_str();
  app.add_flag("--assists", command.assists, "mutators mark, too, between their operations");
  app.add_option("--repertoire", command.repertoire,
                 "what mutators do, with commas: load, store, allocate, exchange, "
                 "compare-exchange, copy, threads (start and end mutators)")
      ->capture_default_str();
  app.add_option("--budget", command.budget, "states to visit at most")
      ->check(number<std::uint64_t>())
      ->capture_default_str();
  app.add_option("--html", command.html, "write the counterexample as a page to step through")
      ->check(not_empty);
  app.add_flag("--json", command.json, "one JSON object on standard output");
  app.add_flag("--quiet", command.quiet, "no progress on standard error");
  app.footer(explore_footer);
}

/// A first word that is neither a flag nor a command is answered with the commands.
void check_command(const CLI::App& app, int argc, const char* const* argv) {
  if (argc < 2 || *argv[1] == '-') return;
  std::vector<std::string> names;
  for (const CLI::App* const one : app.get_subcommands({})) names.push_back(one->get_name());
  if (std::find(names.begin(), names.end(), argv[1]) != names.end()) return;
  throw ConfigurationError(unknown_name("command", argv[1], {names.begin(), names.end()}));
}

/// Of words that are not known: the first flag among them, with the flags there are, else the
/// first.
std::string explain_extras(const CLI::App& command) {
  const std::vector<std::string> extras = command.remaining();
  const auto flag =
      std::ranges::find_if(extras, [](const std::string& word) { return word.starts_with('-'); });
  if (flag == extras.end())
    return extras.empty() ? "there are words too many"
                          : fmt::format("'{}' is a word too many", extras.front());
  std::vector<std::string> flags;
  for (const CLI::Option* const one : command.get_options()) {
    if (!one->get_lnames().empty()) flags.push_back("--" + one->get_lnames().front());
  }
  return unknown_name("flag", *flag, {flags.begin(), flags.end()});
}

/// The library finds values missing before it counts them.
std::string explain_mismatch(const CLI::App& command, const std::string& reason) {
  for (const CLI::Option* const one : command.get_options()) {
    if (static_cast<int>(one->count()) > one->get_items_expected_max())
      return one->get_name() + " is given more than once";
  }
  return reason;
}

/// What the library found wrong, as one line with the command and the reason.
std::string explain(const CLI::App* app, const CLI::Error& error) {
  const auto chosen = app->get_subcommands();
  const CLI::App& command = chosen.empty() ? *app : *chosen.front();
  const std::string called = chosen.empty() ? "tricolour" : "tricolour " + command.get_name();
  const auto is = [&](CLI::ExitCodes kind) {
    return error.get_exit_code() == static_cast<int>(kind);
  };
  const std::string reason = is(CLI::ExitCodes::ExtrasError) ? explain_extras(command)
                             : is(CLI::ExitCodes::ArgumentMismatch)
                                 ? explain_mismatch(command, error.what())
                                 : error.what();
  return fmt::format("{}: {}; `{} --help` tells more\n", called, reason, called);
}

}  // namespace

std::variant<ExitNow, Command> parse_command_line(int argc, const char* const* argv) {
  CLI::App app("Tricolour: a research testbed for concurrent tri-colour garbage collectors",
               "tricolour");
  app.require_subcommand(1);
  app.get_formatter()->column_width(34);
  app.failure_message(explain);
  app.set_version_flag("--version", version(), "commit, compiler and build type");

  ListCommand list;
  CLI::App& list_app = *app.add_subcommand(
      "list", "what there is: collectors, barriers, workloads, markers, sweepers, parameters");
  list_app.add_option("topic", list.topic, "one of these (default: all)");
  list_app.add_flag("--json", list.json, "JSON on standard output");

  DoctorCommand doctor;
  CLI::App& doctor_app =
      *app.add_subcommand("doctor", "what will hurt the measurement on this machine");
  doctor_app.add_flag("--json", doctor.json, "JSON on standard output");

  RunCommand run;
  RunWords run_words;
  CLI::App& run_app = *app.add_subcommand("run", "one collector, barrier and workload, once");
  add_run_flags(run_app, run, run_words);
  run_app.footer(run_footer);

  ReplayCommand replay;
  CLI::App& replay_app = *app.add_subcommand(
      "replay", "a recorded mutation trace once more, verified, under any barrier");
  add_replay_flags(replay_app, replay);
  replay_app.footer(replay_footer);

  MinheapCommand minheap;
  minheap.options = minimum_heap_definition(minheap.options);
  std::vector<std::string> minheap_parameters;
  CLI::App& minheap_app =
      *app.add_subcommand("minheap", "the smallest heap that a workload runs in");
  add_collection_flags(minheap_app, minheap.options);
  add_workload_flags(minheap_app, minheap.options, minheap_parameters);
  minheap_app.add_flag("--fresh", minheap.fresh, "measure again, also when it is known");
  minheap_app.add_flag("--json", minheap.json, "one JSON object on standard output");
  minheap_app.add_flag("--quiet", minheap.quiet, "no progress on standard error");
  minheap_app.footer(fmt::format(
      "`--heap 2x` of a run is twice what this finds with the defaults: {}, {}, {}, {}.",
      minheap.options.collector, minheap.options.barrier, minheap.options.marker,
      minheap.options.sweep));

  SweepCommand sweep;
  CLI::App& sweep_app =
      *app.add_subcommand("sweep", "an experiment: many runs in interleaved, randomised blocks");
  sweep_app.add_option("experiment", sweep.experiment, "the experiment file")->required();
  sweep_app.add_option("--out", sweep.out, "result folder (default: results/local/<name>-<UTC>)")
      ->check(not_empty);
  sweep_app.add_flag("--resume", sweep.resume, "go on with the folder given by --out");
  sweep_app.add_flag("--retry-failed", sweep.retry_failed,
                     fmt::format("with --resume: make failed runs anew, unless one violated an "
                                 "invariant or failed {} times in the same way",
                                 most_attempts));
  sweep_app.add_option(
      "--shard", sweep.shard,
      "k/n: only every nth block, from the kth on; each shard may be on a machine of its own");
  sweep_app.add_flag("--dry-run", sweep.dry_run,
                     "check the file, list the cells, and say what is known of the time");
  sweep_app
      .add_option("--timeout", sweep.timeout_s,
                  "seconds a run may take, instead of the file's timeout_s")
      ->check(number(least_timeout_s, most_timeout_s));
  sweep_app.add_flag("--quiet", sweep.quiet, "no progress on standard error");
  sweep_app.footer(sweep_footer);

  MergeCommand merge;
  CLI::App& merge_app =
      *app.add_subcommand("merge", "shards of a sweep, from several machines, into one folder");
  merge_app
      .add_option("folders", merge.folders,
                  "folders of `tricolour sweep --shard`, of one experiment")
      ->required();
  merge_app
      .add_option("--out", merge.out,
                  "a new folder, for report, compare, export and sweep --resume")
      ->required();
  merge_app.footer(merge_footer);

  UpgradeCommand upgrade;
  CLI::App& upgrade_app = *app.add_subcommand(
      "upgrade", "results of schema version 2 rewritten to this version, figures from tables");
  upgrade_app.add_option("folders", upgrade.folders, "result folders")->required();
  upgrade_app.footer(upgrade_footer);

  ExploreCommand explore;
  CLI::App& explore_app = *app.add_subcommand(
      "explore", "a bounded model check of a barrier: every schedule, or a counterexample");
  add_explore_flags(explore_app, explore);

  // Read by the Python package, every word of them.
  const std::array python_apps{
      app.add_subcommand("report", "plots, summary.csv and a page for a sweep's folder"),
      app.add_subcommand("compare",
                         "ratios with 95 % intervals: BASE OTHER, each DIR[:key=value,...]"),
      app.add_subcommand("export",
                         "a sweep's folder in another tool's format: HdrHistogram, Perfetto, "
                         "Google Benchmark, benchstat, DaCapo, CSV"),
  };

  check_command(app, argc, argv);
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
