"""Lower-bound overhead of collection, in wall and in CPU time (Cai, Blackburn, Bond, Maas 2022).

Purpose: how much every cell costs at least, over what the same work would cost without a
collector. The latter cannot be measured, but what a run cost less its explicit collection cost is
an upper bound of it, and so is the least of these over all cells of the same work: the floor.
Overhead = total / floor.
Invariants: totals are per operation, so that runs over a fixed time compare as those over fixed
work do. A cell's cost is the geometric mean over its invocations. Barriers' fast paths are never
explicit. No overhead is below 1. The interval is that of the ratio to the floor's cell; it does not
know that this cell was chosen for being the least.
"""

from dataclasses import dataclass
from typing import Iterator

import numpy as np
import pandas as pd

from ..read.experiment import CellResult, Experiment
from ..statistics import intervals
from ..statistics.intervals import Ratio

RESOURCES = {"wall": ("wall_time", "wall_gc"), "cpu": ("cpu_total", "cpu_gc")}
WORK_KEYS = ("workload", "mutators", "operations", "seconds", "warmup_s", "seed")


@dataclass(frozen=True)
class Overhead:
    """The overhead of one cell in `wall` or `cpu` time, over the least distilled cost, which is
    that of `floor`."""

    result: CellResult
    resource: str
    floor: CellResult
    ratio: Ratio

    @property
    def floor_cost(self) -> float:
        """Nanoseconds per operation."""
        return float(
            np.exp(np.mean(np.log(list(_cost(self.floor, self.resource, distilled=True).values()))))
        )


def overheads(experiment: Experiment) -> list[Overhead]:
    """For every cell with a timed run, of wall time first."""
    return [
        one
        for resource in RESOURCES
        for work in _works(experiment)
        for one in _over_floor(work, resource)
    ]


def overhead_table(experiment: Experiment) -> pd.DataFrame:
    rows = [
        {
            "cell": one.result.cell.hash,
            **one.result.cell.parameters,
            "resource": one.resource,
            "overhead": one.ratio.value,
            "low": one.ratio.low,
            "high": one.ratio.high,
            "invocations": one.ratio.invocations,
            "floor_cell": one.floor.cell.hash,
        }
        for one in overheads(experiment)
    ]
    keys = sorted({key for result in experiment.results for key in result.cell.parameters})
    return pd.DataFrame(
        rows,
        columns=["cell", *keys, "resource", "overhead", "low", "high", "invocations", "floor_cell"],
    )


def _works(experiment: Experiment) -> list[list[CellResult]]:
    """Cells that do the same work: they differ in collector, barrier, heap and what tunes these."""
    groups: dict[tuple, list[CellResult]] = {}
    for result in experiment.results:
        same = {
            key: value
            for key, value in result.cell.parameters.items()
            if key in WORK_KEYS or key.startswith("param.")
        }
        groups.setdefault(tuple(sorted(same.items())), []).append(result)
    return list(groups.values())


def _over_floor(work: list[CellResult], resource: str) -> Iterator[Overhead]:
    totals = [(result, _cost(result, resource, distilled=False)) for result in work]
    distilled = [
        (result, costs) for result in work if (costs := _cost(result, resource, distilled=True))
    ]
    if not distilled:
        return
    floor, floor_costs = min(distilled, key=lambda one: np.mean(np.log(list(one[1].values()))))
    for result, costs in totals:
        if costs:
            yield Overhead(result, resource, floor, _ratio(floor_costs, costs))


def _cost(result: CellResult, resource: str, distilled: bool) -> dict[int, float]:
    """Nanoseconds per operation by block; `distilled`: without the explicit cost of collection."""
    total, explicit = RESOURCES[resource]
    costs = {}
    for digest in result.digests:
        spent = digest.metrics[total] - (digest.metrics[explicit] if distilled else 0.0)
        if digest.record["operations"] and spent > 0:
            costs[digest.block] = spent / digest.record["operations"]
    return costs


def _ratio(floor: dict[int, float], costs: dict[int, float]) -> Ratio:
    """Paired where both have the same blocks; else unpaired, so that the value stays total /
    floor."""
    if floor.keys() == costs.keys():
        return intervals.ratio(intervals.paired(floor, costs))
    return intervals.ratio(intervals.unpaired(list(floor.values()), list(costs.values())))
