"""Percentiles by nines, of pauses and of request latencies.

Invariants: x is 1/(1-p), so that every nine takes the same room. The line is the median over
invocations and the band their range, each invocation only as far as its own number of events allows
(1 - 10/n). For pauses, where one run has few, a thin line goes on with the quantiles of all runs'
pauses together, as far as their number allows. Requests end in their longest, one of n: the median
over runs, and a bar from the least to the greatest.
"""

import numpy as np
from matplotlib.lines import Line2D

from ..read.experiment import CellResult, Experiment, OverRuns
from ..statistics import quantiles
from ..statistics.request_latency import METERED_WINDOWS
from .style import GREY, Style, empty_note, legend_below, log_time_axis, nines_axis, panels

X = 1.0 / (1.0 - quantiles.PROBABILITIES)
LATENCY_TITLES = {
    "simple": "simple: end - start",
    "intended": "intended: end - scheduled start",
    "metered_100ms": "metered, window of 100 ms of requests",
    "metered_full": "metered, whole run",
}
LONGEST = "longest request of a run: median, least to greatest"


def pause_percentiles(experiment: Experiment, results: list[CellResult], style: Style):
    figure, (axes,) = panels(1, width=7.6, height=4.2)
    drawn = [result for result in results if len(result.pooled_pauses())]
    reach, extent = 0.0, []
    for result in drawn:
        pooled = quantiles.curve(result.pooled_pauses())
        axes.plot(X, pooled, **style.line(result) | {"linewidth": 0.8})
        _band(
            axes,
            [quantiles.curve(digest.all_pauses) for digest in result.digests],
            style.line(result),
        )
        reach = max(reach, quantiles.PROBABILITIES[np.isfinite(pooled)].max(initial=0.0))
        extent.append(pooled[np.isfinite(pooled)])
    _finish(axes, reach, extent, "pause")
    legend_below(figure, experiment, drawn, style)
    return figure


def request_percentiles(experiment: Experiment, results: list[CellResult], style: Style):
    """None when no run recorded requests."""
    drawn = [result for result in results if any(d.request_count for d in result.digests)]
    if not drawn:
        return None
    present = {
        name for result in drawn for digest in result.digests for name in digest.request_curves
    }
    names = [name for name in ("simple", "intended", *METERED_WINDOWS) if name in present]
    figure, grid = panels(len(names), columns=2, width=4.6, height=3.6, sharey=True)
    for axes, name in zip(grid, names):
        reach, extent = 0.0, []
        for result in drawn:
            curves = [d.request_curves[name] for d in result.digests if name in d.request_curves]
            middle = _band(axes, curves, style.line(result))
            extent.append(middle[np.isfinite(middle)])
            end = longest(result, name)
            if end:
                reach = max(reach, 1 - 1 / end[0])
                look = {
                    "color": style.line(result)["color"],
                    "marker": style.marker(result.cell.barrier),
                }
                extent.append(_end(axes, middle, end, look))
        _finish(axes, reach, extent, "request latency" if axes in grid[::2] else "")
        axes.set_title(LATENCY_TITLES[name])
    mark = Line2D(
        [], [], color=GREY, marker="o", markersize=4, linestyle=":", linewidth=1, label=LONGEST
    )
    legend_below(figure, experiment, drawn, style, extra=[mark])
    return figure


def longest(result: CellResult, name: str) -> tuple[float, OverRuns] | None:
    """(requests, longest latency): where the curve of the form `name` ends, over the runs that have
    it."""
    having = [digest for digest in result.digests if name in digest.request_longest]
    if not having:
        return None
    ends = [digest.request_longest[name] for digest in having]
    count = float(np.median([digest.request_count for digest in having]))
    return max(count, 2.0), OverRuns(min(ends), float(np.median(ends)), max(ends))


def _end(axes, middle: np.ndarray, end: tuple[float, OverRuns], look: dict) -> np.ndarray:
    """The longest request, joined to the curve by dots; returns what the axis has to show."""
    x, over = end
    known = np.flatnonzero(np.isfinite(middle))
    if len(known):
        axes.plot(
            [X[known[-1]], x],
            [middle[known[-1]], over.median],
            ":",
            color=look["color"],
            linewidth=1,
        )
    axes.plot(x, over.median, **look, markersize=4, clip_on=False, zorder=3)
    axes.plot([x, x], [over.least, over.greatest], color=look["color"], linewidth=1, clip_on=False)
    return np.array([over.least, over.greatest])


def _band(axes, curves: list[np.ndarray], look: dict) -> np.ndarray:
    """Median line and range over invocations; returns the median."""
    middle, low, high = quantiles.median_and_range(curves, len(X))
    axes.plot(X, middle, **look)
    axes.fill_between(
        X, low, high, where=np.isfinite(middle), color=look["color"], alpha=0.12, linewidth=0
    )
    return middle


def _finish(axes, reach: float, extent: list[np.ndarray], ylabel: str) -> None:
    axes.set_ylabel(ylabel)
    values = np.concatenate([np.zeros(0), *extent])
    values = values[values > 0]
    nines_axis(axes, max(reach, 0.9))
    if not len(values):
        empty_note(axes, "too few events for any quantile (n < 10)")
        return
    axes.set_yscale("log")
    log_time_axis(axes.yaxis, values.min(), values.max())
