"""Throughput as a ratio to the baseline.

Invariants: points with 95 % intervals, paired by block; an interval that goes on beyond the picture
is cut there. A cell that failed is a cross at the edge with its status, never a gap. A hollow point
is of a starved cell or against a starved baseline, and ranks nothing. With several heap sizes x is
the heap multiple; with one the combinations are listed one a line.
"""

from math import isnan

from matplotlib.lines import Line2D

from ..read.experiment import ENOUGH_CYCLES, CellResult, Experiment
from ..statistics.intervals import Ratio
from .style import FAILED, GREY, Style, legend_below, panels, readable_limits

INCHES_PER_LETTER = 0.075


def throughput(experiment: Experiment, style: Style):
    return (
        _over_heaps(experiment, style)
        if len(experiment.heaps) > 1
        else _at_one_heap(experiment, style)
    )


def _at_one_heap(experiment: Experiment, style: Style):
    labels = list(dict.fromkeys(experiment.label(result.cell) for result in experiment.results))
    beside = INCHES_PER_LETTER * max(map(len, labels))
    figure, grid = panels(
        len(experiment.workloads),
        columns=3,
        width=2.9,
        height=0.9 + 0.27 * len(labels),
        beside=beside,
        sharey=True,
    )
    for axes, workload in zip(grid, experiment.workloads):
        failed = []
        for result in (r for r in experiment.results if r.cell.workload == workload):
            place = labels.index(experiment.label(result.cell))
            if not _point(axes, result, style, place, horizontal=True):
                failed.append((place, result))
        _finish_x(axes, workload, experiment)
        axes.set_xlim(readable_limits(_ratios(experiment, workload)))
        for place, result in failed:
            _mark_failed(axes, place, result)
    if starved := _starved_legend(experiment):
        figure.legend(handles=starved, loc="upper center", bbox_to_anchor=(0.5, 0.0), fontsize=9)
    grid[0].set_yticks(range(len(labels)), labels)
    grid[0].set_ylim(len(labels) - 0.5, -0.5)
    return figure


def _ratios(experiment: Experiment, workload: str) -> list[Ratio]:
    return [
        ratio for r in experiment.results if r.cell.workload == workload and (ratio := r.ratio())
    ]


def _finish_x(axes, workload: str, experiment: Experiment) -> None:
    axes.axvline(1.0, color=GREY, linewidth=1)
    axes.set_title(f"{workload}, heap {experiment.heaps[0]}")
    axes.set_xlabel("throughput / baseline")


def _mark_failed(axes, place: float, result: CellResult) -> None:
    axes.plot(0.02, place, "x", color=FAILED, transform=axes.get_yaxis_transform(), clip_on=False)
    axes.text(
        0.07,
        place,
        _reason(result),
        color=FAILED,
        fontsize=8,
        va="center",
        transform=axes.get_yaxis_transform(),
    )


def _reason(result: CellResult) -> str:
    if result.failures:
        return ", ".join(result.failures).replace("_", " ")
    return "no baseline" if result.digests else "not run"


def _point(axes, result: CellResult, style: Style, place: float, horizontal: bool) -> bool:
    """Draw one ratio with its interval; False when there is none."""
    ratio = result.ratio()
    if ratio is None:
        return False
    reach = None if isnan(ratio.low) else [[ratio.value - ratio.low], [ratio.high - ratio.value]]
    look = {
        "color": style.colour(result.cell.collector),
        "marker": style.marker(result.cell.barrier),
        "capsize": 3,
        "linestyle": "none",
        "markersize": 5,
        "markerfacecolor": "white"
        if not result.fairly_compared
        else style.colour(result.cell.collector),
    }
    if horizontal:
        axes.errorbar(ratio.value, place, xerr=reach, **look)
    else:
        axes.errorbar(place, ratio.value, yerr=reach, **look)
    return True


def _over_heaps(experiment: Experiment, style: Style):
    labels = list(dict.fromkeys(experiment.label(result.cell) for result in experiment.results))
    figure, grid = panels(len(experiment.workloads), columns=2, width=5.0, height=3.8)
    for axes, workload in zip(grid, experiment.workloads):
        own = [r for r in experiment.results if r.cell.workload == workload]
        for number, label in enumerate(labels):
            _series(
                axes,
                experiment,
                [r for r in own if experiment.label(r.cell) == label],
                style,
                number,
                len(labels),
            )
        axes.axhline(1.0, color=GREY, linewidth=1)
        axes.set_title(workload)
        axes.set_xticks(range(len(experiment.heaps)), experiment.heaps)
        axes.set_xlim(-0.5, len(experiment.heaps) - 0.5)
        axes.set_ylim(readable_limits(_ratios(experiment, workload)))
        axes.set_xlabel(
            "heap, as a multiple of the least that works"
            if experiment.heaps[-1].endswith("x")
            else "heap"
        )
        axes.set_ylabel("throughput / baseline")
    shown = list({experiment.label(r.cell): r for r in experiment.results}.values())
    crossed = any(result.ratio() is None for result in experiment.results)
    cross = Line2D([], [], color=FAILED, marker="x", linestyle="none", label="failed")
    legend_below(
        figure,
        experiment,
        shown,
        style,
        with_markers=True,
        extra=([cross] if crossed else []) + _starved_legend(experiment),
    )
    return figure


def _starved_legend(experiment: Experiment) -> list[Line2D]:
    if all(result.fairly_compared for result in experiment.results):
        return []
    label = f"hollow: starved (a run with fewer than {ENOUGH_CYCLES} cycles), or its baseline is"
    look = {"color": GREY, "marker": "o", "markerfacecolor": "white", "linestyle": "none"}
    return [Line2D([], [], label=label, **look)]


def _series(axes, experiment, results, style, number, count) -> None:
    """One combination over the heap sizes, shifted sideways a little so that intervals stay apart."""
    shift = 0.7 * ((number + 0.5) / count - 0.5)
    line = []
    for result in sorted(results, key=lambda r: experiment.heaps.index(r.cell.heap)):
        place = experiment.heaps.index(result.cell.heap) + shift
        if _point(axes, result, style, place, horizontal=False):
            line.append((place, result.ratio().value))
        else:
            axes.plot(
                place, 0.03, "x", color=FAILED, transform=axes.get_xaxis_transform(), clip_on=False
            )
    if line:
        axes.plot(*zip(*line), **style.line(results[0]) | {"linewidth": 0.8, "alpha": 0.7})
