"""Heap in use over time, with the heap's size, the trigger of the next cycle and where cycles
began, pauses shaded.

Invariant: one panel a collector; a stretch of at most CYCLES cycles from the middle of the run, so
that single cycles can be seen.
"""

import pandas as pd
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from ..read.experiment import CellResult, Experiment
from .one_run import OneRun, bars, one_of_each_collector
from .style import GREY, Style, empty_note, panels

CYCLES = 6
SIZE = "size of the heap"
TRIGGER = "trigger: the use at which the next cycle is to begin"
BEGIN = "the pacer begins a cycle"
MIB = 2.0**20


def heap_over_time(experiment: Experiment, results: list[CellResult], style: Style):
    runs = [run for run in one_of_each_collector(results) if len(run.heap)]
    if not runs:
        return None
    figure, grid = panels(len(runs), columns=1, width=8.6, height=2.3)
    for axes, run in zip(grid, runs):
        _draw(axes, run, experiment, style)
    handles = [
        Line2D([], [], color=GREY, label="in use (in the collector's colour)"),
        Line2D([], [], color="#000000", linestyle="-", linewidth=1, label=SIZE),
        Line2D([], [], color="#000000", linestyle="--", linewidth=1, label=TRIGGER),
        Line2D([], [], color="#000000", marker="v", linestyle="none", label=BEGIN),
        Patch(color="#222222", alpha=0.25, label="pause"),
    ]
    figure.legend(
        handles=handles, loc="upper center", bbox_to_anchor=(0.5, 0.0), ncol=3, fontsize=9
    )
    return figure


def _draw(axes, run: OneRun, experiment: Experiment, style: Style) -> None:
    axes.set_title(experiment.label(run.result.cell))
    begin, end = _stretch(run)
    heap = run.heap[run.heap["t_ms"].between(begin, end)]
    if heap.empty:
        empty_note(axes, "no sample of the heap in this stretch")
        return
    axes.step(
        heap["t_ms"],
        heap["used"] / MIB,
        where="post",
        color=style.colour(run.result.cell.collector),
        linewidth=1.3,
    )
    axes.step(heap["t_ms"], heap["committed"] / MIB, where="post", color="#000000", linewidth=1)
    paced = heap[heap["trigger"] > 0]
    axes.step(
        paced["t_ms"],
        paced["trigger"] / MIB,
        where="post",
        color="#000000",
        linestyle="--",
        linewidth=1,
    )
    begun = heap[heap["event"] == "trigger"]
    axes.plot(begun["t_ms"], begun["used"] / MIB, "v", color="#000000", markersize=5)
    pauses = run.pauses[(run.pauses["resume_ms"] > begin) & (run.pauses["begin_ms"] < end)]
    shown = bars(pauses["begin_ms"], pauses["resume_ms"], end - begin)
    axes.broken_barh(
        shown,
        (0, 1),
        transform=axes.get_xaxis_transform(),
        color="#222222",
        alpha=0.25,
        linewidth=0.3,
    )
    axes.set_xlim(begin, end)
    axes.set_ylim(0, 1.15 * heap[["used", "committed", "trigger"]].to_numpy().max() / MIB)
    axes.set_ylabel("heap (MiB)")
    axes.set_xlabel(f"ms since the measured region began (block {run.block})")


def _stretch(run: OneRun) -> tuple[float, float]:
    """Begin and end in ms of CYCLES cycles from the middle; the whole run when it has no more than that."""
    begins = (
        pd.concat([run.pauses[["cycle", "begin_ms"]], run.phases[["cycle", "begin_ms"]]])
        .groupby("cycle")["begin_ms"]
        .min()
    )
    begins = begins.sort_values().to_numpy()
    if len(begins) <= CYCLES:
        return 0.0, run.length_ms
    first = (len(begins) - CYCLES) // 2
    return float(max(begins[first], 0.0)), float(min(begins[first + CYCLES], run.length_ms))
