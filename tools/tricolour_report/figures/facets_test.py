"""A chart is split by collector where its series are of several, and nothing of it is lost."""

import numpy as np
import pytest

from .chart import Axis, Line, Panel, Points, Rows, Rule, Series, in_facets

TIME, SHARE = Axis("time", "ns", limits=(0, 10)), Axis("share", "share")


def line(key, facet=""):
    return Line(Series(key, key, "#0072B2", facet=facet), np.array([1.0]), np.array([0.5]))


def keys(panel):
    return [mark.series.key for mark in panel.marks if not isinstance(mark, Rule)]


def test_each_facet_has_a_panel_with_its_marks_and_those_of_none():
    marks = [Rule(1.0), line("a", "one"), line("b", "two"), line("a", "two"), line("floor")]
    chart = in_facets([Panel("pauses", TIME, SHARE, marks)], 1, shared=True)
    assert [panel.title for panel in chart.panels] == ["one, pauses", "two, pauses"]
    assert [keys(panel) for panel in chart.panels] == [["a", "floor"], ["b", "a", "floor"]]
    assert all(any(isinstance(mark, Rule) for mark in panel.marks) for panel in chart.panels)
    assert chart.columns == 2 and chart.shared
    assert [series.key for series in chart.legend] == ["a", "floor", "b"]


def test_a_panel_without_marks_of_a_facet_has_no_panel_for_it():
    panels = [
        Panel("full", TIME, SHARE, [line("a", "one"), line("floor")]),
        Panel("final", TIME, SHARE, [line("a", "two"), line("floor")]),
    ]
    chart = in_facets(panels, 3)
    assert [panel.title for panel in chart.panels] == ["one, full", "two, final"]
    assert chart.columns == 3  # as if it were not split


@pytest.mark.parametrize("count, columns", [(2, 2), (3, 3), (4, 2), (5, 3)])
def test_the_facets_of_a_panel_stand_beside_each_other(count, columns):
    marks = [line("a", f"collector {number}") for number in range(count)]
    chart = in_facets([Panel("", TIME, SHARE, marks)] * 2, 1)
    assert len(chart.panels) == 2 * count and chart.columns == columns


def test_one_collector_is_not_split():
    panel = Panel("pauses", TIME, SHARE, [line("a", "one"), line("b", "one"), line("floor")])
    assert in_facets([panel], 1).panels == [panel]


def test_rows_name_what_they_are_of_and_are_not_split():
    points = [
        Points(Series("a", "a", "#0072B2", facet=facet), [f"{facet} + a"], [1.0])
        for facet in ("one", "two")
    ]
    panel = Panel("", Rows(("one + a", "two + a")), SHARE, points)
    assert in_facets([panel], 2).panels == [panel]
