"""Speed-up is paired with the cell of the fewest threads that is otherwise the same."""

from dataclasses import replace

import pytest

from ..read.experiment import load_experiment
from ..read.sweep_folder import Cell
from ..testing.synthetic_sweep import write_sweep
from .chart import Points
from .description import Material
from .speed_up import FIGURE
from .style import Style

PAIRS = (("stop_the_world", "yuasa"), ("concurrent", "yuasa"))


@pytest.fixture
def experiment(tmp_path):
    return load_experiment(write_sweep(tmp_path, 3, ("gcbench",), combinations=PAIRS), print)


def with_threads(result, factor, **threads):
    """The same cell with these threads, whose every run is `factor` times as good."""
    counts = {key: str(count) for key, count in threads.items()}
    cell = Cell(result.cell.hash + str(counts), result.cell.parameters | counts)
    digests = []
    for digest in result.digests:
        own = {
            "throughput": digest.metrics["throughput"] * factor,
            "pause_p50": 1000.0 / factor,
            "cpu_gc": 5e6,
        }
        digests.append(replace(digest, metrics=digest.metrics | own))
    return replace(result, cell=cell, digests=digests)


def chart_of(experiment, *results):
    experiment.results = list(results)
    return FIGURE.chart(Material(experiment, Style(experiment), list(results), print))


def points_of(panel):
    return {
        mark.series.label: dict(zip(mark.at, mark.value))
        for mark in panel.marks
        if isinstance(mark, Points)
    }


def test_every_figure_is_against_the_fewest_threads_and_above_1_where_it_is_better(experiment):
    stopped = experiment.results[0]
    chart = chart_of(
        experiment,
        with_threads(stopped, 1.5, mark_threads=2),
        with_threads(stopped, 1.0, mark_threads=1),
        with_threads(stopped, 2.0, mark_threads=4),
    )
    throughput, pause, cpu = chart.panels
    assert throughput.along.label == "mark threads"
    assert points_of(throughput) == {"yuasa": pytest.approx({1.0: 1.0, 2.0: 1.5, 4.0: 2.0})}
    assert points_of(pause) == {"yuasa": pytest.approx({1.0: 1.0, 2.0: 1.5, 4.0: 2.0})}
    assert points_of(cpu) == {"yuasa": pytest.approx({1.0: 1.0, 2.0: 1.0, 4.0: 1.0})}


def test_threads_beside_mutators_count_too_and_collectors_have_their_panels(experiment):
    stopped, concurrent = experiment.results
    one = dict(mark_threads=1, concurrent_mark_threads=1)
    chart = chart_of(
        experiment,
        with_threads(stopped, 1.0, **one),
        with_threads(stopped, 1.8, **(one | {"mark_threads": 2})),
        with_threads(concurrent, 1.0, **one),
        with_threads(concurrent, 0.9, mark_threads=2, concurrent_mark_threads=2),
    )
    assert [panel.title for panel in chart.panels[:2]] == ["stop_the_world", "concurrent"]
    assert points_of(chart.panels[0]) == {"yuasa": pytest.approx({1.0: 1.0, 2.0: 1.8})}
    assert points_of(chart.panels[1]) == {"yuasa": pytest.approx({1.0: 1.0, 2.0: 0.9})}


def test_two_cells_of_one_count_are_left_out(experiment):
    concurrent = experiment.results[1]
    one = dict(mark_threads=1, concurrent_mark_threads=1)
    assert not chart_of(
        experiment,
        with_threads(concurrent, 1.0, **one),
        with_threads(concurrent, 1.1, **(one | {"mark_threads": 2})),
        with_threads(concurrent, 1.2, **(one | {"concurrent_mark_threads": 2})),
    )


def test_cells_of_one_number_of_threads_have_no_speed_up(experiment):
    assert chart_of(experiment, *experiment.results) is None
