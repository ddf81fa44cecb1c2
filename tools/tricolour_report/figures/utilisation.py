"""MMU and BMU against the window.

Invariants: x from 10 microseconds to the longest run's length, log, and a line as far as the shortest run of its cell; y from 0 to 1;
lines are medians over invocations, bands their range.
"""

import numpy as np

from ..read.digest import WINDOWS
from ..read.experiment import CellResult, Experiment
from ..statistics import quantiles
from .style import Style, legend_below, log_time_axis, panels

TITLES = {"mmu": "MMU: worst window of this length", "bmu": "BMU: worst window this long or longer"}


def utilisation(experiment: Experiment, results: list[CellResult], style: Style):
    drawn = [result for result in results if result.digests]
    longest = max(WINDOWS[np.isfinite(d.mmu)].max(initial=1e5) for r in drawn for d in r.digests)
    figure, grid = panels(2, columns=2, width=4.8, height=3.6, sharey=True)
    for axes, kind in zip(grid, TITLES):
        for result in drawn:
            middle, low, high = quantiles.median_and_range(
                [getattr(digest, kind) for digest in result.digests], len(WINDOWS)
            )
            look = style.line(result)
            axes.plot(WINDOWS, middle, **look)
            axes.fill_between(WINDOWS, low, high, color=look["color"], alpha=0.10, linewidth=0)
        axes.set_xscale("log")
        axes.set_xlim(WINDOWS[0], longest)
        axes.set_ylim(-0.02, 1.02)
        log_time_axis(axes.xaxis, WINDOWS[0], longest)
        axes.set_xlabel("window")
        axes.set_title(TITLES[kind])
    grid[0].set_ylabel("mutator's share of the window")
    legend_below(figure, experiment, drawn, style)
    return figure
