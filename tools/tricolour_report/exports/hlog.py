"""`.hlog`: HdrHistogram's interval log, version 1.3, one histogram a second.

Invariants: one file for each run and kind of event; an event is in the interval in which it ended,
an interval without events has no line. Histograms are in nanoseconds, times in seconds from the
start of the measured region, maxima in milliseconds.
"""

from datetime import datetime, timezone
from pathlib import Path
from typing import Callable

import numpy as np

from ..read.digest import UTC
from ..read.experiment import Experiment
from ..read.sweep_folder import Run
from . import recorded_times
from .hdr_histogram import HdrHistogram
from .recorded_times import Series
from .runs import file_stem, timed_runs

INTERVAL_NS = 1_000_000_000


def write(experiment: Experiment, out: Path, progress: Callable[[str], None]) -> None:
    for result, run, _ in timed_runs(experiment, progress):
        stem = f"{file_stem(experiment, result)}-{run.block}"
        for series in (recorded_times.pauses(run), *recorded_times.requests(run)):
            (out / f"{stem}-{series.name}.hlog").write_text(
                interval_log(run, series), encoding="utf-8"
            )


def interval_log(run: Run, series: Series) -> str:
    began = datetime.strptime(run.record["provenance"]["utc"], UTC).replace(tzinfo=timezone.utc)
    lines = [
        f"#[Logged by tricolour: {series.name}, {run.record['command']}]",
        "#[Histogram log format version 1.3]",
        f"#[StartTime: {began.timestamp():.3f} (seconds since epoch), "
        f"{began:%a %b %d %H:%M:%S UTC %Y}]",
        '"StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram"',
    ]
    rows, total = len(series.weights), int(series.weights.sum())
    if rows < total:
        lines.insert(
            1,
            f"#[of {total} requests the slowest, and a sample that stands for the others: {rows} "
            f"rows]",
        )
    length = run.record["end_ns"] - run.record["start_ns"]
    last = max(0, (length - 1) // INTERVAL_NS)
    interval = np.clip(series.ends // INTERVAL_NS, 0, last)  # a pause may outlast the region
    for number in np.unique(interval).tolist():
        own = interval == number
        histogram = HdrHistogram(series.lengths[own], series.weights[own])
        seconds = (min(length, (number + 1) * INTERVAL_NS) - number * INTERVAL_NS) / 1e9
        lines.append(
            f"{number * INTERVAL_NS / 1e9:.3f},{seconds:.3f},{histogram.maximum / 1e6:.3f},"
            f"{histogram.encoded()}"
        )
    return "\n".join(lines) + "\n"
