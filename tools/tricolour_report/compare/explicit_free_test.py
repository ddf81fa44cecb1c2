"""The malloc run beside the lower-bound overhead."""

import json

import pytest
from matplotlib import pyplot

from ..figures.gallery import pictures
from ..program.errors import DamagedRun
from ..read.experiment import load_experiment
from ..testing.synthetic_sweep import write_sweep
from .explicit_free import FILE, ExplicitFree, read_explicit_free
from .lower_bound_overhead import overheads

PAIRS = (("stop_the_world", "none"), ("concurrent", "yuasa"))


@pytest.fixture(autouse=True)
def close_figures():
    yield
    pyplot.close("all")


def dashed(figure):
    """Places of dashed lines from end to end, by panel title."""
    return {
        axes.get_title(loc="left"): [
            line.get_xdata()[0]
            for line in axes.lines
            if line.get_linestyle() == "--" and list(line.get_ydata()) == [0, 1]
        ]
        for axes in figure.axes
    }


def test_it_is_a_line_at_its_cost_over_the_floor(tmp_path):
    folder = write_sweep(tmp_path, 2, ("gcbench", "latency"), combinations=PAIRS)
    (folder / FILE).write_text(json.dumps({"workload": "gcbench", "malloc_ns": [1000.0, 4000.0]}))
    experiment = load_experiment(folder, print)
    found = overheads(experiment)
    floor = next(
        one for one in found if (one.result.cell.workload, one.resource) == ("gcbench", "wall")
    ).floor_cost
    lines = dashed(
        next(
            one for one in pictures(experiment, print) if one.name == "lower_bound_overhead"
        ).figure
    )
    assert lines.pop("gcbench, wall time, heap 2x") == [pytest.approx(2000 / floor)]
    assert all(heights == [] for heights in lines.values())


def test_other_work_has_none(tmp_path):
    folder = write_sweep(tmp_path, 1, ("gcbench",), combinations=PAIRS, mutators=2)
    assert (
        ExplicitFree("gcbench", 1.0).over_floor(overheads(load_experiment(folder, print))) is None
    )


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        '{"workload": "gcbench"}',
        '{"workload": "gcbench", "malloc_ns": []}',
        '{"workload": "x", "malloc_ns": [0]}',
    ],
)
def test_a_damaged_file_is_named_and_skipped(tmp_path, text):
    folder = write_sweep(tmp_path, 1, ("gcbench",), combinations=PAIRS)
    (folder / FILE).write_text(text)
    with pytest.raises(DamagedRun):
        read_explicit_free(folder)
    told = []
    assert any(
        one.name == "lower_bound_overhead"
        for one in pictures(load_experiment(folder, print), told.append)
    )
    assert len(told) == 1 and FILE in told[0]
