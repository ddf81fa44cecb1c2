"""What the figures of pauses share: a panel for each kind of pause, distributions, the floor.

Invariants: the axis of places is logarithmic time. The machine's own floor, measured with nothing
else running, is grey: below it no pause can be known.
"""

from typing import Callable

import numpy as np

from ..compare.bystander import machine_floor
from ..read.experiment import CellResult
from .chart import Axis, Chart, Line, Panel, Series, in_facets
from .description import Material

KINDS = ("full", "cycle_begin", "termination", "quantum", "fallback")
EVERY_RANK = 100
FLOOR = Series(
    "floor", "the machine's floor, nothing else running", "#767676", width=3, opacity=0.5
)
LONGER = "P(longer than {at}) = {value}"


def by_kind(
    material: Material,
    values: Axis,
    line: Callable[[Series, np.ndarray, np.ndarray], Line],
    floor: tuple[Line, ...] = (),
) -> Chart | None:
    """`line` is given a series, the pauses of a cell and the decades of all."""
    results = material.results
    decades = decades_of(results)
    limits = (10.0 ** decades[0], 10.0 ** decades[1])
    panels = []
    for kind in kinds_of(results):
        pools = [(result, result.pooled_pauses(kind)) for result in results]
        lines = [
            line(material.style.series(result), pauses, decades)
            for result, pauses in pools
            if len(pauses)
        ]
        along = Axis("length of the pause", "ns", log=True, limits=limits)
        panels.append(Panel(kind, along, values, [*lines, *floor], tally=True))
    return in_facets(panels, 3, switchable=True) if panels else None


def kinds_of(results: list[CellResult]) -> list[str]:
    found = {kind for result in results for digest in result.digests for kind in digest.pauses}
    return [kind for kind in KINDS if kind in found] + sorted(found - set(KINDS))


def decades_of(results: list[CellResult]) -> tuple[int, int]:
    """Powers of ten of ns that hold all pauses."""
    values = np.concatenate([result.pooled_pauses() for result in results])
    values = values[values > 0]
    if not len(values):
        return 3, 6
    low = int(np.floor(np.log10(values.min())))
    return low, max(int(np.floor(np.log10(values.max()))) + 1, low + 1)


def floor_line(material: Material) -> tuple[Line, ...]:
    """Of the machine; empty where it was not measured."""
    floor = machine_floor(material.experiment)
    return (Line(FLOOR, *floor.points, say=LONGER),) if floor else ()


def survival_line(series: Series, values: np.ndarray) -> Line:
    events = (len(values), float(values.max()))
    return Line(series, *survival(values), step=True, events=events, say=LONGER)


def survival(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Corners (x, P(> x)) of steps; the longest EVERY_RANK values each, the rest thinned to what a
    picture can show."""
    n = len(values)
    above = np.unique(
        np.concatenate([np.arange(min(n, EVERY_RANK)), np.geomspace(1, n, 400).astype(int) - 1])
    )[::-1]
    ordered = np.sort(values)[n - 1 - above]
    probability = np.maximum(above, 1) / n
    return np.concatenate([ordered[:1], ordered]), np.concatenate([[1.0], probability])
