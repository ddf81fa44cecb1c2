// The subcommands, as the command line has read them, and what carries each out. Each returns the
// process's exit code and may throw ConfigurationError (2) or OutputError (1).
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/mutator/watchdog_policy.hpp"
#include "harness/explore/explore_command.hpp"
#include "harness/replay/replay_schedule.hpp"
#include "harness/run/minheap.hpp"
#include "harness/run/run_options.hpp"
#include "harness/sweep/merge_command.hpp"
#include "harness/sweep/sweep.hpp"
#include "harness/sweep/upgrade_command.hpp"

namespace tricolour {

/// What `list` lists: its topics.
std::vector<std::string> list_topics();

struct ListCommand {
  std::string topic;  ///< empty: everything
  bool json = false;
};
struct DoctorCommand {
  bool json = false;
};
struct RunCommand {
  RunOptions options;
  bool records = true;
  bool logs_cycles = false;
  std::filesystem::path out;        ///< empty: no files
  std::filesystem::path trace;      ///< empty: no timeline
  std::filesystem::path mutations;  ///< empty: no mutation trace is recorded
  bool force = false;
  bool json = false;
  bool quiet = false;
  std::optional<std::uint64_t> block;  ///< of the sweep that the run belongs to
  std::optional<std::size_t> minimum_heap;
  double timeout_s = 0;
  Nanoseconds safepoint_timeout_ns = WatchdogPolicy::standard_say_after_ns;
};
/// A recorded mutation trace once more.
struct ReplayCommand {
  std::filesystem::path file;
  std::string collector;  ///< empty: cycles at fixed points of the trace
  std::string barrier;    ///< empty: each that is sound
  std::string allocate = "auto";
  std::string heap;    ///< empty: room for everything that the trace allocates
  std::string period;  ///< empty: as ReplaySchedule has it
  std::uint64_t quanta = ReplaySchedule{}.quanta;
  double marking = ReplaySchedule{}.marking;
  bool unsound = false;
  bool json = false;
  bool quiet = false;
};
/// Carried out by the Python package.
struct ReportCommand {
  std::string name;  ///< report, compare or export
  std::vector<std::string> arguments;
};

using Command =
    std::variant<ListCommand, DoctorCommand, RunCommand, ReplayCommand, MinheapCommand,
                 SweepCommand, MergeCommand, UpgradeCommand, ExploreCommand, ReportCommand>;

int carry_out(const ListCommand& command);
int carry_out(const DoctorCommand& command);
int carry_out(const RunCommand& command);
int carry_out(const ReplayCommand& command);
int carry_out(const ReportCommand& command);

}  // namespace tricolour
