"""The answer first: which combination wins what, and by how much.

Purpose: sentences and a small table for the top of the page.
Invariants: a win is claimed only when the 95 % interval of the ratio to the baseline excludes 1 and
there are ENOUGH_INVOCATIONS; an extreme has no interval, so it is told as a figure. A longest value
has two contests, by the least and by the median over runs, and its figure has the greatest too. A
starved cell takes part in none and is in no mean, and against a starved baseline nothing is
claimed. The winner is the best of several, which the page says.
"""

from dataclasses import dataclass
from math import exp, isnan, log, nan
from typing import Callable, Collection

import numpy as np

from ..compare.bystander import floor_sentence, machine_floor
from ..compare.rows import cycles_said, over_runs
from ..compare.unserved import counted
from ..read.experiment import OPEN_LOOP, CellResult, Experiment, shared_values
from ..statistics import intervals
from ..statistics.intervals import Ratio
from ..statistics.metrics import METRICS, Metric
from ..statistics.quantities import measured, ratio


@dataclass(frozen=True)
class Contest:
    """`score` puts a cell's runs together; an open-loop contest is for requests that have a
    schedule, and one that is not is for all else."""

    metric: str
    name: str
    score: Callable[[Collection[float]], float]
    open_loop: bool | None = None

    def of(self, cell: CellResult) -> float:
        """NaN where the cell does not take part."""
        values = list(cell.values(self.metric).values())
        if cell.starved or not values or self.open_loop not in (None, cell.open_loop):
            return nan
        if self.metric.startswith("request") and counted(cell)[0]:
            return nan
        return float(self.score(values))


CONTESTS = [
    Contest("throughput", "most throughput", np.median, open_loop=False),
    Contest("pause_max", "shortest longest pause, least over runs", min),
    Contest("pause_max", "shortest longest pause, median over runs", np.median),
    Contest("mmu_10ms", "best MMU(10 ms), median over runs", np.median),
    Contest("request_p99", "lowest request p99, open loop", np.median, open_loop=True),
    Contest(
        "request_metered_p99", "lowest metered request p99, closed loop", np.median, open_loop=False
    ),
    Contest("request_max", "shortest longest request, median over runs", np.median),
]


@dataclass(frozen=True)
class Win:
    """The best combination of one contest in one setting; `claim` is claimed, exploratory, or
    none."""

    contest: str
    winner: str
    figure: str
    against_baseline: str
    claim: str


@dataclass(frozen=True)
class Answer:
    setting: str
    wins: list[Win]


@dataclass(frozen=True)
class Mean:
    """Geometric mean of throughput ratios over workloads for one combination at one heap. It says
    which `workloads` it is of; the others are `left_out`, each with the reason."""

    combination: str
    collector: str
    barrier: str
    heap: str
    ratio: Ratio
    workloads: list[str]
    left_out: dict[str, str]

    @property
    def text(self) -> str:
        return ratio(self.ratio)

    @property
    def whole(self) -> bool:
        """Only workloads that have no throughput of their own are left out."""
        return set(self.left_out.values()) <= {OPEN_LOOP}

    @property
    def members(self) -> str:
        of = f"{len(self.workloads)} of {len(self.workloads) + len(self.left_out)}"
        without = [f"; without {name}: {why}" for name, why in self.left_out.items()]
        return f"{of}: {', '.join(self.workloads)}{''.join(without)}"


def answers(experiment: Experiment) -> list[Answer]:
    result = []
    for workload in experiment.workloads:
        for heap in experiment.heaps:
            cells = [
                r for r in experiment.results if (r.cell.workload, r.cell.heap) == (workload, heap)
            ]
            wins = [win for contest in CONTESTS if (win := _win(experiment, cells, contest))]
            if wins:
                result.append(Answer(f"{workload}, heap {heap}", wins))
    return result


def _win(experiment: Experiment, cells: list[CellResult], contest: Contest) -> Win | None:
    """The best cell; None when no cell takes part."""
    present = [cell for cell in cells if not isnan(contest.of(cell))]
    if not present or len(cells) < 2:
        return None
    metric = METRICS[contest.metric]
    best = metric.best(present, key=contest.of)
    return Win(
        contest.name, experiment.label(best.cell), _figure(best, metric), *_against(best, contest)
    )


def _figure(cell: CellResult, metric: Metric) -> str:
    """The value that the metric is told by; of a longest one least, median and greatest."""
    if metric.longest:
        return over_runs(cell, metric.name)
    return measured(cell.told(metric.name), metric.unit)


def _against(best: CellResult, contest: Contest) -> tuple[str, str]:
    """(what to say of the baseline, strength of the claim)."""
    metric = METRICS[contest.metric]
    if best.baseline is None:
        return "no baseline in this setting", "none"
    if best.is_baseline:
        return "the baseline itself", "none"
    if best.baseline.starved:
        return starved_text("the baseline", best.baseline), "none"
    left, right = (
        list(side.values()) for side in shared_values(best.baseline, best, contest.metric)
    )
    found = best.ratio(contest.metric)
    if found is None:
        return f"baseline {_figure(best.baseline, metric)}", "none"
    if metric.extreme:
        value = contest.score(right) / contest.score(left)
        strength = "exploratory" if found.exploratory else "figure"
        return f"baseline {_figure(best.baseline, metric)}; {value:.3f} times it", strength
    if not found.differs:
        return f"{ratio(found)} times the baseline: no difference shown", "none"
    if (found.value > 1) != (metric.better == "higher"):
        return f"{ratio(found)} times the baseline", "none"
    return f"{ratio(found)} times the baseline", "exploratory" if found.exploratory else "claimed"


def starved_text(who: str, cell: CellResult) -> str:
    return f"{who} is starved ({cycles_said(cell)}), so nothing is claimed"


def starved(experiment: Experiment) -> list[str]:
    """Which cells are starved, by setting: in a sentence each."""
    found: dict[str, list[str]] = {}
    for result in experiment.results:
        if result.starved:
            name = (
                f"{experiment.label(result.cell)} "
                f"({cycles_said(result)}{', the baseline' if result.is_baseline else ''})"
            )
            found.setdefault(f"{result.cell.workload}, heap {result.cell.heap}", []).append(name)
    return [f"{setting}: {', '.join(names)}" for setting, names in found.items()]


def means(experiment: Experiment) -> list[Mean]:
    """For each combination and heap, best first; the baseline itself has none."""
    groups: dict[tuple[str, str], list[CellResult]] = {}
    for result in experiment.results:
        key = (result.cell.heap, experiment.combination(result.cell))
        groups.setdefault(key, []).append(result)
    found = (_mean(experiment, name, group) for (_, name), group in groups.items())
    return sorted((mean for mean in found if mean), key=lambda mean: -mean.ratio.value)


def _mean(experiment: Experiment, name: str, group: list[CellResult]) -> Mean | None:
    usable, left_out = [], {}
    for result in group:
        if why := _why_left_out(result):
            left_out[experiment.workload_label(result.cell)] = why
        else:
            usable.append(result)
    estimate = usable and intervals.mean_over_workloads_paired(
        [
            intervals.block_log_ratios(r.baseline.values("throughput"), r.values("throughput"))
            for r in usable
        ]
    )
    if not estimate:
        return None
    cell = usable[0].cell
    workloads = [experiment.workload_label(result.cell) for result in usable]
    return Mean(
        name,
        cell.collector,
        cell.barrier,
        cell.heap,
        intervals.ratio(estimate),
        workloads,
        left_out,
    )


def _why_left_out(result: CellResult) -> str:
    """Empty for a cell that counts in a mean of throughput ratios."""
    if result.open_loop:
        return OPEN_LOOP
    if result.is_baseline:
        return "the baseline itself"
    if result.ratio() is None:
        return "no ratio to a baseline" if result.digests else "no timed run"
    return "" if result.fairly_compared else "starved, or against a starved baseline"


def headline(experiment: Experiment) -> list[str]:
    """One sentence for each collector about its best barrier, by throughput, at a heap at which it
    ran the most workloads, and one about the machine's floor."""
    sentences = []
    best: dict[str, Mean] = {}
    for mean in means(experiment):
        known = best.get(mean.collector)
        if mean.whole and (known is None or len(mean.workloads) > len(known.workloads)):
            best[mean.collector] = mean
    for collector, mean in best.items():
        verdict = "" if mean.ratio.differs else " (no difference shown)"
        if mean.ratio.exploratory:
            verdict = " (exploratory: nothing is claimed)"
        does = "has its highest throughput" if mean.ratio.exploratory else "does best"
        sentences.append(
            f"{collector} {does} with {mean.barrier} at heap {mean.heap}: {mean.text} times the "
            f"baseline's throughput{verdict}{_longest_pause(experiment, mean)}."
        )
    if sentences:
        baseline = experiment.sweep.baseline_label
        sentences.insert(
            0,
            f"Against the baseline {baseline}, geometric means over workloads with 95 % intervals:",
        )
    if experiment.timed_runs:
        sentences.append(floor_sentence(machine_floor(experiment)))
    return sentences


def _longest_pause(experiment: Experiment, mean: Mean) -> str:
    """How the longest pauses of a combination compare, over the workloads where both sides paused
    and are not starved."""
    own = [
        r
        for r in experiment.results
        if (experiment.combination(r.cell), r.cell.heap) == (mean.combination, mean.heap)
    ]
    usable = [r for r in own if r.fairly_compared and r.ratio("pause_max") is not None]
    if not usable:
        return ""
    by = {}
    for name, score in (("least", min), ("median", np.median), ("greatest", max)):
        sides = [shared_values(r.baseline, r, "pause_max") for r in usable]
        logs = [
            log(score(list(right.values())) / score(list(left.values()))) for left, right in sides
        ]
        by[name] = exp(sum(logs) / len(logs))
    times = ", ".join(f"{value:.2g} ({name})" for name, value in by.items())
    return f", its longest pause {times} times the baseline's over runs"
