"""`.hgrm`: the percentile distribution that HdrHistogram prints and its plotter draws.

Invariants: one file for each run and kind of event, values in microseconds; the text is what the
Java library prints of the same histogram.
"""

from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Callable

from ..read.experiment import Experiment
from . import recorded_times
from .hdr_histogram import SUB_BUCKETS, HdrHistogram
from .runs import file_stem, timed_runs

NS_PER_UNIT = 1000.0


def write(experiment: Experiment, out: Path, progress: Callable[[str], None]) -> None:
    for result, run, _ in timed_runs(experiment, progress):
        stem = f"{file_stem(experiment, result)}-{run.block}"
        for series in (recorded_times.pauses(run), *recorded_times.requests(run)):
            (out / f"{stem}-{series.name}.hgrm").write_text(
                distribution(HdrHistogram(series.lengths, series.weights)), encoding="ascii"
            )


def distribution(histogram: HdrHistogram) -> str:
    lines = [f"{'Value':>12} {'Percentile':>14} {'TotalCount':>10} {'1/(1-Percentile)':>14}", ""]
    for step in histogram.by_percentile():
        value, percentile = _fixed(step.value / NS_PER_UNIT, 3), _fixed(step.percentile / 100.0, 12)
        line = f"{value:>12} {percentile} {step.count:>10}"
        if step.percentile < 100.0:
            line += f" {_fixed(1.0 / (1.0 - step.percentile / 100.0), 2):>14}"
        lines.append(line)
    mean, deviation = (_fixed(value / NS_PER_UNIT, 3) for value in histogram.mean_and_deviation())
    lines += [
        f"#[Mean    = {mean:>12}, StdDeviation   = {deviation:>12}]",
        f"#[Max     = {_fixed(histogram.maximum / NS_PER_UNIT, 3):>12}, Total count    = "
        f"{histogram.total:>12}]",
        f"#[Buckets = {histogram.buckets:>12}, SubBuckets     = {SUB_BUCKETS:>12}]",
    ]
    return "\n".join(lines) + "\n"


def _fixed(value: float, digits: int) -> str:
    """As Java prints it: the shortest decimal that is this number, rounded half up."""
    return format(Decimal(repr(value)).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP), "f")
