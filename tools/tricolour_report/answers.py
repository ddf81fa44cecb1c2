"""The answer first: which combination wins what, and by how much.

Purpose: sentences and a small table for the top of the page.
Invariants: a win is claimed only when the 95 % interval of the ratio to the baseline excludes 1 and there are
ENOUGH_INVOCATIONS; an extreme has no interval, so it is told as a figure over the runs that the machine disturbed
least. The winner is the best of several, which the page says.
"""

from dataclasses import dataclass
from math import exp, isnan, log

from . import intervals
from .experiment import CellResult, Experiment
from .intervals import Ratio
from .metrics import METRICS
from .quantities import duration, measured, ratio

CONTESTS = {
    "throughput": "most throughput", "pause_max": "shortest longest pause", "mmu_10ms": "best MMU(10 ms)",
    "request_metered_p99": "lowest metered request p99",
}


@dataclass(frozen=True)
class Win:
    """The best combination of one contest in one setting; `claim` is claimed, exploratory, or none."""

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
    """Geometric mean of throughput ratios over workloads for one combination at one heap."""

    combination: str
    collector: str
    barrier: str
    heap: str
    ratio: Ratio
    workloads: int
    all_workloads: int

    @property
    def text(self) -> str:
        return ratio(self.ratio)


def answers(experiment: Experiment) -> list[Answer]:
    result = []
    for workload in experiment.workloads:
        for heap in experiment.heaps:
            cells = [r for r in experiment.results if (r.cell.workload, r.cell.heap) == (workload, heap)]
            wins = [win for metric in CONTESTS if (win := _win(experiment, cells, metric))]
            if wins:
                result.append(Answer(f"{workload}, heap {heap}", wins))
    return result


def _win(experiment: Experiment, cells: list[CellResult], metric: str) -> Win | None:
    """The best cell by median (by the least disturbed run for an extreme); None when no cell has the metric."""
    kind = METRICS[metric]
    score = CellResult.least_disturbed if kind.extreme else CellResult.middle
    present = [cell for cell in cells if not isnan(score(cell, metric))]
    if not present or len(cells) < 2:
        return None
    best = kind.least_disturbed(present, key=lambda cell: score(cell, metric))
    return Win(CONTESTS[metric], experiment.label(best.cell), measured(score(best, metric), kind.unit), *_against(best, metric))


def _against(best: CellResult, metric: str) -> tuple[str, str]:
    """(what to say of the baseline, strength of the claim)."""
    if best.baseline is None:
        return "no baseline in this setting", "none"
    if best.is_baseline:
        return "the baseline itself", "none"
    kind = METRICS[metric]
    found = best.ratio(metric)
    score = CellResult.least_disturbed if kind.extreme else CellResult.middle
    of_baseline = measured(score(best.baseline, metric), kind.unit)
    if found is None:
        return f"baseline {of_baseline}", "none"
    if kind.extreme:
        return f"baseline {of_baseline}; {ratio(found)} times it", "exploratory" if found.exploratory else "figure"
    if not found.differs:
        return f"{ratio(found)} times the baseline: no difference shown", "none"
    return f"{ratio(found)} times the baseline", "exploratory" if found.exploratory else "claimed"


def means(experiment: Experiment) -> list[Mean]:
    """For each combination and heap, best first; the baseline itself is left out."""
    found = []
    for heap in experiment.heaps:
        here = [r for r in experiment.results if r.cell.heap == heap]
        for label in dict.fromkeys(experiment.label(r.cell) for r in here):
            own = [r for r in here if experiment.label(r.cell) == label]
            usable = [r for r in own if r.ratio() is not None and not r.is_baseline]
            if not usable:
                continue
            logs = [intervals.block_log_ratios(r.baseline.values("throughput"), r.values("throughput")) for r in usable]
            estimate = intervals.mean_over_workloads_paired(logs)
            if estimate:
                first = usable[0].cell
                found.append(Mean(label, first.collector, first.barrier, heap, intervals.ratio(estimate), len(usable), len(own)))
    return sorted(found, key=lambda mean: -mean.ratio.value)


def headline(experiment: Experiment) -> list[str]:
    """One sentence for each collector about its best barrier, by throughput, and one about the machine's floor."""
    sentences = []
    seen = set()
    for mean in means(experiment):
        collector = mean.collector
        if mean.workloads < mean.all_workloads or collector in seen:
            continue
        seen.add(collector)
        verdict = "" if mean.ratio.differs else " (no difference shown)"
        if mean.ratio.exploratory:
            verdict = " (exploratory: nothing is claimed)"
        best = "has its highest throughput" if mean.ratio.exploratory else "does best"
        sentences.append(
            f"{collector} {best} with {mean.barrier} at heap {mean.heap}: {mean.text} times the baseline's "
            f"throughput{verdict}"
            f"{_longest_pause(experiment, mean)}."
        )
    if sentences:
        baseline = experiment.sweep.baseline_label
        sentences.insert(0, f"Against the baseline {baseline}, geometric means over workloads with 95 % intervals:")
    floor = [d.hiccups.max() for r in experiment.results for d in r.digests if len(d.hiccups)]
    if floor:
        sentences.append(
            f"The machine's own hiccups reached {duration(min(floor))} to {duration(max(floor))} in a run; a "
            f"longest pause near that may be the machine's doing."
        )
    return sentences


def _longest_pause(experiment: Experiment, mean: Mean) -> str:
    """How the longest pause of a combination compares, over the workloads where both sides paused; extremes have no interval."""
    own = [r for r in experiment.results if experiment.label(r.cell) == mean.combination and r.cell.heap == mean.heap]
    ratios = [found.value for r in own if (found := r.ratio("pause_max")) is not None]
    if not ratios:
        return ""
    return f", its longest pause {exp(sum(log(value) for value in ratios) / len(ratios)):.2g} times the baseline's"
