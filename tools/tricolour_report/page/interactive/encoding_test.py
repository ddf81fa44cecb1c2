"""Charts become short JSON, and nothing that is shown is lost on the way."""

import json

import numpy as np
import pytest

from ...figures.chart import Axis, Bars, Chart, Line, Panel, Points, Rows, Series, Spans
from .encoding import Pool, encode

SERIES = Series("one", "one of them", "#0072B2", (5, 2))
TIME = Axis("time", "ns", "ms", limits=(10_000_000_123, 10_000_500_123))


def column(pool, place):
    """As `chart.js` reads it."""
    found = pool.things[place]
    if isinstance(found, list):
        return found
    return [value * found["by"] for value in np.cumsum(found["steps"]).tolist()]


@pytest.mark.parametrize(
    "values",
    [
        [5, 5, 9, 2**62],
        list(range(1_000_000_000, 1_000_900_000, 1000)),
        [0, 64 << 20, 32 << 20],
        [7],
        [],
    ],
)
def test_whole_numbers_are_exact(values):
    pool = Pool()
    assert column(pool, pool.column(np.array(values, dtype="int64"))) == values


def test_rising_whole_numbers_are_shorter_than_as_they_are():
    pool = Pool()
    values = np.arange(10**12, 10**12 + 10**6, 10**3)
    pool.column(values)
    assert len(json.dumps(pool.things)) < len(json.dumps(values.tolist())) / 2


def test_what_charts_share_is_there_once():
    pool = Pool()
    line = Line(SERIES, np.array([1.0, 2.0]), np.array([0.5, 0.25]), say="{value} at {at}")
    chart = Chart([Panel("", TIME, Axis("share", "share"), [line])])
    first, second = encode(chart, pool), encode(chart, pool)
    assert first == second
    (mark,) = first["panels"][0]["marks"]
    assert pool.things[mark["of"]] == {
        "kind": "line",
        "say": "{value} at {at}",
        "series": {"key": "one", "label": "one of them", "colour": "#0072B2", "dash": (5, 2)},
    }
    assert len({json.dumps(thing) for thing in pool.things}) == len(pool.things)


def test_a_late_cycle_keeps_its_nanoseconds():
    pool = Pool()
    begins = np.array([10_000_000_123, 10_000_400_000])
    spans = Spans(SERIES, begins, begins + 77, ("mutator 0",), "{length}")
    chart = Chart([Panel("", Rows(("mutator 0",)), TIME, [spans], origin=10_000_000_000)])
    (panel,) = encode(chart, pool)["panels"]
    assert panel["limits"] == list(TIME.limits)
    ((of, *edges),) = panel["marks"]
    assert pool.things[of]["rows"] == ["mutator 0"] and max(edges) < 10**6
    edges = (np.cumsum(edges) + panel["origin"]).tolist()
    assert edges == [value for begin in begins.tolist() for value in (begin, begin + 77)]


def test_what_is_unknown_is_left_out():
    pool = Pool()
    points = Points(SERIES, ["row"], [1.5], [float("nan")], [float("nan")], [False])
    bars = Bars(SERIES, ["row"], [2.5])
    chart = Chart([Panel("", Rows(("row",)), Axis("value"), [points, bars])])
    for mark in encode(chart, pool)["panels"][0]["marks"]:
        assert set(mark) == {"of", "at", "value"} and column(pool, mark["at"]) == ["row"]
