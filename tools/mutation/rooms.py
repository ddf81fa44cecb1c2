"""Which sources are mutated, and to which room they belong.

Purpose: the shipped code of the garbage collector and of what measures it. What only tests use, or
what does nothing in the build that is mutated, is left out: a mutant there would be equivalent.
"""

import re
from pathlib import Path

ROOMS = ("core", "barriers", "collectors", "harness")
STATISTICS = (
    "bystander cycle_estimate event_figures figures figures_json histogram lost_time pass"
    " pause_figures performance_counters quantile_curve ranked recorded_run recorder"
    " request_figures request_latency request_log run_json run_text slowest_requests table_reader"
    " tables taken_time tally upgraded_run utilisation waits"
).split()
# Of other build flavours, for tests, or without effect on what is computed.
LEFT_OUT = re.compile(
    r"core/exploration/.*"
    r"|core/(seams/(faults|schedule_\w+|injected_\w+)|barrier/barrier_counts"
    r"|heap/poison|mutator/(instrumented_context|obtained_references)|observe/probes"
    r"|threads/owner_process|build_flavour|sanitizers|spin)\W.*"
    r"|barriers/none\W.*"
    r"|.*_(test|bench)\.\w+"
)
# A parameter that the explorer replaces: orders stated in such a source are model-checked.
_EXPLORED = re.compile(r"template <class M, class Write>|template <class> class Atomic")


def sources(root: Path) -> list[str]:
    """Paths of the sources to mutate, relative to `root`, in a fixed order."""
    found = []
    for room in ROOMS:
        for path in sorted((root / room).rglob("*")):
            name = path.relative_to(root).as_posix()
            if (
                path.suffix in (".cpp", ".hpp")
                and not LEFT_OUT.fullmatch(name)
                and _in_scope(room, path)
            ):
                found.append(name)
    return found


def _in_scope(room: str, path: Path) -> bool:
    return room != "harness" or path.stem in STATISTICS


def room_of(name: str) -> str:
    return name.split("/")[0]


def is_explored(text: str) -> bool:
    return _EXPLORED.search(text) is not None
