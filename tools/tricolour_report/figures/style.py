"""How barriers look, and the shared axes.

Invariants: a barrier has one colour-blind-safe colour (Okabe, Ito), one line style and one marker
in every figure, so that it is known in grey too; a collector has panels of its own, where places
are not rows. Of cells that share both, up to three have lines of different widths. A name looks as
its place in the program's list has it, so that reports of one version agree.
"""

import matplotlib
import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullLocator

from ..read.experiment import CellResult, Experiment
from ..statistics.intervals import Ratio
from ..statistics.quantities import time_text
from .chart import Series

# By the place in the program's list: Okabe and Ito's colours, and two more. The marker X is a
# failure.
COLOURS = [
    "#000000",
    "#0072B2",
    "#D55E00",
    "#009E73",
    "#CC79A7",
    "#E69F00",
    "#56B4E9",
    "#8C6D31",
    "#7A5195",
]
DASHES: list[tuple[float, ...]] = [
    (),
    (5, 2),
    (9, 2),
    (6, 1.5, 1.2, 1.5, 1.2, 1.5),
    (9, 1.5, 3, 1.5),
    (1.2, 1.4),
    (2.4, 2.4),
    (1.2, 3),
    (6, 1.5, 1.2, 1.5),
    (9, 1.5, 1.2, 1.5, 1.2, 1.5),
    (14, 3),
    (4, 4),
    (2, 1, 6, 1),
    (8, 2, 2, 2, 2, 2),
]
MARKERS = ["o", "s", "p", "v", "h", "^", "<", ">", "D", "d", "P", "8", "*"]
WIDTHS = [1.5, 0.8, 2.6]
GREY = "#767676"
LETTER = 0.075  # inches of a letter of 10 points
NARROWEST = 2.2  # inches of a panel on paper
PAPER_HEIGHT = 0.75  # of a panel's on the screen: its letters are as much smaller
NARROW = 3.5  # inches of a panel, below which texts of ticks meet sooner
MOST_NINES = 5  # ticks beside each other, before their texts meet
FAILED = "#B00020"

plt.rcParams.update(
    {
        "font.size": 10,
        "axes.titlesize": 11,
        "axes.titlelocation": "left",
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": True,
        "grid.color": "#E3E3E3",
        "grid.linewidth": 0.7,
        "axes.axisbelow": True,
        "legend.frameon": False,
        "figure.dpi": 110,
        "savefig.dpi": 130,
        "svg.hashsalt": "tricolour",
        "pdf.fonttype": 42,  # TrueType: printers and proceedings refuse matplotlib's own Type 3
    }
)


class Style:
    """The looks of one experiment's barriers."""

    def __init__(self, experiment: Experiment):
        self._place = experiment.sweep.place
        self._combination = experiment.combination
        self._labels = {one.cell.hash: experiment.label(one.cell) for one in experiment.results}
        self._barriers = {
            one.cell.hash: experiment.barrier_label(one.cell) for one in experiment.results
        }
        self._alike: dict[tuple[str, str], list[str]] = {}
        for result in experiment.results:
            alike = self._alike.setdefault((result.cell.collector, result.cell.barrier), [])
            if (one := self._combination(result.cell)) not in alike:
                alike.append(one)

    def colour(self, barrier: str) -> str:
        return COLOURS[self._place("barriers", barrier) % len(COLOURS)]

    def series(self, result: CellResult, **look) -> Series:
        """Of a cell: named by its barrier, so that it is the same series at every heap and under
        every collector."""
        cell = result.cell
        alike = self._alike[cell.collector, cell.barrier]
        label = self.barrier_label(result)
        own = {
            "colour": self.colour(cell.barrier),
            "dash": DASHES[self._place("barriers", cell.barrier) % len(DASHES)],
            "width": WIDTHS[alike.index(self._combination(cell)) % len(WIDTHS)],
            "rank": list(dict.fromkeys(self._barriers.values())).index(label),
            "facet": cell.collector,
        }
        return Series(label, label, **own | look)

    def label(self, result: CellResult) -> str:
        return self._labels[result.cell.hash]

    def barrier_label(self, result: CellResult) -> str:
        """Among the cells of its collector."""
        return self._barriers[result.cell.hash]

    def marker(self, barrier: str) -> str:
        return MARKERS[self._place("barriers", barrier) % len(MARKERS)]


def letters(size: float) -> float:
    """A size of letters that is right where plain text has 10 points, for the text of now."""
    return size * plt.rcParams["font.size"] / 10


def panels(
    count: int,
    columns: int = 3,
    width: float = 3.6,
    height: float = 3.1,
    beside: float = 0.0,
    page: float | None = None,
    **kwargs,
) -> tuple[Figure, list[Axes]]:
    """A grid of `count` panels, with `beside` inches for what is at its side; unused places stay
    empty. `page`: so many inches wide, with as many of the columns as fit."""
    columns = min(columns, count)
    whole = max(width * columns + beside, 6.4)
    if page:
        columns = max(1, min(columns, int(page / (NARROWEST + beside / columns))))
        height, whole = height * PAPER_HEIGHT, page
    rows = -(-count // columns)
    figure, grid = plt.subplots(
        rows,
        columns,
        figsize=(whole, height * rows),
        squeeze=False,
        constrained_layout=True,
        **kwargs,
    )
    figure.get_layout_engine().set(w_pad=0.06 if page else 0.12, h_pad=0.08)
    axes = list(grid.ravel())
    for unused in axes[count:]:
        unused.set_visible(False)
    return figure, axes[:count]


def log_time_axis(axis, low_ns: float, high_ns: float) -> None:
    """Decades between two durations as ticks such as 10 µs, at most seven of them; over a short
    range 20 and 50 µs as well."""
    low, high = int(np.floor(np.log10(low_ns))), int(np.ceil(np.log10(high_ns)))
    step = max(1, -(-(high - low) // 6))
    within = (1, 2, 5) if np.log10(high_ns / low_ns) < 2 else (1,)
    ticks = [factor * 10.0**power for power in range(low, high + 1, step) for factor in within]
    axis.set_major_locator(matplotlib.ticker.FixedLocator(ticks))
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(FuncFormatter(lambda value, _: time_text(value)))


def is_narrow(axes: Axes) -> bool:
    return axes.figure.get_figwidth() / axes.get_gridspec().ncols < NARROW


def nines_axis(axes: Axes, limits: tuple[float, float]) -> None:
    """x = 1/(1-p), log, with the ticks of 0, 90, 99, 99.9 ... that are within the limits; far out
    every second."""
    first, last = np.ceil(np.log10(limits[0]) - 1e-6), np.floor(np.log10(limits[1]) + 1e-6)
    most = MOST_NINES // 2 if is_narrow(axes) else MOST_NINES
    powers = range(int(first), int(last) + 1, max(1, -(-int(last - first) // most)))
    ticks = [10.0**power for power in powers]
    axes.set_xscale("log")
    axes.set_xlim(*limits)
    axes.xaxis.set_major_locator(matplotlib.ticker.FixedLocator(ticks))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xticklabels([f"{100 - 100 / tick:.10g}" for tick in ticks])
    axes.set_xlabel("percentile")


LEAST_AXIS = 0.1  # of a ratio


def readable_limits(ratios: list[Ratio]) -> tuple[float, float]:
    """Limits that hold every value with 1, and the intervals as far as they do not press the values
    together: one that is far wider than the values are apart is cut at the edge. The axis is never
    so short that a difference below a percent looks like one."""
    values = [1.0, *(one.value for one in ratios)]
    reach = 2 * max(max(values) - min(values), 0.05)
    ends = [end for one in ratios for end in (one.low, one.high) if not np.isnan(end)]
    low = max(min(values) - reach, min([*values, *ends]))
    high = min(max(values) + reach, max([*values, *ends]))
    margin = max(0.08 * (high - low), (LEAST_AXIS - (high - low)) / 2)
    return low - margin, high + margin


def empty_note(axes: Axes, text: str) -> None:
    axes.text(0.5, 0.5, text, transform=axes.transAxes, ha="center", va="center", color=GREY)
