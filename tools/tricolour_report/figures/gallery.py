"""The static pictures of an experiment, in the order of the page.

Purpose: draw every figure of the list that has something to show.
Invariants: distributions are shown at one heap size a workload (REFERENCE_HEAP, else the middle
one), which the caption names.
"""

from dataclasses import dataclass
from typing import Callable, Iterator

from matplotlib.figure import Figure as Drawing

from ..read.experiment import CellResult, Experiment, heap_order
from .chart import Chart
from .description import Figure, Material, Scope
from .drawing import draw
from .registry import FIGURES
from .style import Style

REFERENCE_HEAP = "2x"
OVERVIEW = "Overview"
OVER_ALL = (Scope.EXPERIMENT, Scope.METRIC)


@dataclass(frozen=True)
class Picture:
    """`name` becomes the file name; `reading` tells how to read it."""

    name: str
    section: str
    title: str
    reading: str
    figure: Drawing


def reference_results(experiment: Experiment, workload: str) -> tuple[str, list[CellResult]]:
    """(heap, cells) of the heap size at which distributions are shown."""
    own = [result for result in experiment.results if result.cell.workload == workload]
    heaps = sorted({result.cell.heap for result in own}, key=heap_order)
    heap = REFERENCE_HEAP if REFERENCE_HEAP in heaps else heaps[len(heaps) // 2]
    return heap, [result for result in own if result.cell.heap == heap]


def pictures(
    experiment: Experiment, progress: Callable[[str], None], page: float | None = None
) -> Iterator[Picture]:
    """Draw one figure after the other, on paper exactly `page` inches wide; the caller closes
    each."""
    style = Style(experiment)
    whole = Material(experiment, style, experiment.results, progress)
    for figure in FIGURES:
        if figure.scope in OVER_ALL and (chart := _printed(figure, whole)):
            yield _picture(figure, figure.printed_as or figure.name, OVERVIEW, draw(chart, page))
    for workload in experiment.workloads:
        heap, results = reference_results(experiment, workload)
        setting = Material(experiment, style, results, progress)
        if not any(result.digests for result in results):
            continue
        for figure in FIGURES:
            if figure.scope not in OVER_ALL and (chart := _printed(figure, setting)):
                name, section = f"{figure.name}_{workload}", f"{workload} at heap {heap}"
                yield _picture(figure, name, section, draw(chart, page))


def _printed(figure: Figure, material: Material) -> Chart | None:
    return (figure.printed or figure.chart)(material)


def _picture(figure: Figure, name: str, section: str, drawing: Drawing) -> Picture:
    reading = " ".join(filter(None, [figure.reading, figure.in_print]))
    return Picture(name, section, figure.title, reading, drawing)
