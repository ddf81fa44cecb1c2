"""Where the time of an operation went: CPU time by role, and the mutators' wall time by what they
did.

Invariant: bars are means over invocations, stacked; the right panel is the exact partition that the
run recorded, so that of a run sums to wall time x mutators. Per operation, runs of a fixed time and
of a fixed number of operations compare alike.
"""

from typing import Callable

import numpy as np

from ..read.digest import Digest
from .chart import Axis, Bars, Chart, Panel, Rows, Series
from .description import Figure, Material, Scope

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
    "assist": "#7A5195",
    "stall": "#B00020",
    "search": "#D55E00",
    "large_object_search": "#E8A1C6",
    "registry_lock": "#0072B2",
    "page_fault": "#9AD3F2",
    "run_delay": "#999999",
    "blocked": "#F0E442",
}


def _chart(material: Material) -> Chart | None:
    if not any(result.digests for result in material.results):
        return None
    return Chart(
        [
            _panel(
                material,
                "CPU time by role",
                "CPU time per operation, mean run",
                ROLES,
                lambda digest, role: digest.record["cpu_ns"][role],
            ),
            _panel(
                material,
                "mutators' wall time",
                "time of all mutators per operation, mean run",
                STATES,
                lambda digest, state: sum(m[state] for m in digest.record["mutator_time_ns"]),
            ),
        ],
        columns=2,
        apart=True,
    )


def _panel(
    material: Material,
    title: str,
    label: str,
    colours: dict[str, str],
    spent: Callable[[Digest, str], float],
) -> Panel:
    timed = {
        material.label(one): worked
        for one in material.results
        if (worked := [digest for digest in one.digests if digest.record["operations"]])
    }
    marks = []
    for name, colour in colours.items():
        means = [
            np.mean([spent(one, name) / one.record["operations"] for one in digests])
            for digests in timed.values()
        ]
        text = name.replace("_", " ")
        say = "{series}: {value} ({share})"
        marks.append(Bars(Series(text, text, colour, area=True), list(timed), means, say=say))
    notes = {
        material.label(one): ", ".join(one.failures).replace("_", " ") or "no operation ended"
        for one in material.results
        if material.label(one) not in timed
    }
    rows = Rows(tuple(material.label(one) for one in material.results))
    values = Axis(label, "ns", hold=(0,))
    return Panel(title, rows, values, marks, stacked=True, notes=notes)


FIGURE = Figure(
    title="Time spent",
    reading="The CPU time of an operation by role, and what the mutators' wall time was spent on. "
    "Background marking can raise CPU time where the wall time falls.",
    scope=Scope.SETTING,
    chart=_chart,
    lacks="timed run of {workload} at heap {heap}",
    of_events=False,
)
