"""For how long a collector holds one mutator: a row for each cell.

Invariants: a stretch is of one mutator, by a pause or a handshake (run.json, `held`). Each mark is
over the runs of a cell: the median of the runs, with an interval from the least to the greatest.
The 99th percentile is small and hollow, the longest stretch is full.
"""

import numpy as np

from ..read.experiment import CellResult
from .chart import Axis, Chart, Panel, Points, Rows
from .description import Figure, Material, Scope

LEAST_COUNT = 100  # stretches of a run that a 99th percentile is told of
SAY = "{row}: {what} of a run {value}, least {low}, greatest {high}, over {n} runs"


def _chart(material: Material) -> Chart | None:
    held = [result for result in material.results if _of(result, "max_ns")]
    if not held:
        return None
    marks = [
        mark
        for result in held
        for mark in (
            _points(material, result, "max_ns", "longest stretch", {}),
            _points(material, result, "p99_ns", "99th percentile", {"hollow": [True]}),
        )
        if mark
    ]
    rows = Rows(tuple(material.label(result) for result in held))
    return Chart([Panel("", rows, Axis("a mutator is held for", "ns", log=True), marks)], columns=1)


def _of(result: CellResult, figure: str) -> list[int]:
    """In the runs that say it."""
    found = [digest.record.get("held") or {"count": 0} for digest in result.digests]
    least = LEAST_COUNT if figure == "p99_ns" else 1
    return [held[figure] for held in found if held["count"] >= least]


def _points(
    material: Material, result: CellResult, figure: str, what: str, look: dict
) -> Points | None:
    values = _of(result, figure)
    if not values:
        return None
    return Points(
        material.style.series(result, marker=material.style.marker(result.cell.barrier)),
        [material.label(result)],
        [float(np.median(values))],
        [min(values)],
        [max(values)],
        small=figure == "p99_ns",
        say=SAY,
        texts={"what": what, "n": f"{len(values)}"},
        **look,
    )


FIGURE = Figure(
    title="How long a mutator is held",
    reading="How long a collector kept one mutator from running, by a pause or a handshake: "
    "the longest time of a run (full), and the 99th percentile (small and hollow). Marks are "
    "medians over invocations, and bars reach from the least to the greatest. A pause of all "
    "mutators holds each of them; a handshake holds one.",
    scope=Scope.SETTING,
    chart=_chart,
    lacks="pause or handshake of {workload} at heap {heap}",
    of_events=False,
)
