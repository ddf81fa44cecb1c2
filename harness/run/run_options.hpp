// One run as the user asks for it, before anything is looked up: what the command line fills, a
// sweep's cell holds, and a repeat prints.
//
// Invariant: `plan_run` either returns a plan whose every part exists and fits, or throws
// ConfigurationError with one sentence.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "collectors/marking/registry.hpp"
#include "collectors/registry.hpp"
#include "core/cycle/phase_state.hpp"
#include "core/named.hpp"
#include "core/seams/faults.hpp"
#include "harness/run/instance.hpp"
#include "harness/run/registry.hpp"
#include "harness/run/settings.hpp"
#include "harness/text/quantity.hpp"

namespace tricolour {

using NamedTexts = std::vector<std::pair<std::string, std::string>>;

inline constexpr std::uint64_t default_request_rows = 131'072;

struct RunOptions {
  std::string collector{reference_of(collectors()).name};
  std::string barrier{reference_barrier().name};
  std::string workload;
  std::string heap = "2x";
  unsigned mutators = 1;
  std::string marker = CollectorOptions{}.marker;
  unsigned mark_threads = 1;
  unsigned concurrent_mark_threads = 1;
  std::string sweep{to_string(CollectorOptions{}.sweep)};
  std::string allocate = "auto";
  std::string roots = "auto";
  std::string barrier_arm;  ///< empty: the barrier as it is
  NamedTexts parameters;    ///< --param
  NamedTexts settings;      ///< --set
  std::optional<double> seconds;
  std::optional<std::uint64_t> operations;  ///< of each mutator
  double warmup_s = 0;
  std::uint64_t seed = 42;
  bool pin = false;
  bool verify = false;
  bool unsound = false;
  std::string fault;  ///< --fault, where faults are built
  std::uint64_t request_rows =
      default_request_rows;  ///< of each mutator, in the requests table, at most
};

inline constexpr unsigned most_mutators = 256;
inline constexpr unsigned most_mark_threads = 256;
inline constexpr double default_seconds = 5;
inline constexpr double least_timeout_s = 0.001, most_timeout_s = 1e6;

/// Everything a run is made of. `heap.bytes` is the heap's size unless `multiple` is set: then the
/// caller puts minimum heap times that in.
struct RunPlan {
  const Instance* instance = nullptr;
  const BarrierTraits* barrier =
      nullptr;  ///< as named, also where arm `off` runs the instance without one
  const CollectorInfo* collector = nullptr;
  TunedOptions tuned;
  std::optional<double> multiple;
  Parameters parameters;
  BarrierArm arm = BarrierArm::live;
  unsigned mutators = 1;
  std::optional<double> seconds;
  std::optional<std::uint64_t> operations;
  double warmup_s = 0;
  std::uint64_t seed = 0;
  bool pin = false;
  bool verify = false;
  bool unsound = false;  ///< a pair that loses objects is wanted; implies `verify`
  Fault fault = Fault::none;

  /// The live data in closed form, of all mutators; 0 when there is none.
  std::size_t live_bytes() const;
  /// Sets the heap's size; throws ConfigurationError when the live data do not fit.
  void set_heap_bytes(std::size_t bytes);
};

RunPlan plan_run(const RunOptions& options);

/// Throws ConfigurationError when the workload has no such parameters, or they cannot have these
/// values.
void check_parameters(std::string_view workload, const NamedTexts& given);

/// What --collector, --marker, --sweep, --allocate and --roots name, and whether it fits the
/// barrier. They throw ConfigurationError with what there is.
const CollectorInfo& named_collector(std::string_view name);
const MarkerInfo& named_marker(std::string_view name);
SweepMode named_sweep(std::string_view name);
AllocationColour named_colour(std::string_view name, const CollectorInfo& collector,
                              const BarrierTraits& barrier);
/// True: mutator by mutator.
bool named_roots(std::string_view name, const CollectorInfo& collector);
void check_soundness(const CollectorInfo& collector, const BarrierTraits& barrier,
                     AllocationColour colour, bool ragged_roots = false);

/// The arguments after `tricolour run` that ask for this run.
std::vector<std::string> to_arguments(const RunOptions& options);
/// The command that repeats the run.
std::string to_command(const RunOptions& options);

/// Names and values of everything that distinguishes one cell of an experiment from another, in a
/// fixed order and spelling.
NamedTexts cell_parameters(const RunOptions& options);
/// A stable hash of `cell_parameters`, 16 hexadecimal digits.
std::string cell_hash(const RunOptions& options);

}  // namespace tricolour
