"""Whether the ratio of two sides changes along an axis of the sweep: `compare --over AXIS`.

Purpose: for each place on the axis the ratio of ratios, (OTHER/BASE there) / (OTHER/BASE at the
first place), with its interval.
Invariants: within one folder a ratio of ratios is paired by block, so it is of the blocks that all
four cells have; over two folders the four cells are independent samples. p-values are
Holm-corrected over all places and workloads of a metric. An interval that holds 1 does not show
that the ratio stays the same.
"""

from dataclasses import dataclass

from ..program.errors import UsageProblem
from ..read.experiment import CellResult, heap_order
from ..statistics import intervals
from ..statistics.intervals import LogEstimate, Ratio
from ..statistics.metrics import METRICS, Metric
from ..statistics.several_pairs import SIGNIFICANCE, holm, p_value
from .comparable import GIVEN_IN_OPEN_LOOPS
from .operands import Match


@dataclass(frozen=True)
class Interaction:
    """`estimate` is of the ratio at `place` over that at `first`; `starved`: a cell of these is."""

    metric: Metric
    where: str
    first: str
    place: str
    estimate: LogEstimate
    starved: bool
    corrected: float

    @property
    def ratio(self) -> Ratio:
        return intervals.ratio(self.estimate)

    @property
    def verdict(self) -> str:
        if not self.shown:
            return "no change shown"
        change = "higher" if self.ratio.value > 1 else "lower"
        if self.starved or self.ratio.exploratory:
            return f"{change} here, nothing claimed"
        return f"the ratio is {change} there"

    @property
    def shown(self) -> bool:
        return self.corrected < SIGNIFICANCE


def interactions(
    matches: list[Match], names: list[str], axis: str, paired: bool
) -> list[Interaction]:
    """Of the metrics that have an interval; raises UsageProblem where the axis has one place."""
    lines: dict[str, dict[str, Match]] = {}
    for one in matches:
        if axis in one.key:
            lines.setdefault(_beyond(one.key, axis), {})[one.key[axis]] = one
    if not any(len(line) > 1 for line in lines.values()):
        keys = sorted({key for one in matches for key in one.key} - {"workload"})
        there = f"; there is {', '.join(keys)}" if keys else ""
        raise UsageProblem(
            f"--over {axis}: the cells that both sides have do not differ in '{axis}'{there}"
        )
    found = []
    for name in names:
        if not METRICS[name].extreme:
            found += _of_metric(METRICS[name], lines, paired)
    return found


def _beyond(key: dict, axis: str) -> str:
    return " ".join(
        value if name == "workload" else f"{name}={value}"
        for name, value in key.items()
        if name != axis
    )


def _of_metric(
    metric: Metric, lines: dict[str, dict[str, Match]], paired: bool
) -> list[Interaction]:
    found = []
    for where, line in lines.items():
        first, *others = sorted(line, key=heap_order)
        for place in others:
            estimate = _ratio_of_ratios(metric.name, line[first], line[place], paired)
            if estimate:
                cells = _cells(line[first], line[place])
                starved = any(cell.starved for cell in cells)
                found.append((metric, where, first, place, estimate, starved))
    corrected = holm([p_value(estimate) for *_, estimate, _ in found])
    return [Interaction(*one, value) for one, value in zip(found, corrected)]


def _cells(first: Match, there: Match) -> tuple[CellResult, ...]:
    return first.base, first.other, there.base, there.other


def _ratio_of_ratios(metric: str, first: Match, there: Match, paired: bool) -> LogEstimate | None:
    """None where a cell has no value, one that is not above 0, or one that was asked for."""
    cells = _cells(first, there)
    if metric in GIVEN_IN_OPEN_LOOPS and any(cell.open_loop for cell in cells):
        return None
    values = [cell.values(metric) for cell in cells]
    if not all(values) or min(min(one.values()) for one in values) <= 0:
        return None
    if paired:
        before = intervals.block_log_ratios(*values[:2])
        after = intervals.block_log_ratios(*values[2:])
        common = sorted(before.keys() & after.keys())
        return intervals.one_sample({block: after[block] - before[block] for block in common})
    before, after = (
        intervals.unpaired(list(values[at].values()), list(values[at + 1].values()))
        for at in (0, 2)
    )
    return intervals.difference(before, after)
