"""Lower-bound overhead against the heap multiple, wall and CPU time side by side.

Invariants: one row of panels a workload; x is the logarithm of the multiple, and lists the sizes where the heap is none; y
starts at 1, the floor; bars are 95 % intervals, cut where they would go far beyond the points. Where the folder has the same workload with malloc and free, that is a line.
"""

from math import isnan, log2

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from ..compare.explicit_free import ExplicitFree
from ..compare.lower_bound_overhead import Overhead, overheads
from ..read.experiment import Experiment, heap_order
from .style import GREY, Style, legend_below, panels, readable_limits

RESOURCES = {"wall": "wall time", "cpu": "CPU time"}
FREE_LINE = (0, (4, 3))
SPREAD = 0.6  # of the way to the next heap: points at one heap stand side by side, so that intervals stay apart


def lower_bound_overhead(
    experiment: Experiment, style: Style, explicit: ExplicitFree | None = None
):
    """None when no timed run did an operation."""
    found = overheads(experiment)
    workloads = [
        workload
        for workload in experiment.workloads
        if any(one.result.cell.workload == workload for one in found)
    ]
    if not workloads:
        return None
    labels = list(dict.fromkeys(experiment.label(one.result.cell) for one in found))
    places, heap_axis = _places(experiment)
    gap = min(np.diff(list(places.values())), default=1.0)
    figure, grid = panels(2 * len(workloads), columns=2, width=4.6, height=3.4)
    for row, workload in enumerate(workloads):
        for axes, (resource, title) in zip(grid[2 * row :], RESOURCES.items()):
            own = [
                one
                for one in found
                if (one.result.cell.workload, one.resource) == (workload, resource)
            ]
            for number, label in enumerate(labels):
                line = [one for one in own if experiment.label(one.result.cell) == label]
                _series(
                    axes, places, line, style, SPREAD * gap * ((number + 0.5) / len(labels) - 0.5)
                )
            axes.set_xticks(list(places.values()), list(places))
            axes.set_xlim(min(places.values()) - gap / 2, max(places.values()) + gap / 2)
            axes.set_xlabel(heap_axis)
            axes.set_ylim(readable_limits([one.ratio for one in own]))
            free = explicit.over_floor(own) if explicit else None
            if free:
                axes.axhline(free, color=GREY, linewidth=1.2, linestyle=FREE_LINE)
            _finish(axes)
            axes.set_title(f"{workload}, {title}")
        grid[2 * row].set_ylabel("cost / floor")
    shown = list({experiment.label(one.result.cell): one.result for one in found}.values())
    drawn = explicit and explicit.over_floor(found)
    extra = (
        [Line2D([], [], color=GREY, linewidth=1.2, linestyle=FREE_LINE, label="malloc and free")]
        if drawn
        else []
    )
    legend_below(figure, experiment, shown, style, with_markers=True, extra=extra)
    return figure


def _places(experiment: Experiment) -> tuple[dict[str, float], str]:
    """Where each heap stands on the x axis, from left to right, and the axis' label."""
    orders = {heap: heap_order(heap) for heap in experiment.heaps}
    if all(kind == 0 and multiple > 0 for kind, multiple, _ in orders.values()):
        return {
            heap: log2(multiple) for heap, (_, multiple, _) in orders.items()
        }, "heap, as a multiple of the least that works"
    return {heap: float(place) for place, heap in enumerate(experiment.heaps)}, "heap"


def _series(
    axes, places: dict[str, float], line: list[Overhead], style: Style, shift: float
) -> None:
    points = sorted(
        ((places[one.result.cell.heap], one.ratio) for one in line), key=lambda point: point[0]
    )
    for place, ratio in points:
        reach = (
            None if isnan(ratio.low) else [[ratio.value - ratio.low], [ratio.high - ratio.value]]
        )
        axes.errorbar(
            place + shift,
            ratio.value,
            yerr=reach,
            color=style.colour(line[0].result.cell.collector),
            capsize=2.5,
            marker=style.marker(line[0].result.cell.barrier),
            markersize=4.5,
            linestyle="none",
        )
    if len(points) > 1:
        axes.plot(
            [place + shift for place, _ in points],
            [ratio.value for _, ratio in points],
            **style.line(line[0].result) | {"linewidth": 1.0},
        )


def _finish(axes) -> None:
    axes.axhline(1.0, color=GREY, linewidth=1)
    axes.yaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 2.5, 5, 10]))
