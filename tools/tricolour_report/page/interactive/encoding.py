"""Charts as short JSON: the form that `chart.js` draws.

Invariants: what several charts share, axes, looks and columns of numbers, is once in the pool, and
a chart has its place there. Whole numbers are exact, others have as many digits as a chart can
show. What has its default is left out.
"""

import json
from dataclasses import asdict, fields

import numpy as np

from ...figures.chart import (
    FACTORS,
    Axis,
    Bars,
    Chart,
    Failures,
    Line,
    Panel,
    Points,
    Rows,
    Rule,
    Spans,
)
from .compact import curve, number, numbers, steps

COLUMNS = ("at", "value", "low", "high")
KINDS = {Line: "line", Points: "points", Failures: "failures", Bars: "bars", Spans: "spans"}


class Pool:
    """`things` in the order in which they came."""

    def __init__(self):
        self.things: list = []
        self._places: dict[str, int] = {}

    def place(self, thing) -> int:
        text = json.dumps(thing)
        if text not in self._places:
            self._places[text] = len(self.things)
            self.things.append(thing)
        return self._places[text]

    def column(self, values) -> int:
        return self.place(_column(np.asarray(values)))


def _column(values: np.ndarray) -> list | dict:
    """Rising whole numbers as {by, steps}: differences, in units of `by`."""
    if values.dtype.kind in "US":
        return values.tolist()
    if values.dtype.kind not in "iu":
        return curve(values)
    by = int(np.gcd.reduce(values, initial=0)) or 1
    coded = {"by": by, "steps": steps(values // by)}
    plain = values.tolist()
    return coded if len(json.dumps(coded)) < len(json.dumps(plain)) else plain


def encode(chart: Chart, pool: Pool) -> dict:
    flags = {name: True for name in ("switchable", "shared", "apart") if getattr(chart, name)}
    if chart.explained:
        flags["explained"] = pool.place([_set(series) for series in chart.explained])
    return flags | {
        "columns": min(chart.columns, len(chart.panels)),
        "panels": [_panel(panel, pool) for panel in chart.panels],
    }


def _set(thing) -> dict:
    """The fields that have not their default."""
    return {
        one.name: value
        for one in fields(thing)
        if (value := getattr(thing, one.name)) != one.default
    }


def _axis(axis: Axis | Rows) -> dict:
    """Without its limits."""
    found = _set(axis)
    if isinstance(axis, Axis):
        found.pop("limits", None)
        if axis.ticks_in:
            found["by"] = FACTORS[found.pop("ticks_in")]
        found |= {"hold": numbers(np.array(axis.hold))} if axis.hold else {}
        found |= {"ticks": [[number(at, 6), text] for at, text in axis.ticks]} if axis.ticks else {}
    return found


def _limits(axis: Axis) -> list:
    exact = all(isinstance(end, (int, np.integer)) for end in axis.limits)
    return [int(end) if exact else number(end, 6) for end in axis.limits]


def _panel(panel: Panel, pool: Pool) -> dict:
    """`of` is what other panels are likely to share."""
    flags = {name: True for name in ("stacked", "tally") if getattr(panel, name)}
    shared = flags | {"along": _axis(panel.along), "values": _axis(panel.values)}
    if isinstance(panel.along, Axis):
        shared["along"]["limits"] = _limits(panel.along)
    if panel.picks:
        shared["picks"] = panel.picks
    own = {name: value for name in ("title", "note", "origin") if (value := getattr(panel, name))}
    if panel.values.limits is not None:
        own["limits"] = _limits(panel.values)
    if panel.notes:
        own["notes"] = pool.place(dict(panel.notes))
    rules = [asdict(m) | {"value": number(m.value)} for m in panel.marks if isinstance(m, Rule)]
    if rules:
        own["rules"] = pool.place(rules)
    marks = [_mark(mark, panel, pool) for mark in panel.marks if not isinstance(mark, Rule)]
    return {"of": pool.place(shared)} | own | {"marks": marks}


def _mark(mark, panel: Panel, pool: Pool) -> dict | list[int]:
    """`of` is what other marks are likely to share: kind, series and what is said. Spans, of which
    a page has ten thousands, are a list: that, and the edges."""
    shared = {"kind": KINDS[type(mark)], "series": _set(mark.series)}
    for name in ("step", "width", "dash", "small", "say"):
        if value := getattr(mark, name, None):
            shared[name] = value
    if isinstance(mark, Spans):
        shared |= {"rows": list(mark.rows)} if mark.rows else {}
        return [pool.place(shared), *_edges(mark, panel.origin)]
    found = {"of": pool.place(shared)}
    if isinstance(mark, Failures):
        return found | {"at": pool.column(mark.at), "reasons": pool.place(list(mark.reasons))}
    at = mark.rows if isinstance(mark, Bars) else mark.at
    for name, column in zip(COLUMNS, (at, mark.value, mark.low, mark.high)):
        if column is not None and not _unknown(np.asarray(column)):
            found[name] = pool.column(column)
    if any(getattr(mark, "hollow", None) or ()):
        found["hollow"] = pool.place([int(each) for each in mark.hollow])
    if getattr(mark, "events", None):
        found["events"] = [mark.events[0], number(mark.events[1])]
    if mark.texts:
        found["texts"] = pool.place({name: _text(value) for name, value in mark.texts.items()})
    return found


def _unknown(values: np.ndarray) -> bool:
    return bool(len(values)) and values.dtype.kind == "f" and not np.isfinite(values).any()


def _text(value: object) -> object:
    if isinstance(value, list):
        return [_text(each) for each in value]
    return number(value) if isinstance(value, float) else value


def _edges(spans: Spans, origin: int) -> list[int]:
    """Begin and end in turn, each from the one before it, the first from `origin`."""
    return steps(np.column_stack([spans.begins, spans.ends]).ravel() - origin)
