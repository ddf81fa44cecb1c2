"""What a thread sees that only sleeps and wakes.

Purpose: the machine's own floor, measured with nothing else running, and how much of the delay
during runs is the collector's.
Invariants: a delay during runs is never called the machine's: the collector's threads take cores
too. The excess is over runs of the same workload and mutator count without a cycle, and exists only
where mutators are fewer than cores.
"""

from dataclasses import dataclass
from math import isnan

import numpy as np

from ..read.experiment import CellResult, Experiment
from ..statistics.quantities import ABSENT, duration

METRIC = "bystander_p99"


@dataclass(frozen=True)
class Floor:
    """The greater of what was seen before and after the sweep, in ns; `least` of the two longest
    delays."""

    count: int
    p50: float
    p99: float
    least: float
    longest: float

    @property
    def points(self) -> tuple[np.ndarray, np.ndarray]:
        """(delay, P(> delay)) as far as it is known."""
        known = {self.p50: 0.5, self.p99: 0.01, self.longest: 1 / self.count}
        return np.array(list(known)), np.array(list(known.values()))


def machine_floor(experiment: Experiment) -> Floor | None:
    """None where it was not measured."""
    measured = [
        one for one in (experiment.sweep.machine_floor or {}).values() if one and one["count"] > 100
    ]
    if not measured:
        return None
    p50, p99, longest = (
        max(one[name] for one in measured) for name in ("p50_ns", "p99_ns", "max_ns")
    )
    return Floor(
        min(one["count"] for one in measured),
        p50,
        p99,
        min(one["max_ns"] for one in measured),
        longest,
    )


def floor_sentence(floor: Floor | None) -> str:
    if floor is None:
        return (
            "The machine's own floor was not measured, so a short longest pause may be the "
            "machine's doing."
        )
    return (
        "The machine's own floor, with nothing else running: the longest delay of a thread that "
        f"only sleeps was {duration(floor.least)} to {duration(floor.longest)}; a longest pause "
        "near that may be the machine's doing."
    )


def excess(experiment: Experiment, result: CellResult) -> float:
    """The collector's part in ns of the delay's 99th percentile, median run; NaN where it cannot be
    known."""
    mutators = result.cell.parameters.get("mutators")
    alike = [
        other
        for other in experiment.results
        if other.cell.workload == result.cell.workload
        and other.cell.parameters.get("mutators") == mutators
    ]
    idle = [
        value for other in alike if other.cycles[1] == 0 for value in other.values(METRIC).values()
    ]
    if not idle or not result.cycles[1] or not _core_to_spare(result):
        return float("nan")
    return result.told(METRIC) - float(np.median(idle))


def _core_to_spare(result: CellResult) -> bool:
    records = [digest.record for digest in result.digests]
    return all(
        record["parameters"]["mutators"] < record["provenance"]["cores"] for record in records
    )


def delay_text(experiment: Experiment, result: CellResult) -> str:
    """The 99th percentile of the median run, and what of it is the collector's where that is
    known."""
    own, more = result.told(METRIC), excess(experiment, result)
    if isnan(own):
        return ABSENT
    if isnan(more):
        return duration(own)
    return f"{duration(own)} ({'+' if more >= 0 else ''}{duration(more)})"
