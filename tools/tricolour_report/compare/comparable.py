"""What of several alternatives can be compared by one figure.

Purpose: the values of each alternative in the workloads that say anything of the figure.
Invariants: an alternative that failed, is starved, may lose objects or left requests unserved in a
workload that counts takes no part, and the reason is kept. A workload in which every alternative is
starved does not count, nor one in an open loop for what its schedule gives.
"""

from dataclasses import dataclass

from ..read.experiment import CellResult, Experiment
from ..statistics.metrics import METRICS
from .ranking import Blocks
from .rows import cycles_said
from .unserved import counted

# By the rate that was asked for: such a ratio says nothing, and would pull a mean to 1.
GIVEN_IN_OPEN_LOOPS = ("throughput", "allocation_while_marking", "wall_time")


@dataclass(frozen=True)
class Figure:
    """What is compared; `open_loop`: in workloads whose requests come by a schedule, or only in the
    others; None where both count."""

    metric: str
    open_loop: bool | None
    text: str

    @property
    def better(self) -> str:
        return METRICS[self.metric].better


@dataclass(frozen=True)
class Comparable:
    """`sides` have the values by block of each alternative, one entry for each of `workloads`."""

    workloads: list[str]
    sides: dict[str, list[Blocks]]
    left_out: dict[str, str]


def figure_of(metric: str) -> Figure:
    return Figure(metric, False if metric in GIVEN_IN_OPEN_LOOPS else None, metric)


def comparable(
    experiment: Experiment, figure: Figure, alternatives: dict[str, list[CellResult]]
) -> Comparable:
    """The cells of an alternative are of different workloads."""
    label = experiment.workload_label
    cells = {name: {label(one.cell): one for one in own} for name, own in alternatives.items()}
    workloads = [
        workload
        for workload in dict.fromkeys(name for own in cells.values() for name in own)
        if any(_says(figure, own[workload]) for own in cells.values() if workload in own)
    ]
    left_out = {}
    for name, own in cells.items():
        reasons = [
            f"{why} in {workload}"
            for workload in workloads
            if (why := _why_out(own.get(workload), figure))
        ]
        if reasons:
            left_out[name] = "; ".join(reasons)
    sides = {
        name: [own[workload].values(figure.metric) for workload in workloads]
        for name, own in cells.items()
        if name not in left_out
    }
    return Comparable(workloads, sides, left_out)


def _says(figure: Figure, cell: CellResult) -> bool:
    fits = figure.open_loop in (None, cell.open_loop)
    return fits and not cell.starved and bool(cell.values(figure.metric))


def _why_out(cell: CellResult | None, figure: Figure) -> str:
    """Empty for a cell that takes part."""
    if cell is None:
        return "did not run"
    if cell.failures:
        return "has failed runs (" + ", ".join(cell.failures).replace("_", " ") + ")"
    if not cell.digests:
        return "has no timed run"
    if any(digest.record["parameters"].get("unsound") for digest in cell.digests):
        return "may lose objects (--unsound)"
    if cell.starved:
        return f"is starved ({cycles_said(cell)})"
    if figure.metric.startswith("request") and counted(cell)[0]:
        return "left requests unserved"
    values = cell.values(figure.metric)
    if len(values) < len(cell.digests):
        return f"has no {figure.metric} in every run"
    return "has a value of 0" if min(values.values()) <= 0 else ""
