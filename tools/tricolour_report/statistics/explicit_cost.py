"""Wall time that collection certainly cost.

Purpose: the time in which every mutator was paused, stalled or assisting, which is the explicit wall cost of the
lower-bound overhead (Cai et al. 2022).
Invariants: never more than the cost, since more would break the bound: a stop of all mutators counts from the moment
the last had stopped, and a moment in which any mutator ran, swept lazily or was blocked does not count.
"""

import numpy as np
import pandas as pd

from .lost_time import merge

EXPLICIT_PHASES = ("stall", "assist")


def explicit_wall_cost(
    pauses: pd.DataFrame, phases: pd.DataFrame, mutators: int, start_ns: int, end_ns: int
) -> int:
    """Nanoseconds of the region in which all `mutators` were kept from running; `pauses` comes from `pauses_in_region`."""
    own = phases[(phases["role"] == "mutator") & phases["phase"].isin(EXPLICIT_PHASES)]
    begins, ends = [], []
    for mutator in range(mutators):
        stopped = pauses[pauses["mutator"].isin(["all", str(mutator)])]
        worked = own[own["thread"] == mutator]
        begin = np.concatenate(
            [stopped["stopped_ns"].to_numpy("int64"), worked["begin_ns"].to_numpy("int64")]
        )
        end = np.concatenate(
            [stopped["resume_ns"].to_numpy("int64"), worked["end_ns"].to_numpy("int64")]
        )
        begin, end = merge(np.clip(begin, start_ns, end_ns), np.clip(end, start_ns, end_ns))
        begins.append(begin)
        ends.append(end)
    return _time_at_depth(np.concatenate(begins), np.concatenate(ends), mutators)


def _time_at_depth(begins: np.ndarray, ends: np.ndarray, depth: int) -> int:
    """Total time in which `depth` of the intervals overlap."""
    if not len(begins):
        return 0
    times = np.concatenate([begins, ends])
    order = np.argsort(times, kind="stable")
    reached = np.cumsum(np.repeat([1, -1], len(begins))[order])
    return int(np.diff(times[order])[reached[:-1] == depth].sum())
