"""When a mutator did not run.

Purpose: lengths of pauses, and for each mutator the disjoint intervals in which it was stopped or
worked for the collector.
Invariants: intervals are int64 nanoseconds, sorted, disjoint, inside the measured region. Pauses of
kind `verify` are not pauses of the collector. A pause counts from `stopped_ns`; where its row says
`all`, because there were several mutators, from `request_ns`: the first may have stopped that
early. The number of mutators asked for decides nothing, since they may start others. A mutator is lost
for longer, from its own stop until it really runs again: phase `paused`. Lost are pauses,
handshakes, assists, stalls, and what of the allocation slow path was timed by itself: lazy
sweeping, searches, locks, page faults and the rest of a long one. Blocking counts as run.
"""

import numpy as np
import pandas as pd

SLOW_PATHS = (
    "lazy_sweeping",
    "search",
    "large_object_search",
    "registry_lock",
    "page_fault",
    "run_delay",
    "allocation_slow_path",
)
LOST_PHASES = ("paused", "stall", "assist", "handshake", *SLOW_PATHS)


def pauses_in_region(pauses: pd.DataFrame, start_ns: int, end_ns: int) -> pd.DataFrame:
    """The collector's pauses that touch the region, with added columns `begin_ns` and `length_ns`."""
    begin = np.where(pauses["mutator"] == "all", pauses["request_ns"], pauses["stopped_ns"])
    table = pauses.assign(begin_ns=begin, length_ns=pauses["resume_ns"] - begin)
    inside = (
        (table["resume_ns"] > start_ns) & (table["begin_ns"] < end_ns) & (table["kind"] != "verify")
    )
    return table[inside]


def lost_intervals(
    pauses: pd.DataFrame, phases: pd.DataFrame, mutator: int, start_ns: int, end_ns: int
) -> tuple[np.ndarray, np.ndarray]:
    """(begins, ends) of what mutator `mutator` lost; `pauses` comes from `pauses_in_region`."""
    stopped = pauses[pauses["mutator"].isin(["all", str(mutator)])]
    own = phases[
        (phases["role"] == "mutator")
        & (phases["thread"] == mutator)
        & phases["phase"].isin(LOST_PHASES)
    ]
    begins = np.concatenate(
        [stopped["begin_ns"].to_numpy("int64"), own["begin_ns"].to_numpy("int64")]
    )
    ends = np.concatenate([stopped["resume_ns"].to_numpy("int64"), own["end_ns"].to_numpy("int64")])
    return merge(np.clip(begins, start_ns, end_ns), np.clip(ends, start_ns, end_ns))


def merge(begins: np.ndarray, ends: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The union of intervals as sorted, disjoint, non-empty ones."""
    keep = ends > begins
    begins, ends = begins[keep], ends[keep]
    if not len(begins):
        return begins, ends
    order = np.argsort(begins, kind="stable")
    begins, reach = begins[order], np.maximum.accumulate(ends[order])
    opens = np.concatenate([[True], begins[1:] > reach[:-1]])
    closes = np.concatenate([opens[1:], [True]])
    return begins[opens], reach[closes]
