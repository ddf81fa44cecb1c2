// The minimum heap of a workload: what `--heap 2x` multiplies.
//
// Purpose: found by bisection over child processes of this binary, and remembered by workload,
// parameters, mutators and build in the user's cache folder. Invariant: the answer lies within a
// block, or one part in a hundred, above the least heap in which the trial succeeds.
#pragma once

#include <filesystem>
#include <optional>

#include "harness/run/run_options.hpp"

namespace tricolour {

/// `options` under what the lists declare as reference, which defines a workload's minimum heap.
RunOptions minimum_heap_definition(const RunOptions& options);
/// Of the workload, parameters and mutators in `options`, under that definition, in bytes.
/// Says on standard error that it is measuring, unless `quiet` or known. Throws ConfigurationError
/// when no heap that the machine has is enough.
std::size_t minimum_heap_of(const RunOptions& options, bool quiet);
/// The same as far as it is known; measures nothing.
std::optional<std::size_t> remembered_minimum_heap_of(const RunOptions& options);

/// The same for the collector, barrier, marker and sweep in `options`. `fresh`: measures also when
/// known.
std::size_t minimum_heap_under(const RunOptions& options, bool quiet, bool fresh);

struct MinheapCommand {
  RunOptions options;
  bool fresh = false;
  bool json = false;
  bool quiet = false;
};
/// Returns the process's exit code. Throws ConfigurationError and OutputError.
int carry_out(const MinheapCommand& command);

}  // namespace tricolour
