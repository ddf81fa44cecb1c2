"""Limits of an axis of ratios, and lines that can be told apart."""

from math import nan
from types import SimpleNamespace

from ..statistics.intervals import Ratio
from .style import Style, readable_limits


def test_every_value_and_1_are_inside_with_their_intervals():
    low, high = readable_limits(
        [Ratio(0.9, 0.85, 0.95, 10), Ratio(1.3, 1.2, 1.4, 10), Ratio(1.1, nan, nan, 1)]
    )
    assert low < 0.85 and 1.4 < high


def test_an_interval_that_says_nothing_does_not_press_the_values_together():
    low, high = readable_limits([Ratio(0.9, 1e-4, 1e4, 2), Ratio(1.1, 1.0, 1.2, 2)])
    assert low < 0.9 and 1.2 < high and high - low < 2


def test_one_value_at_1_has_an_axis():
    low, high = readable_limits([Ratio(1.0, nan, nan, 1)])
    assert low < 1 < high


def test_equal_values_do_not_look_different():
    # What open loops give: the throughput is the rate that was asked for.
    low, high = readable_limits([Ratio(0.99998, 0.9999, 1.00004, 5), Ratio(1.00001, 1.0, 1.0, 5)])
    assert low < 0.96 and 1.04 < high


def test_cells_of_one_collector_and_barrier_look_different():
    cells = [
        SimpleNamespace(collector="concurrent", barrier=barrier, allocate=colour)
        for barrier in ("dijkstra", "steele")
        for colour in ("white", "black")
    ]
    results = [SimpleNamespace(cell=cell) for cell in cells]
    for number, cell in enumerate(cells):
        cell.hash = str(number)
    style = Style(
        SimpleNamespace(
            results=results,
            label=lambda cell: "one label",
            barrier_label=lambda cell: "one barrier",
            combination=lambda cell: f"{cell.barrier} {cell.allocate}",
            sweep=SimpleNamespace(
                place=lambda kind, name: {"dijkstra": 1, "steele": 3}.get(name, 0)
            ),
        )
    )
    assert len({str(style.series(result)) for result in results}) == len(cells)
