"""What memory buys: how throughput rises from one heap size to the next.

Invariants: both sides of a step are the same combination, paired by block, as the geometric mean
over the workloads that have a throughput of their own and a fair cell at every heap of the row. The
heap that buys a gain is interpolated between two measured ones, on logarithms, and never beyond.
"""

from dataclasses import dataclass
from math import exp, log

from ..read.experiment import CellResult, Experiment, heap_order
from ..statistics import intervals
from ..statistics.intervals import Ratio

GAIN = 1.05
NOT_SHOWN = "not shown by these runs"


@dataclass(frozen=True)
class Step:
    low: str
    high: str
    ratio: Ratio


@dataclass(frozen=True)
class Row:
    combination: str
    workloads: list[str]
    steps: list[Step]

    @property
    def price(self) -> str:
        """The heap at which throughput is GAIN times that at the smallest, such as `about 1.8x`,
        where an interval shows that the last step to it rises; `more than 4x` where the intervals
        of all steps together stay below GAIN."""
        reached = 0.0
        for step in self.steps:
            before, reached = reached, reached + log(step.ratio.value)
            if reached >= log(GAIN):
                part = (log(GAIN) - before) / (reached - before)
                return _between(step.low, step.high, part) if step.ratio.low > 1 else NOT_SHOWN
        most = sum(log(step.ratio.high) for step in self.steps)
        return f"more than {self.steps[-1].high}" if most < log(GAIN) else NOT_SHOWN


def _between(low: str, high: str, part: float) -> str:
    kinds = [heap_order(heap) for heap in (low, high)]
    if not all(kind == 0 and multiple > 0 for kind, multiple, _ in kinds):
        return f"at most {high}"
    (_, least, _), (_, most, _) = kinds
    return f"about {exp(log(least) + part * log(most / least)):.2g}x"


def memory(experiment: Experiment) -> list[Row]:
    """Of each combination that ran at several heaps."""
    found: dict[str, dict[str, dict[str, CellResult]]] = {}
    for result in experiment.results:
        workloads = found.setdefault(experiment.combination(result.cell), {})
        label = experiment.workload_label(result.cell)
        workloads.setdefault(label, {})[result.cell.heap] = result
    rows = (_row(experiment, name, workloads) for name, workloads in found.items())
    return [row for row in rows if row]


def _row(
    experiment: Experiment, name: str, workloads: dict[str, dict[str, CellResult]]
) -> Row | None:
    heaps = [
        heap for heap in experiment.heaps if any(heap in cells for cells in workloads.values())
    ]
    counted = {
        workload: cells
        for workload, cells in workloads.items()
        if len(heaps) > 1 and all(heap in cells and _counts(cells[heap]) for heap in heaps)
    }
    steps = []
    for low, high in zip(heaps, heaps[1:]) if counted else []:
        estimate = intervals.mean_over_workloads_paired(
            [
                intervals.block_log_ratios(
                    cells[low].values("throughput"), cells[high].values("throughput")
                )
                for cells in counted.values()
            ]
        )
        if estimate is None:
            return None
        steps.append(Step(low, high, intervals.ratio(estimate)))
    return Row(name, list(counted), steps) if steps else None


def _counts(result: CellResult) -> bool:
    return bool(result.digests) and not (
        result.starved
        or result.open_loop
        or result.failures
        or 0 in result.values("throughput").values()
    )
