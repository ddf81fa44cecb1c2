"""What a run recorded of pauses and requests, as moments and lengths.

Invariants: times are nanoseconds from the start of the measured region; an event belongs to the
moment it ended. Requests are the rows of the run's table, each with the number of requests that it
stands for as its weight.
"""

from dataclasses import dataclass

import numpy as np

from ..read.counted_pauses import read_counted_pauses
from ..read.sweep_folder import Run
from ..read.tables import read_table


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
    start = run.record["start_ns"]
    table = read_counted_pauses(run.folder)
    begins, ends = (table[name].to_numpy("int64") - start for name in ("begin_ns", "resume_ns"))
    return Series("pauses", begins, ends, ends - begins, np.ones(len(begins), dtype="int64"))


def requests(run: Run) -> list[Series]:
    """One series for each kind of latency, or none: simple, intended where there is a schedule, and
    metered."""
    table = read_table(run.folder, "requests").sort_values(
        "intended_ns", kind="stable", ignore_index=True
    )
    if table.empty:
        return []
    scheduled, begun, ended = (
        table[name].to_numpy("int64") for name in ("intended_ns", "start_ns", "end_ns")
    )
    forms = {"simple": ended - begun}
    if (scheduled != begun).any():
        forms["intended"] = ended - scheduled
    for name in ("metered_100ms", "metered_full"):
        forms[name] = table[f"{name}_ns"].to_numpy("int64")
    start = run.record["start_ns"]
    return [
        Series(
            f"requests_{name}",
            (begun if name == "simple" else scheduled) - start,
            ended - start,
            lengths,
            table["weight"].to_numpy("int64"),
        )
        for name, lengths in forms.items()
    ]
