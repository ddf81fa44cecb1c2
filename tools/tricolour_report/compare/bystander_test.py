"""A delay is called the machine's, or the collector's, only where it is known to be."""

import json
from math import isnan

import pytest

from ..read.experiment import load_experiment
from ..testing.synthetic_sweep import write_sweep
from .bystander import delay_text, excess, floor_sentence, machine_floor

PAIRS = (("stop_the_world", "none"), ("concurrent", "yuasa"), ("concurrent", "steele"))
DELAY = {"count": 1000, "p50_ns": 50_000, "p99_ns": 200_000, "max_ns": 900_000}


def edit(path, change):
    document = json.loads(path.read_text())
    change(document)
    path.write_text(json.dumps(document))


def floored(folder, **floor):
    edit(folder / "index.json", lambda index: index.update(machine_floor=floor))
    return load_experiment(folder, print)


def test_the_floor_is_the_greater_of_before_and_after(small_sweep):
    after = DELAY | {"p99_ns": 150_000, "max_ns": 3_000_000, "count": 500}
    floor = machine_floor(floored(small_sweep, before=DELAY, after=after))
    assert (floor.p50, floor.p99, floor.least, floor.longest) == (
        50_000,
        200_000,
        900_000,
        3_000_000,
    )
    assert [list(values) for values in floor.points] == [
        [50_000, 200_000, 3_000_000],
        [0.5, 0.01, 1 / 500],
    ]
    assert "900 µs to 3.00 ms" in floor_sentence(floor)


@pytest.mark.parametrize(
    "floor",
    [
        {"before": None, "after": None},
        {"before": DELAY | {"count": 3}, "after": None},
        {"before": None, "after": DELAY | {"count": 100}},  # no 99th percentile of so few
    ],
)
def test_an_unknown_floor_is_said_and_not_drawn(small_sweep, floor):
    assert machine_floor(floored(small_sweep, **floor)) is None
    assert "was not measured" in floor_sentence(None)


def test_a_sweep_without_a_floor_says_so(small_sweep):
    edit(small_sweep / "index.json", lambda index: index.pop("machine_floor"))
    assert machine_floor(load_experiment(small_sweep, print)) is None


def sweep_of_delays(folder, mutators, p99s, cycles_of_first):
    """Cells in the order of PAIRS get these delays, and the first these cycles."""
    write_sweep(folder, 2, ("gcbench",), combinations=PAIRS, mutators=mutators)
    for cell, p99 in enumerate(p99s):
        for path in folder.glob(f"runs/{cell:08x}/*/run.json"):
            edit(path, lambda record: record["bystander"].update(p99_ns=p99))
            if cell == 0:
                edit(path, lambda record: record.update(cycles=cycles_of_first))
    return load_experiment(folder, print)


@pytest.mark.parametrize("mutators, stated", [(1, True), (2, False), (4, False)])
def test_the_excess_is_over_a_cell_without_a_cycle_where_a_core_is_free(tmp_path, mutators, stated):
    experiment = sweep_of_delays(tmp_path, mutators, (100_000, 700_000, 80_000), cycles_of_first=0)
    base, more, less = experiment.results
    assert base.cycles == (0, 0) and more.cycles[0] > 0
    assert isnan(excess(experiment, base))  # it is what the others are measured by
    if stated:
        assert excess(experiment, more) == 600_000
        assert delay_text(experiment, more) == "700 µs (+600 µs)"
        assert delay_text(experiment, less) == "80.0 µs (-20.0 µs)"
    else:
        assert delay_text(experiment, more) == "700 µs"


def test_without_a_cell_that_never_collects_no_excess_is_stated(tmp_path):
    experiment = sweep_of_delays(tmp_path, 1, (100_000, 700_000, 80_000), cycles_of_first=1)
    assert delay_text(experiment, experiment.results[1]) == "700 µs"
