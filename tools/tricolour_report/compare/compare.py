"""Two selections of runs against each other.

Purpose: ratios OTHER/BASE of chosen metrics for each matched pair of cells, and their geometric
mean over workloads.
Invariants: within one folder runs are paired by block, else they are independent samples. A
difference counts when its 95 % interval excludes 1, and is called better or worse from
ENOUGH_INVOCATIONS on; an extreme has no interval and so never counts, and a starved side never
comes out better. The values beside a ratio are those of the runs behind it. A pair with a failed
side is a finding, not a gap. A mean names the workloads that it is of and those that it is not of.
"""

from dataclasses import dataclass, field

from ..read.experiment import (
    OPEN_LOOP,
    CellResult,
    behind_ratio,
    extreme_ratio,
    load_experiment,
    shared_values,
)
from ..read.sweep_folder import of_workload
from ..statistics import intervals
from ..statistics.intervals import LogEstimate, Ratio
from ..statistics.metrics import METRICS, Metric
from ..statistics.several_pairs import runs_needed
from .comparable import GIVEN_IN_OPEN_LOOPS
from .interaction import Interaction, interactions
from .operands import UNSET, Match, Operand, differences, match
from .rows import cycles_said
from .unserved import counted, told_of_side


@dataclass(frozen=True)
class Finding:
    """One metric of one pair (or of the geometric mean); `why_not` says why there is no ratio.
    `base` and `other` are what the ratio divides, and `base_runs` and `other_runs` the values of
    the runs behind it. `starved`: who is, in words. `doubt`: why OTHER may be worse though its
    figure is not. `absent`: runs of neither side have the metric. `runs_needed`: of each side, to
    show SMALL_DIFFERENCE. Of a mean, `workloads` are those that it is of, and `left_out` the
    others, each with the reason."""

    metric: Metric
    where: str
    ratio: Ratio | None
    base_runs: tuple[float, ...] = ()
    other_runs: tuple[float, ...] = ()
    why_not: str = ""
    starved: str = ""
    unfair: bool = False
    doubt: str = ""
    absent: bool = False
    runs_needed: int | None = None
    workloads: tuple[str, ...] = ()
    left_out: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"{self.metric.name}, {self.where}"

    @property
    def base(self) -> float:
        return behind_ratio(self.metric.name, self.base_runs)

    @property
    def other(self) -> float:
        return behind_ratio(self.metric.name, self.other_runs)

    @property
    def verdict(self) -> str:
        if self.ratio is None:
            return self.why_not
        if not self.ratio.differs:
            extreme = f"no interval: the {self.metric.told} of runs"
            return extreme if self.metric.extreme else "no difference shown"
        if self.ratio.exploratory or self.unfair:
            return f"{'higher' if self.ratio.value > 1.0 else 'lower'} here, nothing claimed"
        return "better" if _is_better(self.metric, self.ratio) else "worse"


def _is_better(metric: Metric, ratio: Ratio) -> bool:
    return (ratio.value > 1.0) == (metric.better == "higher")


@dataclass(frozen=True)
class Comparison:
    base: Operand
    other: Operand
    paired: bool
    findings: list[Finding]
    newly_failed: list[str]
    notes: list[str]
    unmatched: list[str]
    over: str | None = None
    interactions: list[Interaction] = field(default_factory=list)


def compare(
    base: Operand, other: Operand, names: list[str], progress, over: str | None = None
) -> Comparison:
    """`over`: the axis along which to look how the ratios change."""
    left = load_experiment(base.folder, progress, base.selects)
    right = load_experiment(other.folder, progress, other.selects)
    paired = base.folder.resolve() == other.folder.resolve()
    matches, unmatched = match(base, other, left.results, right.results)
    notes = [f"differs in {text}" for text in differences(matches)] + unmatched
    notes += [
        f"{_where(one)}: {text}"
        for one in matches
        for text in (told_of_side("BASE", one.base), told_of_side("OTHER", one.other))
        if text
    ]
    findings = []
    for name in names:
        findings += [_finding(METRICS[name], one, paired) for one in matches]
        findings += _means(METRICS[name], matches, paired)
    failed = [text for one in matches for text in _newly_failed(one)]
    changes = interactions(matches, names, over, paired) if over else []
    return Comparison(base, other, paired, findings, failed, notes, unmatched, over, changes)


def _finding(metric: Metric, one: Match, paired: bool) -> Finding:
    where = _where(one)
    why_not = _obstacle(metric, one.base, "BASE") or _obstacle(metric, one.other, "OTHER")
    estimate = None if why_not or metric.extreme else _estimate(metric, one, paired)
    ratio = None if why_not else _ratio(metric, one, estimate, paired)
    if ratio is None and not why_not:
        why_not = f"no ratio: no block in which both sides have a {metric.name}"
    runs = _runs(metric, one, paired)
    sides = (one.base, one.other)
    absent = all(side.digests and not side.values(metric.name) for side in sides)
    return Finding(
        metric,
        where,
        ratio,
        *map(tuple, runs),
        why_not,
        *_starvation(metric, ratio, [one]),
        absent,
        runs_needed(estimate, paired=paired),
    )


def _starvation(metric: Metric, ratio: Ratio | None, matches: list[Match]) -> tuple[str, bool, str]:
    """(who is starved, whether the side that the ratio favours is, why to doubt OTHER)."""
    named = [
        f"{side} is starved ({cycles_said(cell)})"
        for one in matches
        for side, cell in (("BASE", one.base), ("OTHER", one.other))
        if cell.starved
    ]
    doubt = "; ".join(why for one in matches if (why := _doubt(metric, one)))
    if ratio is None:
        return "; ".join(named), False, doubt
    winners = [one.other if _is_better(metric, ratio) else one.base for one in matches]
    unfair = any(cell.starved for cell in winners)
    return "; ".join(dict.fromkeys(named)), unfair, doubt


def _doubt(metric: Metric, one: Match) -> str:
    """Of what BASE did and OTHER hardly did or left out."""
    if one.other.starved and not one.base.starved:
        return f"OTHER alone is starved ({cycles_said(one.other)})"
    if metric.name.startswith("request") and counted(one.other)[0] and not counted(one.base)[0]:
        return told_of_side("OTHER", one.other)
    return ""


def _runs(metric: Metric, one: Match, paired: bool) -> tuple[list[float], list[float]]:
    """The values behind a ratio, so that what is printed beside it agrees with it."""
    if paired:
        left, right = shared_values(one.base, one.other, metric.name)
    else:
        left, right = one.base.values(metric.name), one.other.values(metric.name)
    return list(left.values()), list(right.values())


def _where(one: Match) -> str:
    return f"{one.workload} {_told(one.key)}".strip()


def _told(key: dict) -> str:
    return " ".join(
        f"{name}={value}" for name, value in key.items() if name != "workload" and value != UNSET
    )


def _obstacle(metric: Metric, result: CellResult, side: str) -> str:
    values = result.values(metric.name).values()
    if not result.digests:
        return f"no ratio: {side} has no timed run ({', '.join(result.failures) or 'none read'})"
    if not values:
        return f"no ratio: no run of {side} has a {metric.name}"
    zeros = sum(value <= 0 for value in values)
    if zeros:
        return f"no ratio: {metric.name} is 0 in {zeros} of the {len(values)} runs of {side}"
    return ""


def _ratio(metric: Metric, one: Match, estimate: LogEstimate | None, paired: bool) -> Ratio | None:
    if metric.extreme:
        base, other = _runs(metric, one, paired)
        return extreme_ratio(metric.name, base, other) if base and other else None
    return intervals.ratio(estimate) if estimate else None


def _estimate(metric: Metric, one: Match, paired: bool) -> LogEstimate | None:
    if paired:
        return intervals.paired(*shared_values(one.base, one.other, metric.name))
    return intervals.unpaired(*_runs(metric, one, paired))


def _means(metric: Metric, matches: list[Match], paired: bool) -> list[Finding]:
    """Geometric means over workloads, one for each setting (heap and so on) that several share."""
    if metric.extreme:
        return []
    settings: dict[str, list[Match]] = {}
    for one in matches:
        settings.setdefault(_setting(one), []).append(one)
    means = (_mean_of(metric, setting, group, paired) for setting, group in settings.items())
    return [mean for mean in means if mean]


def _setting(one: Match) -> str:
    """Not what each workload has for itself: workloads that differ in it share a mean."""
    shared = {key: value for key, value in one.key.items() if not of_workload(key)}
    return _told(shared)


def _mean_of(metric: Metric, setting: str, group: list[Match], paired: bool) -> Finding | None:
    """None where fewer than two workloads have a ratio."""
    left_out = {_where(one): why for one in group if (why := _why_left_out(metric, one))}
    usable = [one for one in group if _where(one) not in left_out]
    if len(usable) < 2:
        return None
    where = f"geometric mean of {len(usable)} of {len(group)} workloads {setting}".strip()
    estimate = _mean(metric, usable, paired)
    ratio = estimate and intervals.ratio(estimate)
    why_not = "no ratio: no block that all workloads have"
    return Finding(
        metric,
        where,
        ratio,
        (),
        (),
        why_not,
        *_starvation(metric, ratio, usable),
        runs_needed=runs_needed(estimate, paired=paired),
        workloads=tuple(map(_where, usable)),
        left_out=left_out,
    )


def _why_left_out(metric: Metric, one: Match) -> str:
    if metric.name in GIVEN_IN_OPEN_LOOPS and (one.base.open_loop or one.other.open_loop):
        return OPEN_LOOP
    obstacle = _obstacle(metric, one.base, "BASE") or _obstacle(metric, one.other, "OTHER")
    return obstacle.removeprefix("no ratio: ")


def _mean(metric: Metric, usable: list[Match], paired: bool) -> LogEstimate | None:
    if paired:
        return intervals.mean_over_workloads_paired(
            [
                intervals.block_log_ratios(m.base.values(metric.name), m.other.values(metric.name))
                for m in usable
            ]
        )
    return intervals.mean_over_workloads_unpaired(
        [intervals.unpaired(*_runs(metric, m, paired)) for m in usable]
    )


def _newly_failed(one: Match) -> list[str]:
    """A sentence when OTHER failed where BASE did not."""
    if one.other.failures and not one.base.failures:
        failures = ", ".join(f"{count} {status}" for status, count in one.other.failures.items())
        return [f"{_where(one)}: OTHER has failed runs ({failures}), BASE has none"]
    return []
