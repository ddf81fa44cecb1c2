// What follows the flags of a command in its help. Each ends with an example that runs in a
// checkout; the later ones continue the earlier ones.
#pragma once

namespace tricolour {

inline constexpr const char* tricolour_footer =
    "Every command explains itself with --help. Examples:\n"
    "  tricolour list barriers\n"
    "  tricolour run --collector concurrent --barrier yuasa --workload gcbench";

inline constexpr const char* list_footer =
    "Example:\n"
    "  tricolour list barriers";

inline constexpr const char* doctor_footer =
    "Example:\n"
    "  tricolour doctor";

inline constexpr const char* run_footer =
    "Exit codes: 0 done; 1 internal error; 2 wrong usage; 3 an object was lost or a self-check "
    "failed; 4 heap exhausted; 5 timeout; 130 interrupted.\n"
    "Example:\n"
    "  tricolour run --collector concurrent --barrier yuasa --workload gcbench";

inline constexpr const char* replay_footer =
    "Without --collector every cycle begins, marks and ends at the same allocations of the trace, "
    "whatever the barrier is, so that floating garbage can be compared.\n"
    "Exit codes: 0 done; 1 internal error; 2 wrong usage, or no trace; 3 an object was lost, or "
    "the replay made another graph than the recorded run; 4 heap exhausted.\n"
    "Example:\n"
    "  tricolour run --workload fifo --operations 2000 --record-mutations fifo.trace\n"
    "  tricolour replay fifo.trace";

inline constexpr const char* minheap_example =
    "Example:\n"
    "  tricolour minheap --workload gcbench";

inline constexpr const char* sweep_footer =
    "EXPERIMENT.toml:\n"
    "  schema = 1, name\n"
    "  [matrix]    collector, barrier, workload, heap; and mutators, marker,\n"
    "              mark_threads, concurrent_mark_threads, sweep, allocate,\n"
    "              barrier_arm: one value or an array. A workload is a name or\n"
    "              { name, seconds, operations, param = { ... } }.\n"
    "              unsound_pairs = \"refuse\" (default) or \"skip\": whether the file\n"
    "              is refused when a collector and a barrier of the matrix lose\n"
    "              objects together, or such pairs are left out\n"
    "  [[exclude]] matrix keys with a value or an array each: cells that match\n"
    "              all of them are left out\n"
    "  [run]       invocations, seconds or operations, warmup_s, seed, timeout_s,\n"
    "              verify, pin, request_rows, set = { \"parameter\" = value },\n"
    "              order = \"randomised-blocks\" (default) or \"as-written\",\n"
    "              baseline = { collector, barrier, ... }: the cell that every\n"
    "              cell is compared with. It names a collector and a barrier; a\n"
    "              matrix key that it does not name has the compared cell's\n"
    "              value. Default: the reference collector and barrier, which\n"
    "              `tricolour minheap --help` names\n"
    "An interrupted sweep continues with --resume, which repeats at most the run that was "
    "interrupted, or on another machine its block.\n"
    "Exit codes: 0 every run is recorded and ok; 2 the file is refused; 3 an invariant was "
    "violated; 7 runs failed; 130 interrupted.\n"
    "Example:\n"
    "  tricolour sweep harness/experiments/quickstart-smoke.toml --out smoke";

inline constexpr const char* merge_footer =
    "Damaged runs, and blocks whose runs are from several machines, are named and left out; "
    "missing runs are named by block.\n"
    "Exit codes: 0 merged; 1 the folder cannot be written; 2 the folders do not belong together, "
    "or hold different runs of one cell and block.\n"
    "Example, after that of `tricolour sweep --help`:\n"
    "  tricolour merge smoke --out merged";

inline constexpr const char* upgrade_footer =
    "A folder is that of a sweep, that of a single run, or a published one (runs.json.gz), which "
    "keeps no tables: figures that version 2 lacked are null there. Runs that cannot be read are "
    "named and left as they were.\n"
    "Exit codes: 0 every run has this version; 1 some were left; 2 no result folder, or in use; "
    "130 interrupted.\n"
    "Example, after that of `tricolour sweep --help`:\n"
    "  tricolour upgrade smoke";

inline constexpr const char* explore_footer =
    "Explores every schedule of every program within the bounds, on the barrier's own source.\n"
    "Exit codes: 0 no object was lost in what was visited; 2 wrong usage; 3 an object was lost.\n"
    "Example:\n"
    "  tricolour explore --barrier yuasa --operations 1 --cycles 1";

}  // namespace tricolour
