"""MMU and BMU against the window.

Invariants: places from 10 microseconds to the longest run's length, log, and a line as far as the
shortest run of its cell; values from 0 to 1; lines are medians over invocations, bands their range.
"""

import numpy as np

from ..read.digest import WINDOWS
from ..statistics import quantiles
from .chart import Axis, Chart, Line, Panel, in_facets
from .description import BANDS_ON_PAGE, Figure, Material, Scope

KINDS = {
    "mmu": ("MMU: windows this long", "windows of {at}: {value}"),
    "bmu": ("BMU: this long or longer", "windows of at least {at}: {value}"),
}


def _chart(material: Material) -> Chart | None:
    lengths = [WINDOWS[np.isfinite(d.mmu)] for r in material.results for d in r.digests]
    longest = max((own.max(initial=0.0) for own in lengths), default=0.0)
    if not longest:
        return None
    along = Axis("window", "ns", log=True, limits=(WINDOWS[0], max(longest, 10 * WINDOWS[0])))
    values = Axis("mutator's share of the window", "share", limits=(-0.02, 1.02))
    panels = [
        Panel(title, along, values, _lines(material, kind, say))
        for kind, (title, say) in KINDS.items()
    ]
    return in_facets(panels, 2)


def _lines(material: Material, kind: str, say: str) -> list[Line]:
    lines = []
    for result in material.results:
        curves = [getattr(digest, kind) for digest in result.digests]
        if any(np.isfinite(curve).any() for curve in curves):
            middle, low, high = quantiles.median_and_range(curves, len(WINDOWS))
            series = material.style.series(result)
            lines.append(Line(series, WINDOWS, middle, low, high, say=say))
    return lines


FIGURE = Figure(
    title="Mutator utilisation",
    reading="The least share of any window of a length in which the mutator ran. A line is the "
    "median over invocations and its band their range. A line leaves 0 at the longest time that "
    "the mutator was kept from running. Higher and further left is better.",
    on_page=BANDS_ON_PAGE,
    scope=Scope.SETTING,
    chart=_chart,
    lacks="MMU curve of {workload} at heap {heap}",
)
