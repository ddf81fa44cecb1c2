"""A whole sweep: every run digested, every cell set against its baseline.

Purpose: the one data model behind the page, the terminal summary, summary.csv and `compare`.
Invariants: `digests` hold timed runs only (status ok, not verified). Every cell of the index has a
`CellResult`, also one whose every run failed. Ratios are paired by block with the baseline cell of
the same workload, and of the same heap and mutators unless the baseline names its own. The values
beside a ratio are those of the same runs, and their quotient is the ratio. A starved cell, a run of
which had fewer than ENOUGH_CYCLES cycles, hardly collected: it wins nothing, neither as a cell nor
as a baseline.
"""

import re
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Callable, Collection, Iterable

import numpy as np

from ..program.errors import DamagedRun
from ..program.parallel import share_out
from ..statistics import intervals, quantiles
from ..statistics.intervals import Ratio
from ..statistics.metrics import METRICS
from .digest import Digest, digest_published, digest_run
from .published import read_metrics
from .sweep_folder import MAIN_KEYS, Cell, Run, Skipped, Sweep, of_workload, open_sweep

ENOUGH_CYCLES = 3
OPEN_LOOP = "an open loop, whose rate was asked for"  # why a cell has no throughput of its own
HEAP = re.compile(
    r"([0-9]+\.?[0-9]*|\.[0-9]+)(x|B|[KMGTkmgt](?:i|B|iB)?|)"
)  # as `tricolour run --heap` reads it


@dataclass(frozen=True)
class OverRuns:
    """A longest value over the runs of a cell: what the collector can do, and what it does."""

    least: float
    median: float
    greatest: float


@dataclass
class CellResult:
    """One cell with its timed runs; `statuses` counts all its runs, failed ones included."""

    cell: Cell
    digests: list[Digest]
    runs: list[Run]
    statuses: Counter
    never_ran: int
    is_baseline: bool = False
    baseline: "CellResult | None" = None

    def values(self, metric: str) -> dict[int, float]:
        """The metric by block, without runs that have no such value."""
        pairs = ((digest.block, digest.metrics[metric]) for digest in self.digests)
        return {block: value for block, value in pairs if not np.isnan(value)}

    def middle(self, metric: str) -> float:
        """Median over invocations; NaN without values."""
        values = list(self.values(metric).values())
        return float(np.median(values)) if values else float("nan")

    def told(self, metric: str) -> float:
        """The median over invocations, the least of a longest value; NaN without values."""
        return METRICS[metric].over_runs(self.values(metric).values())

    def over_runs(self, metric: str) -> OverRuns | None:
        values = list(self.values(metric).values())
        return OverRuns(min(values), float(np.median(values)), max(values)) if values else None

    @property
    def cycles(self) -> tuple[int, int]:
        """Fewest and most in a timed run; (0, 0) without one."""
        counts = [digest.record["cycles"] for digest in self.digests]
        return min(counts, default=0), max(counts, default=0)

    @property
    def starved(self) -> bool:
        """A timed run had too few cycles to say what the collector costs."""
        return bool(self.digests) and self.cycles[0] < ENOUGH_CYCLES

    @property
    def open_loop(self) -> bool:
        """Requests came by a schedule, so throughput and wall time are what was asked for."""
        return any(
            (digest.record["requests"] or {}).get("from") == "intended" for digest in self.digests
        )

    @property
    def fairly_compared(self) -> bool:
        """Neither this cell nor its baseline is starved, so a ratio of the two may count for
        either."""
        return not self.starved and not (self.baseline and self.baseline.starved)

    def pooled_pauses(self, kind: str | None = None) -> np.ndarray:
        parts = [
            d.all_pauses if kind is None else d.pauses.get(kind, np.zeros(0)) for d in self.digests
        ]
        return np.concatenate([np.zeros(0), *parts])

    @property
    def tail(self) -> tuple[float, float] | None:
        return quantiles.tail(self.pooled_pauses())

    @property
    def fallback_share(self) -> float:
        """Share of all cycles of all runs; NaN where no cycle ran."""
        cycles = sum(d.record["cycles"] for d in self.digests)
        return sum(d.record["fallbacks"] for d in self.digests) / cycles if cycles else float("nan")

    @property
    def failures(self) -> dict[str, int]:
        return {status: count for status, count in self.statuses.items() if status != "ok"}

    def ratio(self, metric: str = "throughput") -> Ratio | None:
        """This cell over its baseline, paired by block; None without a common block or with a value
        of 0."""
        if self.baseline is None:
            return None
        return paired_ratio(self.baseline, self, metric)


@dataclass
class Experiment:
    sweep: Sweep
    results: list[CellResult]
    verified: list[Run]
    skipped: list[Skipped]

    @property
    def workloads(self) -> list[str]:
        return list(dict.fromkeys(result.cell.workload for result in self.results))

    @property
    def heaps(self) -> list[str]:
        return sorted({result.cell.heap for result in self.results}, key=heap_order)

    @property
    def extra_keys(self) -> list[str]:
        """Parameters beyond the main four in which cells of one collector, barrier, workload and
        heap differ."""
        groups: dict[tuple, list[Cell]] = {}
        for result in self.results:
            groups.setdefault(tuple(result.cell.parameters[k] for k in MAIN_KEYS), []).append(
                result.cell
            )
        keys = {key for cells in groups.values() for cell in cells for key in cell.parameters}
        return sorted(
            key
            for key in keys
            if any(
                len({cell.parameters.get(key) for cell in cells}) > 1 for cells in groups.values()
            )
        )

    def label(self, cell: Cell) -> str:
        """`collector + barrier`, with the extra coordinates where cells would else share a
        label."""
        return self._with_extras(f"{cell.collector} + {cell.barrier}", cell, self.extra_keys)

    def barrier_label(self, cell: Cell, but: Collection[str] = ()) -> str:
        """The label among the cells of its collector, `but` these keys are the same."""
        keys = [key for key in self.extra_keys if key not in but]
        return self._with_extras(cell.barrier, cell, keys)

    def combination(self, cell: Cell) -> str:
        """The label without what the workload has of its own, so that workloads share it."""
        keys = [key for key in self.extra_keys if not of_workload(key)]
        return self._with_extras(f"{cell.collector} + {cell.barrier}", cell, keys)

    def workload_label(self, cell: Cell) -> str:
        """The workload, with what of its own is not the same in all its cells."""
        return self._with_extras(cell.workload, cell, filter(of_workload, self.extra_keys))

    @staticmethod
    def _with_extras(name: str, cell: Cell, keys: Iterable[str]) -> str:
        extra = [f"{key}={cell.parameters[key]}" for key in keys if key in cell.parameters]
        return " ".join([name, *extra])

    @property
    def timed_runs(self) -> int:
        return sum(len(result.digests) for result in self.results)


def shared_values(
    base: CellResult, other: CellResult, metric: str
) -> tuple[dict[int, float], dict[int, float]]:
    """The values of both sides in the blocks that both have."""
    left, right = base.values(metric), other.values(metric)
    blocks = sorted(left.keys() & right.keys())
    return {block: left[block] for block in blocks}, {block: right[block] for block in blocks}


def paired_ratio(base: CellResult, other: CellResult, metric: str) -> Ratio | None:
    """Paired ratio other/base; an extreme gets the ratio of what is told of either side's runs, and
    no interval."""
    left, right = shared_values(base, other, metric)
    if not left or min(*left.values(), *right.values()) <= 0:
        return None
    if METRICS[metric].extreme:
        return extreme_ratio(metric, left.values(), right.values())
    return intervals.ratio(intervals.paired(left, right))


def extreme_ratio(metric: str, base: Collection[float], other: Collection[float]) -> Ratio:
    told = METRICS[metric].over_runs
    return Ratio(told(other) / told(base), float("nan"), float("nan"), min(len(base), len(other)))


def behind_ratio(metric: str, values: Collection[float]) -> float:
    """What of some runs is divided in a ratio: the geometric mean, of an extreme what is told of
    it."""
    if METRICS[metric].extreme or not values:
        return METRICS[metric].over_runs(values)
    return float(np.exp(np.mean(np.log(list(values))))) if min(values) > 0 else float("nan")


def heap_order(heap: str) -> tuple:
    """Multiples by their number first, then sizes by their bytes (64M before 256M before 1G), then
    what is neither, as text."""
    size = HEAP.fullmatch(heap)
    if size is None:
        return (2, 0.0, heap)
    number, unit = float(size[1]), size[2] or "B"
    return (
        (0, number, heap)
        if unit == "x"
        else (1, number * 1024 ** ("KMGT".find(unit[0].upper()) + 1), heap)
    )


def load_experiment(
    folder: Path,
    progress: Callable[[str], None],
    wanted: Callable[[Cell], bool] = lambda cell: True,
) -> Experiment:
    """Open the sweep and digest the timed runs of the wanted cells; damaged runs are told through
    `progress` and skipped."""
    sweep = open_sweep(folder)
    skipped = list(sweep.skipped)
    digests: dict[str, list[Digest]] = {}
    whole: list[Run] = []
    runs = [run for run in sweep.runs if wanted(run.cell)]
    if sweep.published:
        outcomes = _digest_published(runs, read_metrics(folder))
    else:
        outcomes = share_out(_attempt, runs)
    for run, outcome in zip(runs, outcomes):
        if isinstance(outcome, str):
            skipped.append(Skipped(str(run.folder.relative_to(folder)), outcome))
            continue
        whole.append(run)
        if outcome is not None:
            digests.setdefault(run.cell.hash, []).append(replace(outcome, record=run.record))
    for one in skipped:
        progress(f"skipped {folder / one.place}: {one.reason}")
    results = [_result(sweep, cell, digests, whole) for cell in sweep.cells if wanted(cell)]
    _attach_baselines(results, sweep.baseline)
    return Experiment(sweep, results, [run for run in whole if run.verified], skipped)


def _digest_published(
    runs: list[Run], metrics: dict[tuple[str, int], dict[str, float]]
) -> Iterable[Digest | str | None]:
    for run in runs:
        try:
            yield digest_published(
                run, metrics.get((run.cell.hash, run.block))
            ) if run.timed else None
        except DamagedRun as damage:
            yield str(damage)


def _attempt(run: Run) -> Digest | str | None:
    """The digest of a run, None when it is not timed, or what is wrong with it. It goes without its
    record, which is most of it and is here already."""
    try:
        return replace(digest_run(run), record={}) if run.timed else None
    except DamagedRun as damage:
        return str(damage)


def _result(
    sweep: Sweep, cell: Cell, digests: dict[str, list[Digest]], runs: Iterable[Run]
) -> CellResult:
    own = [run for run in runs if run.cell is cell]
    listed = sum(run.cell is cell for run in sweep.runs) + sum(
        f"/{cell.hash}/" in s.place for s in sweep.skipped
    )
    statuses = Counter(run.status for run in own)
    return CellResult(
        cell, digests.get(cell.hash, []), own, statuses, max(0, sweep.invocations - listed)
    )


def _attach_baselines(results: list[CellResult], baseline: dict[str, str]) -> None:
    candidates = [
        result for result in results if baseline.items() <= result.cell.parameters.items()
    ]
    setting = [key for key in ("workload", "heap", "mutators") if key not in baseline]
    for result in results:
        same_setting = [
            c
            for c in candidates
            if all(c.cell.parameters.get(k) == result.cell.parameters.get(k) for k in setting)
        ]
        if same_setting:
            result.baseline = max(
                same_setting, key=lambda c: _shared_parameters(c.cell, result.cell)
            )
            result.is_baseline = result.baseline is result


def _shared_parameters(one: Cell, other: Cell) -> int:
    return len(one.parameters.items() & other.parameters.items())
