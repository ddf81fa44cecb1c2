"""What a thread that only sleeps and wakes saw while each cell ran: complementary distribution of
its delay.

Invariants: delays of all invocations together; the grey line is the machine's own floor, with
nothing else running. What is above it is not the machine's alone: mutators and collector threads
take cores.
"""

import numpy as np

from ..read.experiment import CellResult
from .chart import Axis, Chart, Panel, in_facets
from .description import Figure, Material, Scope
from .pauses import floor_line, survival_line

LEAST = 1_000.0  # ns


def _delays(result: CellResult) -> np.ndarray:
    """Of all timed runs, without those too short to be measured."""
    pooled = np.concatenate([np.zeros(0), *(digest.bystander for digest in result.digests)])
    return pooled[pooled > 0]


def _chart(material: Material) -> Chart | None:
    """None when no run recorded a delay."""
    lines = [
        survival_line(material.style.series(result), delays)
        for result in material.results
        if len(delays := _delays(result))
    ]
    if not lines:
        return None
    marks = [*lines, *floor_line(material)]
    everything = np.concatenate([line.at for line in marks])
    limits = (max(everything.min(), LEAST), everything.max() * 1.2)
    along = Axis("delay of the bystander", "ns", log=True, limits=limits)
    values = Axis("P(delay > x)", log=True, hold=(0, 1))
    return in_facets([Panel("", along, values, marks)], 1, switchable=True)


FIGURE = Figure(
    title="Bystander delay",
    reading="By how much a thread that only sleeps woke late while the cell ran. The machine, the "
    "mutators and the collector's threads cause it together. The grey line is the machine's own "
    "floor, with nothing else running. A collector's part is the excess over a cell without a "
    "cycle; the table states it where there is one and mutators are fewer than cores.",
    scope=Scope.SETTING,
    chart=_chart,
    lacks="bystander delay of {workload} at heap {heap}",
)
