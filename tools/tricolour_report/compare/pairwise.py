"""Every two combinations of a sweep against each other: `compare DIR --pairwise`.

Purpose: for each metric and heap the ratio of every pair, as a geometric mean over workloads,
Holm-corrected over the pairs of that metric and heap.
Invariants: a pair is of one heap and of the same blocks, and no third cell takes part in its ratio,
so no ratios to different baselines meet. Metrics without an interval are not compared.
"""

from dataclasses import dataclass

from ..program.errors import UsageProblem
from ..read.experiment import CellResult, Experiment, load_experiment
from ..statistics.metrics import METRICS, Metric
from .comparable import comparable, figure_of
from .operands import Operand
from .ranking import Pair, pairwise


@dataclass(frozen=True)
class Pairs:
    """Over `workloads`, all that say anything or one. `left_out`: combinations that take no part,
    each with the reason."""

    metric: Metric
    heap: str
    combinations: list[str]
    workloads: list[str]
    pairs: list[Pair]
    left_out: dict[str, str]


def compare_pairwise(operand: Operand, names: list[str], progress) -> list[Pairs]:
    """Raises UsageProblem where nothing can be compared so."""
    if extreme := [name for name in names if METRICS[name].extreme]:
        raise UsageProblem(
            f"--pairwise: {', '.join(extreme)} has no interval; it compares metrics that have one"
        )
    found = all_pairs(load_experiment(operand.folder, progress, operand.selects), names)
    if not found:
        raise UsageProblem(
            f"'{operand.text}' has no two combinations of collector and barrier at one heap with "
            f"{' or '.join(names)}"
        )
    return found


def all_pairs(experiment: Experiment, names: list[str], apart: bool = False) -> list[Pairs]:
    """`apart`: those of each workload by itself as well, behind those of all."""
    found = []
    for name in names:
        for heap in experiment.heaps:
            at_heap = [one for one in experiment.results if one.cell.heap == heap]
            together = _pairs(experiment, METRICS[name], heap, at_heap)
            found.append(together)
            for workload in together.workloads if apart and len(together.workloads) > 1 else ():
                own = [one for one in at_heap if experiment.workload_label(one.cell) == workload]
                found.append(_pairs(experiment, METRICS[name], heap, own))
    return [pairs for pairs in found if pairs.pairs]


def _pairs(experiment: Experiment, metric: Metric, heap: str, results: list[CellResult]) -> Pairs:
    alternatives: dict[str, list[CellResult]] = {}
    for result in results:
        alternatives.setdefault(experiment.combination(result.cell), []).append(result)
    chosen = comparable(experiment, figure_of(metric.name), alternatives)
    pairs = pairwise(chosen.sides) if chosen.workloads else []
    names = [name for name in alternatives if name in chosen.sides]
    return Pairs(metric, heap, names, chosen.workloads, pairs, chosen.left_out)
