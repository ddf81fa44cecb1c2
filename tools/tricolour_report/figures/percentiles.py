"""Percentiles by nines, of pauses and of request latencies.

Invariants: x is 1/(1-p), so that every nine takes the same room. The line is the median over invocations and the band
their range, each invocation only as far as its own number of events allows (1 - 10/n). For pauses, where one run has
few, a thin line goes on with the quantiles of all runs' pauses together, as far as their number allows.
"""

import numpy as np

from .. import quantiles
from ..experiment import CellResult, Experiment
from ..request_latency import METERED_WINDOWS
from .style import Style, empty_note, legend_below, log_time_axis, nines_axis, panels

X = 1.0 / (1.0 - quantiles.PROBABILITIES)
LATENCY_TITLES = {
    "simple": "simple: end - start", "intended": "intended: end - scheduled start",
    "metered_100ms": "metered, window 100 ms", "metered_full": "metered, whole run",
}


def pause_percentiles(experiment: Experiment, results: list[CellResult], style: Style):
    figure, (axes,) = panels(1, width=7.6, height=4.2)
    drawn = [result for result in results if len(result.pooled_pauses())]
    reach, extent = 0.0, []
    for result in drawn:
        pooled = quantiles.curve(result.pooled_pauses())
        axes.plot(X, pooled, **style.line(result) | {"linewidth": 0.8})
        _band(axes, [quantiles.curve(digest.all_pauses) for digest in result.digests], style.line(result))
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
    present = {name for result in drawn for digest in result.digests for name in digest.request_curves}
    names = [name for name in ("simple", "intended", *METERED_WINDOWS) if name in present]
    figure, grid = panels(len(names), columns=min(3, len(names)), height=3.6, sharey=True)
    for axes, name in zip(grid, names):
        reach, extent = 0.0, []
        for result in drawn:
            curves = [d.request_curves[name] for d in result.digests if name in d.request_curves]
            middle = _band(axes, curves, style.line(result))
            reach = max(reach, quantiles.PROBABILITIES[np.isfinite(middle)].max(initial=0.0))
            extent.append(middle[np.isfinite(middle)])
        _finish(axes, reach, extent, "request latency" if axes is grid[0] else "")
        axes.set_title(LATENCY_TITLES[name])
    legend_below(figure, experiment, drawn, style)
    return figure


def _band(axes, curves: list[np.ndarray], look: dict) -> np.ndarray:
    """Median line and range over invocations; returns the median."""
    middle, low, high = quantiles.median_and_range(curves, len(X))
    axes.plot(X, middle, **look)
    axes.fill_between(X, low, high, where=np.isfinite(middle), color=look["color"], alpha=0.12, linewidth=0)
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
