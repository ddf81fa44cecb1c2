// What stands below the flags of a command in its help.
#pragma once

namespace tricolour {

inline constexpr const char* run_footer =
    "Exit codes: 0 done; 1 internal error; 2 wrong usage; 3 an object was lost or a self-check "
    "failed; 4 heap exhausted; 5 timeout; 130 "
    "interrupted.";

inline constexpr const char* replay_footer =
    "Without --collector every cycle begins, marks and ends at the same allocations of the trace "
    "whatever the barrier, so that floating\n"
    "garbage can be compared. Exit codes: 0 done; 1 internal error; 2 wrong usage, or no trace; 3 "
    "an object was lost, or the replay made\n"
    "another graph than the recorded run; 4 heap exhausted.";

inline constexpr const char* sweep_footer =
    "EXPERIMENT.toml:\n"
    "  schema = 1, name\n"
    "  [matrix]   collector, barrier, workload, heap; and mutators, marker, mark_threads, "
    "concurrent_mark_threads, sweep, allocate,\n"
    "             barrier_arm: one value or an array. A workload is a name or { name, seconds, "
    "operations, param = { ... } }.\n"
    "             unsound_pairs = \"refuse\" (default) or \"skip\": what becomes of a collector "
    "and barrier that lose objects together\n"
    "  [[exclude]] matrix keys with a value or an array each: cells that match all of them are "
    "left out\n"
    "  [run]      invocations, seconds or operations, warmup_s, seed, timeout_s, verify, pin, "
    "request_rows, set = { \"room.name\" = value "
    "},\n"
    "             order = \"randomised-blocks\" or \"as-written\", baseline = { collector, "
    "barrier, ... }: what every cell is compared\n"
    "             with; a matrix key that it does not name is the cell's own\n"
    "A folder that was interrupted goes on with --resume, which repeats at most the run that was "
    "under way, or on another machine the\n"
    "block.\n"
    "Exit codes: 0 every run is there and ok; 2 the file is refused; 3 an invariant was violated; "
    "7 runs failed; 130 interrupted.";

inline constexpr const char* merge_footer =
    "Damaged runs, and blocks whose runs are from several machines, are named and left out; runs "
    "that are missing are told by block.\n"
    "Exit codes: 0 merged; 1 the folder cannot be written; 2 the folders do not belong together, "
    "or hold different runs of one cell\n"
    "and block.";

inline constexpr const char* upgrade_footer =
    "A folder is a sweep's, that of a single run, or a published one (runs.json.gz), which keeps "
    "no tables: figures that version 2\n"
    "lacked are null there. Runs that cannot be read are named and left as they were.\n"
    "Exit codes: 0 every run has this version; 1 some were left; 2 no result folder, or in use; "
    "130 interrupted.";

inline constexpr const char* explore_footer =
    "Explores every schedule of every program within the bounds, on the barrier's own source.\n"
    "Exit codes: 0 no object was lost in what was visited; 2 wrong usage; 3 an object was lost.";

}  // namespace tricolour
