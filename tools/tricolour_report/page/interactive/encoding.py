"""Charts as short JSON: the form that `chart.js` draws.

Invariants: what several charts share, axes, looks and columns of numbers, is once in the pool, and
a chart has its place there. Whole numbers are exact, others have as many digits as a chart can
show. What has its default is left out.
"""

import json
from dataclasses import asdict, fields

import numpy as np

from ...figures.chart import FACTORS, Axis, Bars, Chart, Failures, Line, Panel, Points, Rule, Spans
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
    return flags | {
        "columns": min(chart.columns, len(chart.panels)),
        "explained": pool.place([_set(series) for series in chart.explained]),
        "panels": [_panel(panel, pool) for panel in chart.panels],
    }


def _set(thing) -> dict:
    """The fields that have not their default."""
    return {
        one.name: value
        for one in fields(thing)
        if (value := getattr(thing, one.name)) != one.default
    }


def _axis(axis) -> dict:
    found = _set(axis)
    if isinstance(axis, Axis):
        if axis.limits is not None:
            exact = all(isinstance(end, (int, np.integer)) for end in axis.limits)
            found["limits"] = [int(end) if exact else number(end, 6) for end in axis.limits]
        if axis.ticks_in:
            found["by"] = FACTORS[found.pop("ticks_in")]
        found |= {"hold": numbers(np.array(axis.hold))} if axis.hold else {}
        found |= {"ticks": [[number(at, 6), text] for at, text in axis.ticks]} if axis.ticks else {}
    return found


def _panel(panel: Panel, pool: Pool) -> dict:
    plain = {
        name: value
        for name in ("title", "stacked", "tally", "note", "picks")
        if (value := getattr(panel, name))
    }
    if panel.notes:
        plain["notes"] = pool.place(dict(panel.notes))
    rules = [asdict(m) | {"value": number(m.value)} for m in panel.marks if isinstance(m, Rule)]
    return plain | {
        "along": pool.place(_axis(panel.along)),
        "values": pool.place(_axis(panel.values)),
        "rules": pool.place(rules),
        "marks": [_mark(mark, pool) for mark in panel.marks if not isinstance(mark, Rule)],
    }


def _mark(mark, pool: Pool) -> dict:
    """`of` is what other marks are likely to share: kind, series and what is said."""
    shared = {"kind": KINDS[type(mark)], "series": _set(mark.series)}
    for name in ("step", "width", "dash", "small", "say"):
        if value := getattr(mark, name, None):
            shared[name] = value
    found = {"of": pool.place(shared)}
    if isinstance(mark, Spans):
        return found | _spans(mark, pool)
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


def _spans(spans: Spans, pool: Pool) -> dict:
    """Begin and end in turn, each from the one before it, the first from `origin`."""
    edges = np.column_stack([spans.begins, spans.ends]).ravel() - spans.origin
    found = {"edges": steps(edges)}
    if spans.rows:
        found["rows"] = pool.place(list(spans.rows))
    return found | ({"origin": spans.origin} if spans.origin else {})
