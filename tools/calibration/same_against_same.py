"""A cell against itself: the intervals of `compare` must contain 1 as often as they say.

Purpose: many real runs of one cell are drawn into two pseudo-cells, thousands of times, and
compared by the functions that `compare` uses. There is no difference, so 95 % of the intervals
contain 1.

How it is drawn. What is drawn must have a true ratio of exactly 1 and the variance that the
interval is told, though the pool is finite:
- paired (two cells of one folder): two runs that followed each other are a pair, as the runs of a
  block are, so that drift of the machine hits both. A trial takes n pairs and gives each pair's two
  runs to the two cells by the toss of a coin. The coin makes the difference symmetric about 0
  whatever the pool, and tosses are independent, so drawing pairs without replacement biases
  nothing. Drawing runs with replacement would compare runs with themselves and throw the pairing
  away.
- unpaired (two folders): a trial takes 2 n runs without replacement and deals them out, n to each
  cell. The two means are then negatively correlated, by exactly as much as the finite pool makes
  each vary less: the variance of their difference is that of two independent samples.

About noise: the cell has one thread, so that a machine with two cores does not disturb itself, and
its runs are so long that a neighbour's bursts average out. A pool with outliers makes t intervals
too long, not too short: coverage above the band says that the machine was not quiet.
"""

import subprocess
from collections import Counter
from math import sqrt
from pathlib import Path
from types import SimpleNamespace

import numpy as np

from tricolour_report.program.process import tell
from tricolour_report.program.progress import Progress
from tricolour_report.read.experiment import CellResult, load_experiment, paired_ratio
from tricolour_report.read.sweep_folder import Cell
from tricolour_report.statistics import intervals

from .bounds import STRICT, Bounds
from .checks import Check, percent
from .runs import RunFailed

METRIC = "throughput"
INVOCATIONS = (10, 20)
RUN_NOMINAL_S = 4.2
EXPERIMENT = """schema = 1
name = "one cell, again and again"

[matrix]
collector = "{collector}"
barrier = "yuasa"
workload = {{ name = "latency", seconds = {seconds}, param = {{ live_mb = 4 }} }}
heap = "16M"

[run]
invocations = {runs}
warmup_s = 0.05
seed = 42
request_rows = 1000
timeout_s = 60
baseline = {{ collector = "{collector}", barrier = "yuasa" }}
"""


def measure(
    binary: Path, scratch: Path, collector: str, runs: int, seconds: float, progress: Progress
) -> CellResult:
    """The one cell of a sweep of `runs` runs, in the order in which they ran."""
    file, folder = scratch / f"{collector}.toml", scratch / collector
    text = EXPERIMENT.format(collector=collector, runs=runs, seconds=seconds)
    file.write_text(text, encoding="utf-8")
    words = [binary, "sweep", file, "--out", folder]
    with subprocess.Popen(
        words,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
    ) as sweep:
        said = ""
        for line in sweep.stderr:
            said += line
            if line.startswith("["):
                progress.advance(RUN_NOMINAL_S, "a cell against itself")
    if sweep.returncode != 0:
        raise RunFailed(f"tricolour sweep: exit {sweep.returncode}\n{said[-2000:]}")
    return load_experiment(folder, tell).results[0]


def coverage(values: list[float], invocations: int, trials: int, paired: bool, seed: int) -> float:
    """The share of `trials` whose interval contains 1; `values` in the order of the runs."""
    random = np.random.default_rng(seed)
    draw = _draw_pairs if paired else _deal
    held = 0
    for _ in range(trials):
        base, other = draw(np.array(values), invocations, random)
        found = (
            _paired(base, other)
            if paired
            else intervals.ratio(intervals.unpaired(list(base), list(other)))
        )
        held += not found.differs
    return held / trials


def checks(values: list[float], trials: int, bounds: Bounds = STRICT) -> list[Check]:
    least, most = bounds.coverage
    found = {
        (paired, n): coverage(values, n, trials, paired, seed=n)
        for paired in (True, False)
        for n in INVOCATIONS
    }
    spread = float(np.std(np.log(values), ddof=1))
    error = sqrt(0.95 * 0.05 / trials)
    return [
        Check(
            name=f"same against same, {'paired' if paired else 'unpaired'}, n = {n}",
            what=f"Runs of one cell, drawn {trials} times into two cells of {n} and compared: the "
            f"95 % interval of {METRIC} contains 1.",
            expected=f"in {percent(least, 0)} to {percent(most, 0)}",
            measured=f"{percent(share, 2)} (standard error {percent(error, 2)}; pool of "
            f"{len(values)} runs that vary by {percent(spread)})",
            passes=bool(least <= share <= most),
        )
        for (paired, n), share in found.items()
    ]


def _draw_pairs(
    values: np.ndarray, n: int, random: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    pairs = values[: len(values) // 2 * 2].reshape(-1, 2)
    drawn = pairs[random.choice(len(pairs), n, replace=False)]
    swapped = random.integers(0, 2, n).astype(bool)
    drawn[swapped] = drawn[swapped][:, ::-1]
    return drawn[:, 0], drawn[:, 1]


def _deal(values: np.ndarray, n: int, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    drawn = random.choice(values, 2 * n, replace=False)
    return drawn[:n], drawn[n:]


def _paired(base: np.ndarray, other: np.ndarray) -> intervals.Ratio:
    return paired_ratio(_pseudo_cell(base), _pseudo_cell(other), METRIC)


def _pseudo_cell(values: np.ndarray) -> CellResult:
    digests = [
        SimpleNamespace(block=block, metrics={METRIC: value}) for block, value in enumerate(values)
    ]
    return CellResult(Cell("drawn", {}), digests, [], Counter(), 0)
