"""Heap in use over time, with the heap's size, the trigger of the next cycle and where cycles
began, pauses shaded.

Invariants: a picture has a stretch of at most CYCLES cycles from the middle of a run, so that
single cycles can be seen; the page has the whole run, of which it shows the extremes of equal
stretches.
"""

import numpy as np
import pandas as pd

from .chart import Axis, Chart, Line, Panel, Points, Series, Spans
from .description import Figure, Material, Scope
from .run_events import FELL_BACK, RunEvents, close_gaps, one_of_each_collector

CYCLES = 6
CROWD = 60  # marks of begun cycles beyond which they are small
GAP = 1 / 400  # of what is shown: pauses closer together are one
MICROSECOND, KIB = 1000, 1024  # what is shown is no finer
SIZE = Series("size", "size of the heap", "#000000", width=1)
TRIGGER = Series(
    "trigger", "trigger: the use at which the next cycle is to begin", "#000000", (4, 2), 1
)
BEGUN = Series("begun", "the pacer begins a cycle", "#000000", width=0, marker="v")
PAUSED = Series("pause", "pause", "#222222", area=True, opacity=0.25)
FALLBACK = Series("fallback", "pause of a cycle that fell back", "#B00020", area=True, opacity=0.5)
SAY = "{value} at {at}"


def _chart(material: Material, run: RunEvents) -> Chart | None:
    panel = _panel(material, "", run, 0, run.length)
    return Chart([panel], columns=1) if panel else None


def _printed(material: Material) -> Chart | None:
    panels = [
        panel
        for run in one_of_each_collector(material.results)
        if (panel := _panel(material, material.label(run.result), run, *_stretch(run)))
    ]
    return Chart(panels, columns=1) if panels else None


def _panel(material: Material, title: str, run: RunEvents, begin: int, end: int) -> Panel | None:
    """None without a sample between `begin` and `end`."""
    heap = run.heap[run.heap["time"].between(begin, end)]
    if heap.empty:
        return None
    stops = run.table[run.table["pause"]]
    fallback = stops["name"] == FELL_BACK
    paced = heap[heap["trigger"] > 0]
    marks = [
        _stopped(PAUSED, stops[~fallback], begin, end),
        *([_stopped(FALLBACK, stops[fallback], begin, end)] if fallback.any() else []),
        _changes(SIZE, heap, "committed", end, run.samples),
        *([_changes(TRIGGER, paced, "trigger", end, run.samples)] if len(paced) else []),
        _use(material, run, heap),
        *_begun(heap, run.samples),
    ]
    most = 1.1 * heap[["used", "committed", "trigger"]].to_numpy().max()
    label = f"ms since the measured region began (block {run.block})"
    along = Axis(label, "ns", "ms", limits=(begin, end))
    values = Axis("heap in use, MiB", "bytes", "MiB", limits=(0, most))
    return Panel(title, along, values, marks, picks="cycle")


def _stopped(series: Series, stops: pd.DataFrame, begin: int, end: int) -> Spans:
    times = (stops[column].to_numpy().clip(begin, end) for column in ("begin", "end"))
    return Spans(series, *close_gaps(*times, (end - begin) * GAP))


def _use(material: Material, run: RunEvents, heap: pd.DataFrame) -> Line:
    used = heap["used"].to_numpy()
    shown = heap.iloc[extremes(used, run.samples)]
    colour = material.style.colour(run.result.cell.barrier)
    series = Series("in use", "in use (in the barrier's colour)", colour, width=1.3)
    return _steps(series, shown["time"].to_numpy(), shown["used"].to_numpy())


def _changes(series: Series, heap: pd.DataFrame, column: str, end: int, most: int) -> Line:
    """Where a size changes, up to the end of what is shown."""
    values = heap[column].to_numpy()
    places = _thinned(np.flatnonzero(np.diff(values, prepend=-1) != 0), most // 2)
    time = np.append(heap["time"].to_numpy()[places], end)
    return _steps(series, time, np.append(values[places], values[-1]))


def _steps(series: Series, time: np.ndarray, size: np.ndarray) -> Line:
    return Line(series, _to(time, MICROSECOND), _to(size, KIB), step=True, say=SAY)


def _begun(heap: pd.DataFrame, most: int) -> list[Points]:
    places = np.flatnonzero((heap["event"] == "trigger").to_numpy(dtype=bool))
    if not len(places):
        return []
    shown = heap.iloc[_thinned(places, most // 2)]
    time, used = _to(shown["time"].to_numpy(), MICROSECOND), _to(shown["used"].to_numpy(), KIB)
    return [Points(BEGUN, time, used, small=len(shown) > CROWD, say=SAY)]


def _to(values: np.ndarray, step: int) -> np.ndarray:
    return values // step * step


def _stretch(run: RunEvents) -> tuple[int, int]:
    """Begin and end of CYCLES cycles from the middle; the whole run when it has no more."""
    begins = run.table.groupby("cycle")["begin"].min().sort_values().to_numpy()
    if len(begins) <= CYCLES:
        return 0, run.length
    first = (len(begins) - CYCLES) // 2
    return int(max(begins[first], 0)), int(min(begins[first + CYCLES], run.length))


def extremes(values: np.ndarray, most: int) -> np.ndarray:
    """Indices of least and greatest in each of most / 2 equal stretches, all where there are no
    more than `most`."""
    if len(values) <= most:
        return np.arange(len(values))
    stretches = np.array_split(np.arange(len(values)), most // 2)
    return np.unique([own[of(values[own])] for own in stretches for of in (np.argmin, np.argmax)])


def _thinned(places: np.ndarray, most: int) -> np.ndarray:
    if not len(places):
        return places
    return places[np.unique(np.linspace(0, len(places) - 1, min(len(places), most)).astype(int))]


FIGURE = Figure(
    title="Heap over time",
    reading="The memory in use. The next cycle is to begin where the use reaches the trigger "
    "(dashed), and has to end before it reaches the size of the heap (solid). Pauses are grey, "
    "those in which a cycle fell back are red, and those that are close together are drawn as one.",
    in_print="The figure shows some cycles from the middle of one run of each collector, with the "
    "barrier that most of them have here.",
    on_page="The chosen cycle is blue. A click chooses the nearest cycle.",
    scope=Scope.RUN,
    chart=_chart,
    printed=_printed,
    lacks="sample of this run's heap",
)
