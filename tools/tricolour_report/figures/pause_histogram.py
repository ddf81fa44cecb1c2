"""Pause histogram: outlines of counts in logarithmic bins, all invocations together."""

import numpy as np

from .chart import Axis, Chart, Line, Series
from .description import Figure, Material, Scope
from .pauses import by_kind

BINS_PER_DECADE = 8
SAY = "{value} of {n} pauses from {at} to {next}"


def _chart(material: Material) -> Chart | None:
    values = Axis("pauses in all invocations", "count", log=True, hold=(0, 0.8, 12), zero=0.5)
    return by_kind(material, values, _outline)


def _outline(series: Series, pauses: np.ndarray, decades: tuple[int, int]) -> Line:
    low, high = decades
    edges = np.logspace(low, high, (high - low) * BINS_PER_DECADE + 1)
    counts = np.append(np.histogram(pauses, edges)[0], 0)
    events = (len(pauses), float(pauses.max()))
    texts = {"n": str(len(pauses))}
    return Line(series, edges, counts, step=True, events=events, say=SAY, texts=texts)


FIGURE = Figure(
    title="Pause histogram",
    reading="The number of pauses of each length, of all invocations together, in one panel for "
    "each kind of pause. Where both axes are logarithmic, a long tail stays visible. Further "
    "left is better.",
    scope=Scope.SETTING,
    chart=_chart,
    lacks="pause of {workload} at heap {heap}",
)
