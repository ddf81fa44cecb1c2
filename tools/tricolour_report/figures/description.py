"""What a figure of the report is.

Purpose: name, title, reading, data and axes of a figure in one place. A module of this folder has
one as FIGURE, `registry` lists the modules, and the gallery of static pictures and the page ask the
list.
Invariants: a chart is made for each value of what the figure depends on (`scope`); one of a setting
is printed at one heap size a workload only. A chart that has nothing to show is None.
"""

from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Callable, TypeVar

from ..program.errors import DamagedRun
from ..read.experiment import CellResult, Experiment
from .chart import Chart
from .style import Style

T = TypeVar("T")

# What the page adds to the reading of a figure with bands.
BANDS_ON_PAGE = "A band is shown of the series that is pointed at, and of one that is alone."


class Scope(Enum):
    """What a chart is made of: the whole experiment, one workload at one heap, or one run. The
    value names the page's choices on which it depends."""

    EXPERIMENT = ""
    METRIC = "metric view"
    SETTING = "workload heap"
    RUN = "run"
    CYCLE = "run cycle"

    @property
    def choices(self) -> list[str]:
        return self.value.split()


@dataclass(frozen=True)
class Material:
    """What a chart is made from; `results` are those of the setting, or all. `progress` is told
    what could not be read."""

    experiment: Experiment
    style: Style
    results: list[CellResult]
    progress: Callable[[str], None]

    def attempt(self, name: str, read: Callable[[Path], T]) -> T | None:
        """What `read` finds in the sweep's folder; None where the file `name` is damaged."""
        folder = self.experiment.sweep.folder
        try:
            return read(folder)
        except DamagedRun as damage:
            self.progress(f"skipped {folder / name}: {damage}")
            return None

    def label(self, result: CellResult) -> str:
        return self.style.label(result)

    def barrier_label(self, result: CellResult) -> str:
        return self.style.barrier_label(result)


@dataclass(frozen=True)
class Figure:
    """`reading` tells how to read it; `in_print` and `on_page` go on with what is true of one form
    alone. `lacks` says what is missing where there is no chart, and `of_events` that this is so in
    every folder without tables of single events.

    `chart` is given the material and then what the scope names: metric and view, or a run and its
    cycle. `printed`: the chart of the static picture, where it is not that of `chart`."""

    title: str
    reading: str
    scope: Scope
    chart: Callable[..., Chart | None]
    lacks: str
    of_events: bool = True
    in_print: str = ""
    on_page: str = ""
    printed: Callable[[Material], Chart | None] | None = None
    printed_as: str = ""
    name: str = ""
