"""What recording costs.

Purpose: the same run with `--record on`, files and all, and with `--record off`, in pairs: the
ratio of throughputs. `latency` in a closed loop is the workload on which recording weighs most, and
on a heap that stays in the processor's cache more than anywhere: a request takes some 0.1 us there,
a third of what it takes in pause-comparison.toml. Such runs are also most alike: with 100 MB of
live data they vary twice as much. `concurrent` with `yuasa` has most events.

What counts as recording is what `--record off` leaves out: events, times by activity, the histogram
of requests and their rows. Not the reading of the clock at the end of a request: the program does
it, recorded or not, as an open loop has to; a request whose end is not looked at is another
program.

Both members of a pair do the same requests: in a timed run one more collection, or one less, would
be a percent.

About noise: many short pairs are interleaved, in an order that alternates. A neighbour's burst
takes half of a run, so the figure is the Hodges-Lehmann estimate with its Wilcoxon interval, for
which an outlier is one rank (Hollander, Wolfe: Nonparametric Statistical Methods). It passes only
when the whole interval is below the bound, so noise can fail it and not pass it.
"""

import shutil
from math import sqrt
from pathlib import Path

import numpy as np
from scipy import stats

from tricolour_report.program.progress import Progress
from tricolour_report.statistics.intervals import CONFIDENCE

from .bounds import STRICT, Bounds
from .checks import Check
from .runs import run

RUN_NOMINAL_S = 0.12
CELLS = {
    "stop_the_world": ["--collector", "stop_the_world", "--barrier", "none"],
    "concurrent": ["--collector", "concurrent", "--barrier", "yuasa"],
}
WORK = ["--workload", "latency", "--param", "live_mb=4", "--heap", "16M"]


def measure(
    binary: Path, scratch: Path, pairs: int, operations: int, progress: Progress
) -> dict[str, dict[str, list[float]]]:
    """Operations per second by cell and by `on` or `off`."""
    found = {name: {"on": [], "off": []} for name in CELLS}
    for pair in range(pairs):
        for name, cell in CELLS.items():
            for record in ("on", "off") if pair % 2 == 0 else ("off", "on"):
                words = [*cell, *WORK, "--operations", operations, "--record", record]
                files = ["--out", scratch / "recorded"] if record == "on" else []
                found[name][record].append(run(binary, [*words, *files])["operations_per_s"])
                shutil.rmtree(scratch / "recorded", ignore_errors=True)
                progress.advance(RUN_NOMINAL_S, "recording on and off")
    return found


def checks(found: dict[str, dict[str, list[float]]], bounds: Bounds = STRICT) -> list[Check]:
    return [
        _check(name, speeds["off"], speeds["on"], bounds.recording)
        for name, speeds in found.items()
    ]


def _check(name: str, off: list[float], on: list[float], most_cost: float) -> Check:
    value, low, high = np.exp(centre(np.log(np.array(off) / np.array(on))))
    request_ns = 1e9 / float(np.median(off))
    return Check(
        name=f"cost of recording, {name}",
        what=f"latency, closed loop, under {name}: throughput with --record off over that with "
        "recording on.",
        expected=f"below {1 + most_cost:.2f}, the whole interval",
        measured=f"{value:.4f}, 95 % interval {low:.4f} to {high:.4f}, {len(off)} pairs; a request "
        f"takes {request_ns:.0f} ns",
        passes=bool(high < 1 + most_cost),
    )


def centre(values: np.ndarray) -> tuple[float, float, float]:
    """The Hodges-Lehmann estimate of the centre of a symmetric distribution, and its 95 % Wilcoxon
    interval (normal approximation)."""
    n = len(values)
    rows, columns = np.triu_indices(n)
    averages = np.sort((values[rows] + values[columns]) / 2)
    reach = stats.norm.ppf(0.5 + CONFIDENCE / 2) * sqrt(n * (n + 1) * (2 * n + 1) / 24)
    outer = max(0, round(n * (n + 1) / 4 - reach))
    return float(np.median(averages)), float(averages[outer]), float(averages[-1 - outer])
