"""Cells set against each other by a value with an interval, in a panel for each workload.

Invariants: over several heap sizes the places are the logarithm of the multiple, or the sizes in
turn where the heap is none, and combinations are shifted a little so that intervals are apart. At
one heap the combinations are rows; else each collector has its panels. A cell that failed is a
cross with its status, never a gap.
"""

from dataclasses import dataclass, field
from math import log2, nan

import numpy as np

from ..read.experiment import CellResult, Experiment, heap_order
from ..statistics.intervals import Ratio
from .chart import Axis, Failures, Line, Panel, Points, Rows, Rule, Series
from .description import Material
from .style import FAILED, GREY

SPREAD = 0.6  # of the way to the next heap
RATIO = "heap {heap}: {value}| [{low}, {high}]|, n = {n} times "


@dataclass(frozen=True)
class Compared:
    """What is shown of a cell; `runs` are single ones, drawn small."""

    result: CellResult
    value: float
    low: float = nan
    high: float = nan
    hollow: bool = False
    texts: dict[str, str | float] = field(default_factory=dict)
    runs: dict[int, float] = field(default_factory=dict)


def of_ratio(result: CellResult, ratio: Ratio, hollow: bool, state: str) -> Compared:
    texts = {"n": str(ratio.invocations), "state": state}
    return Compared(result, ratio.value, ratio.low, ratio.high, hollow, texts)


def panel(
    material: Material,
    title: str,
    compared: list[Compared],
    failed: list[CellResult],
    values: Axis,
    say: str,
    rules: list[Rule],
) -> Panel:
    experiment = material.experiment
    several = len(experiment.heaps) > 1
    labels = list(dict.fromkeys(material.label(result) for result in experiment.results))
    barriers = {material.label(one): material.barrier_label(one) for one in experiment.results}
    beside = list(dict.fromkeys(barriers.values()))
    own = {material.label(one) for one in [*(each.result for each in compared), *failed]}
    along = _heap_axis(experiment) if several else Rows(tuple(filter(own.__contains__, labels)))
    marks: list = list(rules)
    for label in filter(own.__contains__, labels):
        number = beside.index(barriers[label])
        place = _places(experiment, number, len(beside)) if several else None
        mine = [one for one in compared if material.label(one.result) == label]
        lost = [one for one in failed if material.label(one) == label]
        marks += _of_combination(material, label, mine, lost, place, say)
    named = title if several else f"{title}, heap {experiment.heaps[0]}"
    return Panel(named, along, values, marks)


def _of_combination(
    material: Material,
    label: str,
    compared: list[Compared],
    failed: list[CellResult],
    places: dict[str, float] | None,
    say: str,
) -> list:
    """`places` of the heaps; None where the combination is a row."""
    heaps = material.experiment.heaps
    compared = sorted(compared, key=lambda one: heaps.index(one.result.cell.heap))
    series = _series(material, (compared[0].result if compared else failed[0]), places)

    def at(result: CellResult) -> float | str:
        return label if places is None else places[result.cell.heap]

    marks: list = []
    if places and len(compared) > 1:
        value = np.array([one.value for one in compared])
        marks.append(Line(series, np.array([at(one.result) for one in compared]), value))
    marks += [_runs(series, at(one.result), one) for one in compared if one.runs]
    if compared:
        marks.append(
            Points(
                series,
                [at(one.result) for one in compared],
                [one.value for one in compared],
                [one.low for one in compared],
                [one.high for one in compared],
                [one.hollow for one in compared],
                say=say,
                texts=_texts(compared),
            )
        )
    if failed:
        reasons = [_reason(one) for one in failed]
        marks.append(Failures(series, [at(one) for one in failed], reasons))
    return marks


def _series(material: Material, result: CellResult, places: dict | None) -> Series:
    look = {"marker": material.style.marker(result.cell.barrier)}
    return material.style.series(result, width=0.9 if places else 0.0, **look)


def _runs(series: Series, at: float | str, one: Compared) -> Points:
    return Points(
        series,
        [at] * len(one.runs),
        list(one.runs.values()),
        small=True,
        say="heap {heap}: block {block}: {value}",
        texts={"heap": one.result.cell.heap, "block": [str(block) for block in one.runs]},
    )


def _texts(compared: list[Compared]) -> dict[str, list]:
    names = dict.fromkeys(name for one in compared for name in one.texts)
    return {"heap": [one.result.cell.heap for one in compared]} | {
        name: [one.texts.get(name, "") for one in compared] for name in names
    }


def _reason(result: CellResult) -> str:
    if result.failures:
        return ", ".join(result.failures).replace("_", " ")
    return "no baseline" if result.digests else "not run"


def _heap_places(experiment: Experiment) -> tuple[dict[str, float], bool]:
    """Where each heap is, and whether all are multiples."""
    orders = {heap: heap_order(heap) for heap in experiment.heaps}
    if all(kind == 0 and multiple > 0 for kind, multiple, _ in orders.values()):
        return {heap: log2(multiple) for heap, (_, multiple, _) in orders.items()}, True
    return {heap: float(place) for place, heap in enumerate(experiment.heaps)}, False


def _heap_axis(experiment: Experiment) -> Axis:
    places, multiples = _heap_places(experiment)
    gap = _gap(places)
    return Axis(
        "heap, as a multiple of the least that works" if multiples else "heap",
        limits=(min(places.values()) - gap / 2, max(places.values()) + gap / 2),
        ticks=tuple((place, heap) for heap, place in places.items()),
    )


def _gap(places: dict[str, float]) -> float:
    return float(min(np.diff(list(places.values())), default=1.0))


def _places(experiment: Experiment, number: int, of: int) -> dict[str, float]:
    """Of one combination."""
    places, _ = _heap_places(experiment)
    shift = SPREAD * _gap(places) * ((number + 0.5) / of - 0.5)
    return {heap: place + shift for heap, place in places.items()}


def explained(failed: bool, hollow: str) -> tuple[Series, ...]:
    """Entries of the legend for crosses, and for hollow marks where a text says what they are."""
    entries = []
    if failed:
        entries.append(Series("", "failed", FAILED, width=0, marker="X"))
    if hollow:
        entries.append(Series("", hollow, GREY, width=0, marker="o", hollow=True))
    return tuple(entries)
