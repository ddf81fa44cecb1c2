"""Request latencies as the CSV files that DaCapo Chopin's harness writes with its option for
latencies.

Purpose: `dacapo-latency-usec-<kind>-<iteration>.csv` in a folder for each cell; an invocation takes
the place of an iteration.
Invariants: a line is a request's start and its start plus its latency, in whole microseconds from
the start of the measured region, rounded down as DaCapo does; no header. `simple` and `metered`
(over the whole run) are DaCapo's kinds; `intended` and `metered_100ms` have no file there. A line
is written as often as its row stands for requests, so that a reader who counts lines counts
requests.
"""

from pathlib import Path
from typing import Callable

from ..program.errors import UsageProblem
from ..read.experiment import Experiment
from . import recorded_times
from .recorded_times import Series
from .runs import file_stem, timed_runs

KINDS = {
    "requests_simple": "simple",
    "requests_intended": "intended",
    "requests_metered_100ms": "metered_100ms",
    "requests_metered_full": "metered",
}


def write(experiment: Experiment, out: Path, progress: Callable[[str], None]) -> None:
    """Raises UsageProblem when no run recorded a request."""
    written = 0
    for result, run, _ in timed_runs(experiment, progress):
        for series in recorded_times.requests(run):
            place = out / file_stem(experiment, result)
            place.mkdir(exist_ok=True)
            name = f"dacapo-latency-usec-{KINDS[series.name]}-{run.block}.csv"
            (place / name).write_text(latency_lines(series), encoding="ascii")
            written += 1
    if not written:
        raise UsageProblem(f"no run of {experiment.sweep.folder} recorded a request")


def latency_lines(series: Series) -> str:
    starts = series.begins // 1000
    ends = starts + series.lengths // 1000
    rows = zip(starts.tolist(), ends.tolist(), series.weights.tolist())
    return "".join(f"{start}, {end}\n" * weight for start, end, weight in rows)
