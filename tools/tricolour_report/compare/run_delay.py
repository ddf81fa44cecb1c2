"""Mutators that could have run and had no core.

Purpose: warn where waiting for a core is a noticeable part of what the mutators' time went into:
then a ratio compares how many threads want cores as much as what collectors do.
Invariant: a cell counts with the mean share of its timed runs; a run that cannot know its delay
counts as none.
"""

from dataclasses import dataclass

import numpy as np

from ..read.digest import Digest
from ..read.experiment import CellResult, Experiment
from ..statistics.quantities import share

NOTICEABLE = 0.05


@dataclass(frozen=True)
class Delayed:
    result: CellResult
    share: float


def _share(digest: Digest) -> float:
    mutators = digest.record["mutator_time_ns"]
    spent = sum(time for mutator in mutators for name, time in mutator.items() if name != "mutator")
    return sum(mutator["run_delay"] for mutator in mutators) / spent if spent else 0.0


def delayed(experiment: Experiment) -> list[Delayed]:
    """The cells whose delay is noticeable, the most delayed first."""
    found = [
        Delayed(result, float(np.mean([_share(digest) for digest in result.digests])))
        for result in experiment.results
        if result.digests
    ]
    return sorted((one for one in found if one.share > NOTICEABLE), key=lambda one: -one.share)


def sentence(experiment: Experiment) -> str:
    """Empty where no cell is delayed."""
    found = delayed(experiment)
    if not found:
        return ""
    worst, timed = found[0], sum(1 for result in experiment.results if result.digests)
    return (
        f"In {len(found)} of {timed} cells the mutators could run and had no core for more than "
        f"{share(NOTICEABLE)} of their time; the most is {share(worst.share)}, of "
        f"{experiment.label(worst.result.cell)}, {worst.result.cell.workload}, heap "
        f"{worst.result.cell.heap}. There were more threads than cores, or another program ran: "
        "such figures hold for a machine that is as busy."
    )
