"""What more threads bring: speed-up against the fewest, by mutators and by mark threads.

Invariants: a value is paired by block with the cell of the fewest threads that is otherwise the
same; above 1 is better, whichever way the metric goes. Mark threads count those of pauses and those
beside mutators together, the larger of the two. What has two cells of one count is left out.
"""

from dataclasses import replace

import numpy as np

from ..read.experiment import CellResult, paired_ratio
from ..statistics.intervals import Ratio
from ..statistics.metrics import METRICS
from .chart import Axis, Chart, Line, Panel, Points, Series, in_facets
from .description import Figure, Material, Scope

# The parameters whose larger value is the count, by the axis' label.
THREADS = {
    "mutators": ("mutators",),
    "mark threads": ("mark_threads", "concurrent_mark_threads"),
}
QUANTITIES = ("throughput", "pause_p50", "cpu_gc")
IDEAL = Series("ideal", "ideal: n times the threads, n times as fast", "#767676", (4, 2), 1)
SAY = "{at} threads: {value} times|, 95 % {low} to {high}|, n = {n}"

Counted = dict[int, CellResult]


def _chart(material: Material) -> Chart | None:
    panels = [
        panel
        for axis, keys in THREADS.items()
        for metric in QUANTITIES
        if (panel := _panel(material, axis, keys, metric))
    ]
    return in_facets(panels, 3) if panels else None


def _panel(material: Material, axis: str, keys: tuple[str, ...], metric: str) -> Panel | None:
    marks, counts = [], {1}
    for counted in _groups(material.results, keys):
        ratios = {
            count: ratio
            for count, result in counted.items()
            if (ratio := _speed_up(counted[min(counted)], result, metric))
        }
        if len(ratios) > 1:
            counts |= set(ratios)
            marks += _of_group(material, keys, counted, ratios)
    if not marks:
        return None
    least, most = min(counts), max(counts)
    ideal = Line(IDEAL, np.array([least, most]), np.array([1.0, most / least]))
    along = Axis(
        axis,
        limits=(least - 0.2, most + 0.2),
        ticks=tuple((float(count), str(count)) for count in sorted(counts)),
    )
    values = Axis(f"{metric}, speed-up", "ratio", hold=(1.0,))
    return Panel("", along, values, [ideal, *marks])


def _groups(results: list[CellResult], keys: tuple[str, ...]) -> list[Counted]:
    """Cells that differ in these parameters only, by count; several counts each."""
    alike: dict[tuple, list[tuple[int, CellResult]]] = {}
    for result in results:
        own = result.cell.parameters
        if result.digests and all(key in own for key in keys[:1]):
            rest = tuple(sorted((key, text) for key, text in own.items() if key not in keys))
            count = max(int(own[key]) for key in keys if key in own)
            alike.setdefault(rest, []).append((count, result))
    groups = [dict(sorted(cells, key=lambda one: one[0])) for cells in alike.values()]
    return [
        group
        for group, cells in zip(groups, alike.values())
        if len(group) == len(cells) and len(group) > 1
    ]


def _speed_up(fewest: CellResult, result: CellResult, metric: str) -> Ratio | None:
    if METRICS[metric].better == "higher":
        return paired_ratio(fewest, result, metric)
    return paired_ratio(result, fewest, metric)


def _of_group(
    material: Material, keys: tuple[str, ...], counted: Counted, ratios: dict[int, Ratio]
) -> list[Line | Points]:
    first = counted[min(counted)]
    label = material.experiment.barrier_label(first.cell, keys)
    marker = material.style.marker(first.cell.barrier)
    series = replace(material.style.series(first, width=0.9, marker=marker), key=label, label=label)
    at, values = np.array(list(ratios), dtype=float), list(ratios.values())
    points = Points(
        series,
        at,
        [one.value for one in values],
        [one.low for one in values],
        [one.high for one in values],
        say=SAY,
        texts={"n": [str(one.invocations) for one in values]},
    )
    return [Line(series, at, np.array(points.value)), points]


FIGURE = Figure(
    title="Speed-up by threads",
    reading="How many times as good a figure is with more threads as with the fewest of the same "
    "cell, paired by block, with 95 % intervals: throughput, median pause, and CPU time of "
    "collecting. Above 1 is better. The dashed line is where n times the threads are n times as "
    "fast. CPU time falls below 1 where threads share work at a cost.",
    scope=Scope.SETTING,
    chart=_chart,
    lacks="cells of {workload} at heap {heap} that differ in their number of threads only",
    of_events=False,
)
