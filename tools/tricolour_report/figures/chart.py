"""What a picture shows, without how it is drawn: panels of marks over two axes.

Purpose: one description from which `drawing` makes the static picture and `page/interactive` the
one that answers to the reader.
Invariants: a mark is at a place `at` along one axis and has a value on the other. Where the places
are rows, the panel lies on its side: rows below each other, values to the right. Durations are ns
and sizes bytes, whatever the ticks show. Of one key there is one look, in every figure.
"""

from dataclasses import dataclass, field, replace
from typing import Iterable, Mapping, Sequence

import numpy as np

from ..statistics.quantities import duration

FACTORS = {"s": 1e9, "ms": 1e6, "MiB": 2.0**20}  # of a tick's unit, in ns or bytes
LAST = 1_000_000
MOST_BESIDE = 3  # panels
Texts = Mapping[str, str | Sequence[str | float]]


@dataclass(frozen=True)
class Series:
    """What an entry of a legend names, and what the reader can switch off. An entry without a key
    explains a mark and switches nothing. Entries are in the order of `rank`, of equal ones as they
    are drawn. `facet`: the panel of its own in which a mark of it stands, where a chart is split.
    """

    key: str
    label: str
    colour: str
    dash: tuple[float, ...] = ()  # lengths in widths of the line
    width: float = 1.5
    marker: str = ""
    area: bool = False
    hollow: bool = False
    opacity: float = 1.0
    rank: int = LAST
    facet: str = ""


@dataclass(frozen=True)
class Axis:
    """`unit` of the values: `ns`, `bytes`, `share`, `ratio`, `count`, `percentile` (the value is
    1/(1-p)), that of a metric, or empty for a number. Ticks name their own unit unless `ticks_in`
    says one of FACTORS for all. Without `limits` the axis holds what is shown, and `hold` always;
    a logarithmic one only what is above 0. `readable`: an interval that is far wider than the
    values are apart is cut. `zero`: where a value of 0 is drawn on a logarithmic axis."""

    label: str
    unit: str = ""
    ticks_in: str = ""
    log: bool = False
    limits: tuple[float, float] | None = None
    hold: tuple[float, ...] = ()
    readable: bool = False
    ticks: tuple[tuple[float, str], ...] = ()
    zero: float | None = None


@dataclass(frozen=True)
class Rows:
    """`thick`: the height of a row, in heights of a line of text with some air."""

    names: tuple[str, ...]
    label: str = ""
    thick: float = 1.0


@dataclass(frozen=True)
class Line:
    """`low` and `high` are a band. `events` is (count, longest) of what the line is made from.

    `say` is what is read out at a point: a sentence with {at}, {value}, {low}, {high}, {next} (the
    place after it) and the names of `texts`, which are for all points or one each. What is between
    two bars is left out where a value in it is unknown. Empty: nothing is read out.
    """

    series: Series
    at: np.ndarray
    value: np.ndarray
    low: np.ndarray | None = None
    high: np.ndarray | None = None
    step: bool = False
    width: float | None = None
    dash: tuple[float, ...] | None = None
    events: tuple[int, float] | None = None
    say: str = ""
    texts: Texts = field(default_factory=dict)


@dataclass(frozen=True)
class Points:
    """Values with intervals; `at` has places, or names of rows."""

    series: Series
    at: Sequence[float | str]
    value: Sequence[float]
    low: Sequence[float] | None = None
    high: Sequence[float] | None = None
    hollow: Sequence[bool] | None = None
    small: bool = False
    say: str = ""
    texts: Texts = field(default_factory=dict)


@dataclass(frozen=True)
class Failures:
    """Crosses at the begin of the axis of values, with what failed."""

    series: Series
    at: Sequence[float | str]
    reasons: Sequence[str]


@dataclass(frozen=True)
class Bars:
    """One bar in each of some rows: on top of the bars before it, or beside them."""

    series: Series
    rows: Sequence[str]
    value: Sequence[float]
    low: Sequence[float] | None = None
    high: Sequence[float] | None = None
    say: str = ""
    texts: Texts = field(default_factory=dict)


@dataclass(frozen=True)
class Spans:
    """Stretches of the axis of values, the same in each of `rows`; without rows, over the whole
    height along the axis of places. Whole numbers, so that a cycle late in a run stays exact. What
    is read out has {length}, and {after}: how long after the panel's origin."""

    series: Series
    begins: np.ndarray
    ends: np.ndarray
    rows: tuple[str, ...] = ()
    say: str = ""


@dataclass(frozen=True)
class Rule:
    """A line at one value from side to side."""

    value: float
    label: str = ""
    dash: tuple[float, ...] = ()


Mark = Line | Points | Failures | Bars | Spans | Rule


@dataclass(frozen=True)
class Panel:
    """`tally`: the title goes on with how many events are shown, and the longest. `notes` are texts
    in rows. `origin`: from where spans count. `picks`: what drawing over the panel or a click into
    it chooses on the page, `range` of values or `cycle`."""

    title: str
    along: Axis | Rows
    values: Axis
    marks: Sequence[Mark]
    stacked: bool = False
    tally: bool = False
    note: str = ""
    notes: Mapping[str, str] = field(default_factory=dict)
    origin: int = 0
    picks: str = ""

    @property
    def legend(self) -> list[Series]:
        return _once(mark.series for mark in self.marks if not isinstance(mark, Rule))

    @property
    def heading(self) -> str:
        """The title with all events counted."""
        if not self.tally:
            return self.title
        events = [mark.events for mark in self.marks if isinstance(mark, Line) and mark.events]
        count, longest = sum(one for one, _ in events), max(one for _, one in events)
        return f"{self.title}: n = {count}, max {duration(longest)}"


@dataclass(frozen=True)
class Chart:
    """Panels beside each other in so many columns, under one legend. `switchable`: the reader may
    change between logarithmic and linear values. `shared`: panels have one axis of values.
    `explained`: entries of the legend for marks that have no series of their own. `apart`: every
    panel has its own legend."""

    panels: Sequence[Panel]
    columns: int = 3
    switchable: bool = False
    shared: bool = False
    apart: bool = False
    explained: tuple[Series, ...] = ()

    @property
    def legend(self) -> list[Series]:
        return _once(series for panel in self.panels for series in panel.legend)


def facets(panels: Iterable[Panel]) -> list[list[Panel]]:
    """Each panel as one for each facet of all panels' series, as far as it has marks of that facet;
    what has no facet is in each. Panels stay whole where there are not two facets, and where rows
    name what they are of."""
    panels = list(panels)
    marks = [mark for panel in panels for mark in panel.marks if not isinstance(mark, Rule)]
    names = list(dict.fromkeys(mark.series.facet for mark in marks if mark.series.facet))
    if len(names) < 2:
        return [[panel] for panel in panels]
    return [[panel] if isinstance(panel.along, Rows) else _split(panel, names) for panel in panels]


def _split(panel: Panel, names: list[str]) -> list[Panel]:
    found = []
    for name in names:
        marks = [mark for mark in panel.marks if isinstance(mark, Rule) or _is_in(mark, name)]
        if any(not isinstance(mark, Rule) and mark.series.facet == name for mark in marks):
            title = ", ".join(filter(None, [name, panel.title]))
            found.append(replace(panel, title=title, marks=marks))
    return found


def _is_in(mark: Mark, facet: str) -> bool:
    return mark.series.facet in ("", facet)


def in_facets(panels: Iterable[Panel], columns: int, **how) -> Chart:
    """A chart of the panels, split: the facets of a panel beside each other, `columns` where it is
    not split."""
    rows = facets(panels)
    widest = max(map(len, rows))
    beside = {1: columns, 4: 2}.get(widest, min(widest, MOST_BESIDE))
    return Chart([panel for row in rows for panel in row], columns=beside, **how)


def _once(series: Iterable[Series]) -> list[Series]:
    """Each key once, in the order of the legend."""
    return sorted({one.key: one for one in series}.values(), key=lambda one: one.rank)
