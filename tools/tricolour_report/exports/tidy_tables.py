"""Tidy CSV: one observation a row, with the cell's coordinates in columns of their own.

Purpose: `runs.csv` (a row for each run and metric), `lower_bound_overhead.csv` and `pauses.csv`,
for data frames.
Invariant: the first two are what `tricolour report` writes into the sweep's folder; `pauses.csv`
holds the region's pauses only, in ns from its start.
"""

from pathlib import Path
from typing import Callable

import pandas as pd

from ..compare.lower_bound_overhead import overhead_table
from ..compare.tidy import tidy_table
from ..read.counted_pauses import read_counted_pauses
from ..read.experiment import Experiment
from ..read.sweep_folder import Run
from .runs import timed_runs

PAUSE_COLUMNS = [
    "cycle",
    "kind",
    "cause",
    "mutator",
    "begin_ns",
    "length_ns",
    "time_to_safepoint_ns",
    "thread_cpu_ns",
    "heap_before",
    "heap_after",
]


def write(experiment: Experiment, out: Path, progress: Callable[[str], None]) -> None:
    tidy_table(experiment).to_csv(out / "runs.csv", index=False)
    overhead_table(experiment).to_csv(out / "lower_bound_overhead.csv", index=False)
    pauses = [_pauses(run) for _, run, _ in timed_runs(experiment, progress)]
    pd.concat(pauses, ignore_index=True).to_csv(out / "pauses.csv", index=False)


def _pauses(run: Run) -> pd.DataFrame:
    start = run.record["start_ns"]
    table = read_counted_pauses(run.folder)
    table = table.assign(
        begin_ns=table["begin_ns"] - start,
        time_to_safepoint_ns=table["stopped_ns"] - table["request_ns"],
    )[PAUSE_COLUMNS]
    for place, (name, value) in enumerate(
        {"cell": run.cell.hash, "block": run.block, **run.cell.parameters}.items()
    ):
        table.insert(place, name, value)
    return table
