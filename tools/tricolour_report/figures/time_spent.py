"""Where the time went: CPU seconds by role, and the mutators' wall time by what they did.

Invariant: bars are means over invocations, stacked; the right panel is the exact partition that the run recorded, so it
sums to wall time x mutators.
"""

import numpy as np
from matplotlib.transforms import ScaledTranslation

from ..read.experiment import CellResult, Experiment
from .style import GREY, Style, panels

BELOW_INCHES = 0.5  # from the axis to its legend: room for ticks and the axis' label
ROLES = {
    "mutator": "#BBBBBB",
    "mark": "#009E73",
    "sweep": "#E69F00",
    "pause": "#222222",
    "assist": "#7A5195",
    "other": "#56B4E9",
}
STATES = {
    "running": "#BBBBBB",
    "allocation_slow_path": "#56B4E9",
    "lazy_sweeping": "#E69F00",
    "paused": "#222222",
    "handshake": "#8C6D31",
    "assisting": "#7A5195",
    "stalled": "#B00020",
    "search": "#D55E00",
    "large_object_search": "#E8A1C6",
    "registry_lock": "#0072B2",
    "page_fault": "#9AD3F2",
    "run_delay": "#999999",
    "blocked": "#F0E442",
}


def time_spent(experiment: Experiment, results: list[CellResult], style: Style):
    labels = [experiment.label(result.cell) for result in results]
    figure, grid = panels(2, columns=2, width=5.6, height=1.9 + 0.3 * len(labels), sharey=True)
    _stack(grid[0], results, ROLES, lambda digest, role: digest.record["cpu_ns"][role])
    _stack(
        grid[1],
        results,
        STATES,
        lambda digest, state: sum(m[state] for m in digest.record["mutator_time_ns"]),
    )
    grid[0].set_title("CPU time by role")
    grid[0].set_xlabel("CPU seconds, mean run")
    grid[1].set_title("mutators' wall time")
    grid[1].set_xlabel("seconds, all mutators, mean run")
    grid[0].set_yticks(range(len(labels)), labels)
    grid[0].set_ylim(len(labels) - 0.5, -0.5)
    for axes in grid:
        axes.grid(axis="y", visible=False)
        below = axes.transAxes + ScaledTranslation(0, -BELOW_INCHES, figure.dpi_scale_trans)
        axes.legend(
            loc="upper center",
            bbox_to_anchor=(0.5, 0.0),
            bbox_transform=below,
            ncol=3,
            fontsize=8,
            columnspacing=1.0,
            handlelength=1.2,
        )
    return figure


def _stack(axes, results: list[CellResult], colours: dict[str, str], value) -> None:
    rows = [row for row, result in enumerate(results) if result.digests]
    left = np.zeros(len(rows))
    for name, colour in colours.items():
        widths = np.array(
            [np.mean([value(d, name) for d in results[row].digests]) / 1e9 for row in rows]
        )
        axes.barh(rows, widths, left=left, height=0.7, color=colour, label=name.replace("_", " "))
        left += widths
    for row, result in enumerate(results):
        if not result.digests:
            axes.text(
                0,
                row,
                f" {', '.join(result.failures) or 'not run'}",
                va="center",
                fontsize=8,
                color=GREY,
            )
