"""Pauses by nines.

Invariant: where one run has few pauses, a thin line goes on with the quantiles of all runs' pauses
together, as far as their number allows.
"""

import numpy as np

from ..read.experiment import CellResult
from ..statistics import quantiles
from .chart import Chart, Line, Panel, in_facets
from .description import BANDS_ON_PAGE, Figure, Material, Scope
from .percentiles import TOO_FEW, X, band, nines, time_axis


def _chart(material: Material) -> Chart | None:
    lines = [
        line
        for result in material.results
        if len(result.pooled_pauses())
        for line in _of_cell(material, result)
    ]
    if not lines:
        return None
    note = "" if any(len(line.at) for line in lines) else TOO_FEW
    panel = Panel("", nines(lines), time_axis("length of the pause"), lines, note=note)
    return in_facets([panel], 1, switchable=True, shared=True)


def _of_cell(material: Material, result: CellResult) -> list[Line]:
    series = material.style.series(result)
    pooled = quantiles.curve(result.pooled_pauses())
    known = np.isfinite(pooled)
    together = Line(
        series,
        X[known],
        pooled[known],
        width=0.8,
        say="p of all runs together, {at}: {value}",
    )
    return [together, band(series, [one.pause_curve for one in result.digests])]


FIGURE = Figure(
    title="Pauses by nines",
    reading="Each step to the right is ten times rarer. A thick line is the median over "
    "invocations and its band their range, as far as the number of pauses of a run allows (1 - "
    "10/n). A thin line is of the pauses of all runs together. Lower is better.",
    on_page=BANDS_ON_PAGE,
    scope=Scope.SETTING,
    chart=_chart,
    lacks="pause of {workload} at heap {heap}",
)
