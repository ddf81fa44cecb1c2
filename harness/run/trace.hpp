// The timeline of a run, for Perfetto (ui.perfetto.dev) and Chrome's trace viewer.
//
// Purpose: the recorded events in the Trace Event Format (JSON): a row for each thread that emitted
// any, with what kept its mutator from running, the pauses it requested and the phases it ran; a
// row with the measured region; heap use and trigger as counters.
//
// `tricolour export --format perfetto` (tools/tricolour_report/exports/perfetto.py) writes the same
// names, arguments and units from a run's tables; harness/run/trace_test.py holds the two together.
//
// Invariant: slices of one row nest: a thread reports an interval when it ends, and its intervals
// are scopes. Source: Trace Event Format, Google; complete ("X"), counter ("C") and metadata ("M")
// events; times in microseconds.
#pragma once

#include <string>

#include "harness/run/execution.hpp"

namespace tricolour {

/// `command` repeats the run; it stands in the file's `otherData`, with `origin_ns`, the
/// CLOCK_MONOTONIC time of `ts` 0.
std::string timeline(const Outcome& outcome, const std::string& command);

}  // namespace tricolour
