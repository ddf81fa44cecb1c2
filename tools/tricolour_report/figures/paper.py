"""Charts for a paper, whose columns are narrow.

Purpose: from the chart of the screen one whose texts have room on a page so many inches wide.
Invariants: a text is broken into lines and none is shortened. Texts beside bars are left out; the
tables have what they say.
"""

import textwrap
from dataclasses import replace

from .chart import Bars, Chart, Mark, Panel, Rows, Rule, Series
from .style import LETTER, NARROWEST, letters

LEAST_ROOM = 1.2  # inches
BESIDE_AXES = 0.5  # inches for ticks and margins, beside the names of rows
OF_LEGEND = 0.7  # of a page's width; the rest has the sample of the line


def for_paper(chart: Chart, page: float) -> Chart:
    return replace(
        chart,
        panels=[_panel(panel, page) for panel in chart.panels],
        explained=tuple(_series(series, page) for series in chart.explained),
    )


def _panel(panel: Panel, page: float) -> Panel:
    room = _room(panel, page)
    filled = {row for mark in panel.marks if isinstance(mark, Bars) for row in mark.rows}
    return replace(
        panel,
        title=_broken(panel.heading, room),
        tally=False,
        along=replace(panel.along, label=_broken(panel.along.label, room)),
        values=replace(panel.values, label=_broken(panel.values.label, room)),
        marks=[_mark(mark, page) for mark in panel.marks],
        notes={row: text for row, text in panel.notes.items() if row not in filled},
    )


def _room(panel: Panel, page: float) -> float:
    """Inches of the axes, at least."""
    if not isinstance(panel.along, Rows):
        return NARROWEST - BESIDE_AXES
    names = letters(LETTER) * max(map(len, panel.along.names))
    return max(LEAST_ROOM, min(NARROWEST, page - names) - BESIDE_AXES)


def _mark(mark: Mark, page: float) -> Mark:
    return mark if isinstance(mark, Rule) else replace(mark, series=_series(mark.series, page))


def _series(series: Series, page: float) -> Series:
    return replace(series, label=_broken(series.label, OF_LEGEND * page))


def _broken(text: str, inches: float) -> str:
    return "\n".join(textwrap.wrap(text, int(inches / letters(LETTER))))
