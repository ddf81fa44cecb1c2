"""Timeline of one cycle: a row for each thread, phases and pauses as bars.

Invariants: times are ms from the begin of the measured region. Pauses are drawn over the rows of
the mutators they stop.
"""

import numpy as np

from .chart import Axis, Chart, Panel, Rows, Series, Spans
from .description import Figure, Material, Scope
from .run_events import ALL_MUTATORS, NO_ROW, Cycle, RunEvents, one_of_each_collector

PHASES = {
    "begin": "#56B4E9",
    "marking": "#009E73",
    "termination": "#CC79A7",
    "sweeping": "#E69F00",
    "stall": "#B00020",
    "assist": "#7A5195",
    "handshake": "#8C6D31",
    "lazy_sweeping": "#F5C05C",
    "search": "#D55E00",
    "large_object_search": "#E8A1C6",
    "registry_lock": "#0072B2",
    "page_fault": "#9AD3F2",
    "run_delay": "#999999",
    "allocation_slow_path": "#5CC3A2",
}
PAUSE = "#222222"  # also of `paused`: what a mutator alone was stopped for is a pause as any
OTHER = "#999999"
RUNNING = Series("mutator runs", "mutator runs", "#DDDDDD", area=True)
MARGIN = 0.02  # of the cycle's length
SAY = "{length}, from {after} after the cycle's begin"


def _chart(material: Material, run: RunEvents, cycle: Cycle) -> Chart:
    return Chart([_panel("", run, cycle)], columns=1)


def _printed(material: Material) -> Chart | None:
    runs = one_of_each_collector(material.results)
    panels = [
        _panel(material.label(run.result), run, cycle)
        for run in runs
        if (cycle := run.median_cycle)
    ]
    return Chart(panels, columns=1) if panels else None


def _panel(title: str, run: RunEvents, cycle: Cycle) -> Panel:
    margin = max(round(MARGIN * cycle.span), 10)
    limits = (cycle.begin - margin, cycle.begin + cycle.span + margin)
    marks = [Spans(RUNNING, *(np.array([end]) for end in limits), run.mutators, "runs")]
    for row, name, begins, ends in cycle.bars:
        if row == NO_ROW:
            continue
        rows = run.mutators if row == ALL_MUTATORS else (run.threads[row],)
        marks.append(Spans(_series(name), begins, ends, rows, SAY))
    label = f"ms since the measured region began (block {run.block})"
    number = f"cycle {cycle.number}" + (", which fell back" if cycle.fell_back else "")
    return Panel(
        ", ".join(filter(None, [title, number])),
        Rows(tuple(run.threads), thick=1.2),
        Axis(label, "ns", "ms", limits=limits),
        marks,
        origin=cycle.begin,
        picks="range",
    )


def _series(name: str) -> Series:
    colour = PAUSE if name.startswith("pause") else PHASES.get(name, OTHER)
    return Series(name, name.replace("_", " "), colour, area=True)


FIGURE = Figure(
    title="One cycle, thread by thread",
    reading="What each thread did, and when the mutators were stopped (black).",
    in_print="The figure shows a cycle of median length of one run of each collector, with the "
    "barrier that most of them have here; time axes differ between panels.",
    on_page="Drag across a part with the mouse to enlarge it.",
    scope=Scope.CYCLE,
    chart=_chart,
    printed=_printed,
    lacks="cycle of this run that began and ended inside the measured region",
)
