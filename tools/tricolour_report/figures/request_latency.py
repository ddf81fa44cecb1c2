"""Latency of requests by nines.

Invariants: a panel for each form of latency. Curves end in the longest request, one of n: the
median over runs, and an interval from the least to the greatest.
"""

import numpy as np

from ..read.experiment import CellResult, OverRuns
from .chart import Chart, Line, Panel, Points, in_facets
from .description import BANDS_ON_PAGE, Figure, Material, Scope
from .percentiles import TOO_FEW, band, nines, time_axis

TITLES = {
    "simple": "simple: end - start",
    "intended": "intended: end - scheduled start",
    "metered_100ms": "metered, 100 ms of requests",
    "metered_full": "metered, whole run",
}
DOTS = (1.0, 3.0)
LONGEST = "longest of {n}: median {value}, least {low}, greatest {high}"


def _chart(material: Material) -> Chart | None:
    """None when no run recorded requests."""
    present = {
        name
        for result in material.results
        for digest in result.digests
        for name in digest.request_curves
    }
    panels = [_panel(material, name) for name in TITLES if name in present]
    return in_facets(panels, 2, switchable=True, shared=True) if panels else None


def _panel(material: Material, name: str) -> Panel:
    marks: list[Line | Points] = []
    for result in material.results:
        curves = [d.request_curves[name] for d in result.digests if name in d.request_curves]
        if curves:
            marker = material.style.marker(result.cell.barrier)
            series = material.style.series(result, marker=marker)
            line = band(series, curves)
            count, over = _longest(result, name)
            marks += [line, *_to_the_end(line, count, over)]
    return Panel(
        TITLES[name],
        nines(marks),
        time_axis("request latency"),
        marks,
        note="" if marks else TOO_FEW,
    )


def _longest(result: CellResult, name: str) -> tuple[float, OverRuns]:
    """(requests, longest latency) over the runs that have the form `name`."""
    having = [digest for digest in result.digests if name in digest.request_longest]
    ends = [digest.request_longest[name] for digest in having]
    count = float(np.median([digest.request_count for digest in having]))
    return max(count, 2.0), OverRuns(min(ends), float(np.median(ends)), max(ends))


def _to_the_end(line: Line, count: float, over: OverRuns) -> list[Line | Points]:
    """The longest request, joined to the curve by dots."""
    end = Points(
        line.series,
        [count],
        [over.median],
        [over.least],
        [over.greatest],
        say=LONGEST,
        texts={"n": f"{count:g}"},
    )
    if not len(line.at):
        return [end]
    at, value = np.array([line.at[-1], count]), np.array([line.value[-1], over.median])
    return [Line(line.series, at, value, width=1.0, dash=DOTS), end]


FIGURE = Figure(
    title="Request latency",
    reading="The latency of requests by nines. A line is the median over invocations and its band "
    "their range, as far as the number of requests allows. The longest request of a run is at "
    "one of n, as the median, with a bar from the least to the greatest. In an open "
    "loop, intended latency is the one to compare. In a closed loop, metered latency also charges "
    "a pause to the requests that would have queued behind it; "
    "where there are several pauses, and over the whole run, a later pause can lower what "
    "earlier requests are charged, and drift of the rate shows as latency.",
    on_page=BANDS_ON_PAGE,
    scope=Scope.SETTING,
    chart=_chart,
    lacks="recorded request of {workload} at heap {heap}",
)
