// A run in words: the key figures for a reader, and one line per cycle for `--log cycles`.
#pragma once

#include <string>

#include "harness/run/execution.hpp"

namespace tricolour {

/// "gcbench under concurrent, yuasa; heap 34.0 MiB (2x); 1 mutator; seed 42".
std::string headline(const RunOptions& options, const RunPlan& plan);
/// The key figures, aligned, several lines.
std::string key_figures(const RunPlan& plan, const Outcome& outcome);
/// One line per collection of the whole run.
std::string cycle_log(const Outcome& outcome);

}  // namespace tricolour
