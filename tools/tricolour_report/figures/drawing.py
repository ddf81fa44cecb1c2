"""The static picture of a chart, with matplotlib.

Invariant: what a chart does not say, its columns and its axes decide, so that figures of one shape
have one size.
"""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.transforms import ScaledTranslation

from .chart import Bars, Chart, Failures, Line, Panel, Points, Rows, Rule, Series, Spans
from .drawn_axes import in_ticks, set_axis, value_limits
from .paper import for_paper
from .style import FAILED, GREY, LETTER, empty_note, letters, panels

SIZES = {1: (7.6, 4.2), 2: (4.8, 3.6), 3: (3.6, 3.1)}  # inches of a panel by columns
WIDE = 8.6  # of panels below each other
BESIDE_ROWS = 1.4  # inches for title, ticks and the axis' label
ROW = 0.3  # inches
ENTRY = 1.5  # inches of an entry of a panel's own legend
BELOW = 0.5  # inches from an axis to its own legend
BAR, NOTED = 0.72, 0.4  # of a row's height; the latter where texts are in rows


def draw(chart: Chart, page: float | None = None) -> Figure:
    """`page`: for paper, exactly so many inches wide."""
    chart = for_paper(chart, page) if page else chart
    figure, grid = _grid(chart, page)
    shared = None
    if chart.shared:
        limits = [value_limits(panel) for panel in chart.panels]
        shared = min(low for low, _ in limits), max(high for _, high in limits)
    columns = grid[0].get_gridspec().ncols
    for place, (axes, panel) in enumerate(zip(grid, chart.panels)):
        _draw_panel(axes, panel, shared)
        _label(axes, panel, chart.panels[place - 1] if place % columns else None)
    if not chart.apart:
        _legend(figure, [*_not_in_rows(chart), *chart.explained])
        return figure
    for axes, panel in zip(grid, chart.panels):
        below = axes.transAxes + ScaledTranslation(0, -BELOW, figure.dpi_scale_trans)
        place = {"bbox_to_anchor": (1.0, 0.0), "bbox_transform": below}
        handles = [_handle(series) for series in panel.legend]
        axes.legend(
            handles=handles,
            loc="upper right",
            ncol=min(3, int(figure.get_figwidth() / columns / ENTRY)),
            fontsize=letters(8),
            columnspacing=1,
            handlelength=1.2,
            **place,
        )
    return figure


def _grid(chart: Chart, page: float | None) -> tuple[Figure, list[Axes]]:
    rows = [panel.along for panel in chart.panels if isinstance(panel.along, Rows)]
    columns = min(chart.columns, len(chart.panels))
    width, height = SIZES[columns]
    if len(chart.panels) > columns == 1:
        width, height = WIDE, 2.3
    beside = 0.0
    if rows:
        width = WIDE if columns == 1 else width
        height = (BESIDE_ROWS + BELOW * chart.apart) + max(
            ROW * each.thick * len(each.names) for each in rows
        )
        beside = letters(LETTER) * max(len(name) for each in rows for name in each.names)
    return panels(len(chart.panels), columns, width, height, beside, page)


def _draw_panel(axes: Axes, panel: Panel, limits: tuple[float, float] | None) -> None:
    rows = isinstance(panel.along, Rows)
    limits = limits or value_limits(panel)
    set_axis(axes, "x" if rows else "y", panel.values, limits)
    if rows:
        names = panel.along.names
        axes.set_yticks(range(len(names)), names)
        axes.set_ylim(len(names) - 0.5, -0.5)
        axes.grid(axis="y", visible=bool([m for m in panel.marks if isinstance(m, Points)]))
    else:
        set_axis(axes, "x", panel.along, panel.along.limits)
    lefts = np.zeros(len(panel.along.names) if rows else 0)
    groups = [mark for mark in panel.marks if isinstance(mark, Bars)]
    for mark in panel.marks:
        if isinstance(mark, Bars):
            _draw_bars(axes, mark, panel, lefts, (groups.index(mark), len(groups)))
        else:
            DRAWN[type(mark)](axes, mark, panel)
    for row, text in panel.notes.items():
        _draw_note(axes, panel, row, text)
    if panel.note:
        empty_note(axes, panel.note)


def _label(axes: Axes, panel: Panel, left: Panel | None) -> None:
    """Title and labels; what the panel to the left says for both is not repeated."""
    axes.set_title(panel.heading)
    across, up = (
        (panel.values, panel.along)
        if isinstance(panel.along, Rows)
        else (panel.along, panel.values)
    )
    axes.set_xlabel(across.label)
    if isinstance(up, Rows):
        repeated = left is not None and left.along == panel.along
    else:
        repeated = left is not None and left.values.label == panel.values.label
    if not repeated:
        axes.set_ylabel(up.label)
    elif isinstance(up, Rows):
        axes.set_yticklabels([])


def _not_in_rows(chart: Chart) -> list[Series]:
    """The series beyond those that have rows to themselves, whose names say what they are."""
    others = set()
    for panel in chart.panels:
        marks = [mark for mark in panel.marks if not isinstance(mark, Rule)]
        rows: dict[str, set[str]] = {}
        for mark in marks if isinstance(panel.along, Rows) else []:
            for row in getattr(mark, "rows", None) or mark.at:
                rows.setdefault(row, set()).add(mark.series.key)
        own = rows.values() if rows else [{mark.series.key for mark in marks}]
        others.update(*(keys for keys in own if len(keys) > 1 or not rows))
    return [series for series in chart.legend if series.key in others]


def _legend(figure: Figure, entries: list[Series]) -> None:
    if not entries:
        return
    longest = max(len(line) for each in entries for line in each.label.splitlines())
    areas = all(each.area for each in entries)
    figure.legend(
        handles=[_handle(series) for series in entries],
        loc="upper center",
        bbox_to_anchor=(0.5, 0.0),
        ncol=max(1, min(6, int(figure.get_figwidth() / (0.8 + letters(LETTER) * longest)))),
        fontsize=letters(9),
        handlelength=1.6 if areas else 3.4,
        columnspacing=1.6,
    )


def _handle(series: Series) -> Line2D | Patch:
    if series.area:
        return Patch(color=series.colour, label=series.label, alpha=series.opacity)
    look = _look(series) | {"marker": series.marker or None}
    if not series.width:
        look["linestyle"] = "none"
    if series.hollow:
        look["markerfacecolor"] = "white"
    return Line2D([], [], label=series.label, **look)


def _look(series: Series) -> dict:
    return {
        "color": series.colour,
        "linestyle": (0, series.dash) if series.dash else "-",
        "linewidth": series.width,
        "alpha": series.opacity,
    }


def _draw_line(axes: Axes, line: Line, panel: Panel) -> None:
    at, value = in_ticks(panel.along, line.at), in_ticks(panel.values, line.value)
    if panel.values.zero is not None:
        value = np.where(value > 0, value, panel.values.zero)
    look = _look(line.series) | {"zorder": 1.5 if line.series.opacity < 1 else 2}
    if line.width is not None:
        look["linewidth"] = line.width
    if line.dash is not None:
        look["linestyle"] = (0, line.dash)
    axes.plot(at, value, drawstyle="steps-post" if line.step else "default", **look)
    if line.low is not None:
        band = [in_ticks(panel.values, ends) for ends in (line.low, line.high)]
        axes.fill_between(at, *band, color=line.series.colour, alpha=0.12, linewidth=0)


def _draw_points(axes: Axes, points: Points, panel: Panel) -> None:
    value = in_ticks(panel.values, points.value)
    for number, (at, one) in enumerate(zip(_places(panel, points.at), value)):
        open_ = points.series.hollow or (points.hollow is not None and points.hollow[number])
        look = {
            "color": points.series.colour,
            "marker": points.series.marker or "o",
            "markersize": 2 if points.small else 5,
            "markerfacecolor": "white" if open_ else points.series.colour,
            "linestyle": "none",
            "capsize": 3,
            "clip_on": panel.values.readable,
            "zorder": 3,
        }
        reach = _reach(one, points, number, panel)
        if isinstance(panel.along, Rows):
            axes.errorbar(one, at, xerr=reach, **look)
        else:
            axes.errorbar(at, one, yerr=reach, **look)


def _reach(one: float, mark: Points | Bars, number: int, panel: Panel) -> list | None:
    """How far an interval goes down and up."""
    if mark.low is None or not np.isfinite(mark.low[number]):
        return None
    low, high = in_ticks(panel.values, [mark.low[number], mark.high[number]])
    return [[one - low], [high - one]]


def _places(panel: Panel, at) -> list:
    if isinstance(panel.along, Rows):
        return [panel.along.names.index(name) for name in at]
    return list(in_ticks(panel.along, at))


def _draw_failures(axes: Axes, failures: Failures, panel: Panel) -> None:
    for at, reason in zip(_places(panel, failures.at), failures.reasons):
        if isinstance(panel.along, Rows):
            along = axes.get_yaxis_transform()
            axes.plot(0.02, at, "x", color=FAILED, transform=along, clip_on=False)
            axes.text(
                0.07, at, reason, color=FAILED, fontsize=letters(8), va="center", transform=along
            )
        else:
            along = axes.get_xaxis_transform()
            axes.plot(at, 0.03, "x", color=FAILED, transform=along, clip_on=False)


def _draw_bars(
    axes: Axes, bars: Bars, panel: Panel, lefts: np.ndarray, place: tuple[int, int]
) -> None:
    number, of = (0, 1) if panel.stacked else place
    height = (NOTED if _noted(panel) else BAR) / of
    for one, (row, value) in enumerate(
        zip(_places(panel, bars.rows), in_ticks(panel.values, bars.value))
    ):
        middle = row + (number - (of - 1) / 2) * height + _shift(panel)
        axes.barh(
            middle,
            value,
            height * (1 if panel.stacked else 0.92),
            left=lefts[row],
            color=bars.series.colour,
            xerr=_reach(value, bars, one, panel),
            error_kw={"elinewidth": 1, "capsize": 2},
        )
        if panel.stacked:
            lefts[row] += value


def _noted(panel: Panel) -> bool:
    """Whether texts are above bars."""
    return any(isinstance(mark, Bars) and panel.notes.keys() & mark.rows for mark in panel.marks)


def _shift(panel: Panel) -> float:
    return (BAR - NOTED) / 2 if _noted(panel) else 0.0


def _draw_spans(axes: Axes, spans: Spans, panel: Panel) -> None:
    axis = panel.values if spans.rows else panel.along
    begins, ends = in_ticks(axis, spans.begins), in_ticks(axis, spans.ends)
    shown = list(zip(begins, ends - begins))
    look = {"facecolor": spans.series.colour, "edgecolor": spans.series.colour}
    if not spans.rows:
        over = axes.get_xaxis_transform()
        axes.broken_barh(shown, (0, 1), transform=over, alpha=0.25, linewidth=0.3, **look)
    for row in _places(panel, spans.rows) if spans.rows else []:
        axes.broken_barh(shown, (row - BAR / 2, BAR), linewidth=0.6, **look)


def _draw_rule(axes: Axes, rule: Rule, panel: Panel) -> None:
    across = axes.axvline if isinstance(panel.along, Rows) else axes.axhline
    across(
        in_ticks(panel.values, [rule.value])[0],
        color=GREY,
        linewidth=1.2 if rule.dash else 1,
        linestyle=(0, rule.dash) if rule.dash else "-",
    )


def _draw_note(axes: Axes, panel: Panel, row: str, text: str) -> None:
    """Beside what is in the row, or above where there are bars."""
    place = panel.along.names.index(row)
    filled = any(isinstance(mark, Bars) and row in mark.rows for mark in panel.marks)
    axes.text(
        0.005,
        place + (_shift(panel) - NOTED / 2 if filled else 0),
        text,
        transform=axes.get_yaxis_transform(),
        va="bottom" if filled else "center",
        fontsize=letters(7 if filled else 8),
        color=GREY,
    )


DRAWN = {
    Line: _draw_line,
    Points: _draw_points,
    Failures: _draw_failures,
    Spans: _draw_spans,
    Rule: _draw_rule,
}
