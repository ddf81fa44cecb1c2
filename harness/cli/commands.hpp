// The subcommands, as the command line has read them, and what carries each out. Each returns the process's exit code and may throw
// ConfigurationError (2) or OutputError (1).
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/exploration/coverage.hpp"
#include "harness/replay/replay_schedule.hpp"
#include "harness/run/run_options.hpp"

namespace tricolour {

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
};
/// A recorded mutation trace once more.
struct ReplayCommand {
  std::filesystem::path file;
  std::string collector;            ///< empty: cycles at fixed points of the trace
  std::string barrier;              ///< empty: each that is sound
  std::string allocate = "auto";
  std::string heap;                 ///< empty: room for everything that the trace allocates
  std::string period;               ///< empty: as ReplaySchedule has it
  std::uint64_t quanta = ReplaySchedule{}.quanta;
  double marking = ReplaySchedule{}.marking;
  bool unsound = false;
  bool json = false;
  bool quiet = false;
};
struct MinheapCommand {
  RunOptions options;
  bool fresh = false;
  bool json = false;
  bool quiet = false;
};
struct SweepCommand {
  std::filesystem::path experiment;
  std::filesystem::path out;  ///< empty: results/local/<name>-<UTC>
  std::optional<std::string> shard;  ///< k/n as typed; nothing: the whole sweep
  bool resume = false;
  bool retry_failed = false;
  bool dry_run = false;
  bool quiet = false;
  std::optional<double> timeout_s;
};
/// Shards of one sweep into one folder.
struct MergeCommand {
  std::vector<std::filesystem::path> folders;
  std::filesystem::path out;
};
struct ExploreCommand {
  std::string barrier;
  std::string protocol = "stopped";
  std::string memory = "sc";
  unsigned mutators = 2;
  unsigned objects = 3;
  unsigned slots = 1;
  unsigned cycles = 2;
  unsigned operations = 2;
  std::string repertoire = "load,store,allocate";
  std::uint64_t budget = exploration::usual_most_states;
  std::filesystem::path html;  ///< empty: no page
  bool json = false;
  bool quiet = false;
};
/// Carried out by the Python package.
struct ReportCommand {
  std::string name;  ///< report, compare or export
  std::vector<std::string> arguments;
};

using Command = std::variant<ListCommand, DoctorCommand, RunCommand, ReplayCommand, MinheapCommand, SweepCommand, MergeCommand,
                             ExploreCommand, ReportCommand>;

int carry_out(const ListCommand& command);
int carry_out(const DoctorCommand& command);
int carry_out(const RunCommand& command);
int carry_out(const ReplayCommand& command);
int carry_out(const MinheapCommand& command);
int carry_out(const SweepCommand& command);
int carry_out(const MergeCommand& command);
int carry_out(const ExploreCommand& command);
int carry_out(const ReportCommand& command);

}  // namespace tricolour
