"""Pause histogram and complementary distribution, one panel a kind of pause.

Invariants: x is log time; the histogram's y is the log count over all invocations; the
complementary distribution's y is P(pause > x). The panel's title has n and the maximum. The
machine's own floor, measured with nothing else running, is drawn in grey: below it no pause can be
known.
"""

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from ..compare.bystander import Floor, machine_floor
from ..read.experiment import CellResult, Experiment
from ..statistics.quantities import duration
from .style import GREY, Style, legend_below, log_time_axis, panels

KINDS = ("full", "cycle_begin", "termination", "quantum", "fallback")
BINS_PER_DECADE = 8
EVERY_RANK = 100
FLOOR = "the machine's floor, nothing else running"


def kinds_of(results: list[CellResult]) -> list[str]:
    found = {kind for result in results for digest in result.digests for kind in digest.pauses}
    return [kind for kind in KINDS if kind in found] + sorted(found - set(KINDS))


def histogram(experiment: Experiment, results: list[CellResult], style: Style):
    """Outlines of counts per logarithmic bin."""
    low, high = decades(results)
    edges = bin_edges(low, high)

    def draw(axes, result, values):
        counts = np.histogram(values, edges)[0].astype(float)
        axes.stairs(np.where(counts > 0, counts, 0.5), edges, baseline=None, **style.line(result))
        log_count_axis(axes)
        axes.set_ylim(0.7, max(axes.get_ylim()[1], counts.max() * 1.6, 12))

    return _by_kind(
        experiment, results, style, draw, "pauses in all invocations", (10.0**low, 10.0**high)
    )


def complementary(experiment: Experiment, results: list[CellResult], style: Style):
    """P(pause > x), down to 1/n, with the machine's floor."""
    low, high = decades(results)
    floor = machine_floor(experiment)

    def draw(axes, result, values):
        draw_survival(axes, values, **style.line(result))
        log_count_axis(axes)

    figure = _by_kind(
        experiment,
        results,
        style,
        draw,
        "P(pause > x)",
        (10.0**low, 10.0**high),
        extra=floor_legend(floor),
    )
    for axes in figure.axes:
        if axes.get_visible():
            draw_floor(axes, floor)
    return figure


def draw_floor(axes, floor: Floor | None) -> None:
    if floor:
        axes.plot(*floor.points, color=GREY, linewidth=3, alpha=0.5, zorder=1)


def floor_legend(floor: Floor | None) -> list[Line2D]:
    return [Line2D([], [], color=GREY, linewidth=3, alpha=0.5, label=FLOOR)] if floor else []


def log_count_axis(axes) -> None:
    axes.set_yscale("log")
    axes.yaxis.set_major_locator(LogLocator(numticks=6))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))


def draw_survival(axes, values, **look) -> None:
    axes.plot(*survival(values), drawstyle="steps-post", **look)


def survival(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Corners (x, P(> x)) of steps; the longest EVERY_RANK values each, the rest thinned to what a picture can show."""
    n = len(values)
    above = np.unique(
        np.concatenate([np.arange(min(n, EVERY_RANK)), np.geomspace(1, n, 400).astype(int) - 1])
    )[::-1]
    ordered = np.sort(values)[n - 1 - above]
    probability = np.maximum(above, 1) / n
    return np.concatenate([ordered[:1], ordered]), np.concatenate([[1.0], probability])


def decades(results: list[CellResult]) -> tuple[int, int]:
    """Powers of ten of ns that hold all pauses."""
    values = np.concatenate([result.pooled_pauses() for result in results])
    values = values[values > 0]
    if not len(values):
        return 3, 6
    low = int(np.floor(np.log10(values.min())))
    return low, max(int(np.floor(np.log10(values.max()))) + 1, low + 1)


def bin_edges(low: int, high: int) -> np.ndarray:
    return np.logspace(low, high, (high - low) * BINS_PER_DECADE + 1)


def _by_kind(experiment, results, style, draw, ylabel, limits, extra=()):
    kinds = kinds_of(results)
    figure, grid = panels(len(kinds), columns=3)
    for axes, kind in zip(grid, kinds):
        axes.set_xscale("log")
        pools = [(result, result.pooled_pauses(kind)) for result in results]
        pools = [(result, values) for result, values in pools if len(values)]
        for result, values in pools:
            draw(axes, result, values)
        n = sum(len(values) for _, values in pools)
        axes.set_title(f"{kind}: n = {n}, max {duration(max(v.max() for _, v in pools))}")
        axes.set_xlim(*limits)
        log_time_axis(axes.xaxis, *limits)
        axes.set_xlabel("pause")
    for axes in grid[:: min(3, len(grid))]:
        axes.set_ylabel(ylabel)
    legend_below(
        figure, experiment, [r for r in results if len(r.pooled_pauses())], style, extra=extra
    )
    return figure
