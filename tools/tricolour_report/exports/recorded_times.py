"""What a run recorded of pauses and requests, as moments and lengths.

Invariants: times are nanoseconds from the start of the measured region; an event belongs to the moment it ended. Requests
are the rows of the run's table, each with the number of requests that it stands for as its weight.
"""

from dataclasses import dataclass

import numpy as np

from ..read.sweep_folder import Run
from ..read.tables import read_table
from ..statistics.lost_time import pauses_in_region
from ..statistics.request_latency import latencies, weights_of


@dataclass(frozen=True)
class Series:
    """Events of one kind: `begins` (scheduled, where there is a schedule), `ends` and `lengths` in
    ns; each counts `weights` times."""

    name: str
    begins: np.ndarray
    ends: np.ndarray
    lengths: np.ndarray
    weights: np.ndarray


def pauses(run: Run) -> Series:
    """The pauses of all kinds in the region, as the report counts them."""
    start, end = run.record["start_ns"], run.record["end_ns"]
    table = pauses_in_region(read_table(run.folder, "pauses"), start, end)
    begins, ends = (table[name].to_numpy("int64") - start for name in ("begin_ns", "resume_ns"))
    return Series("pauses", begins, ends, ends - begins, np.ones(len(begins), dtype="int64"))


def requests(run: Run) -> list[Series]:
    """One series for each kind of latency, or none: simple, intended where there is a schedule, and metered."""
    table = read_table(run.folder, "requests").sort_values(
        "intended_ns", kind="stable", ignore_index=True
    )
    if table.empty:
        return []
    start = run.record["start_ns"]
    begins = {"simple": table["start_ns"].to_numpy("int64") - start}
    scheduled = table["intended_ns"].to_numpy("int64") - start
    ends = table["end_ns"].to_numpy("int64") - start
    return [
        Series(
            f"requests_{name}",
            begins.get(name, scheduled),
            ends,
            np.rint(lengths).astype("int64"),
            weights_of(table),
        )
        for name, lengths in latencies(table).items()
    ]
