"""The worst moments are the longest pause and the slowest request, with what ran in them."""


import pandas as pd
import pytest

from ..read.experiment import load_experiment
from ..testing.synthetic_sweep import write_sweep
from .moments import ALL_MUTATORS, PAUSE, worst_pause, worst_request
from .run_events import one_of_each_collector, read_events

MS = 1_000_000


def events(*rows):
    """(cycle, row, name, begin, end) each."""
    table = pd.DataFrame(rows, columns=["cycle", "row", "name", "begin", "end"])
    return table.assign(pause=table["name"].str.startswith(PAUSE))


def request(start, length, **causes):
    one = {"thread": 0, "start_ns": 50 + start, "duration_ns": length, "causes": causes}
    return {"start_ns": 50, "requests": {"slow": [one]}}


def test_the_longest_pause_has_what_ran_in_it():
    found = worst_pause(
        events(
            (3, ALL_MUTATORS, PAUSE + "termination", 100 * MS, 104 * MS),
            (3, 0, "paused", 100 * MS, 104 * MS),
            (3, 2, "sweeping", 101 * MS, 200 * MS),
            (3, 1, "termination", 99 * MS, 102 * MS),
            (3, 2, "termination", 101 * MS, 103 * MS),
            (4, 0, PAUSE + "cycle_begin", 300 * MS, 303 * MS),
            (4, 1, "begin", 290 * MS, 300 * MS),
        )
    )
    assert (found.begin, found.length, found.cycle) == (100 * MS, 4 * MS, 3)
    # two threads at once count once, and of what lasts longer only what is inside
    assert found.text == (
        "termination of all mutators, in cycle 3; meanwhile sweeping 3.00 ms, termination 3.00 ms"
    )


def test_a_pause_of_one_mutator_in_which_nothing_ran_says_so():
    found = worst_pause(events((1, 0, PAUSE + "cycle_begin", 0, 10)))
    assert found.text == "cycle begin of one mutator, in cycle 1"


def test_without_pauses_and_slow_requests_there_is_no_worst_moment():
    table = events((1, 0, "assist", 0, 10))
    assert worst_pause(table) is None and worst_pause(events()) is None
    assert worst_request(table, 0, {"start_ns": 0, "requests": None}) is None


@pytest.mark.parametrize("start, cycle", [(0, 1), (95, 2), (400, None)])
def test_a_request_is_shown_with_the_cycle_that_overlaps_it_longest(start, cycle):
    table = events((1, 0, "assist", 0, 100), (2, 1, "marking", 101, 200))
    found = worst_request(table, 0, request(start, 60, paused=40))
    assert (found.begin, found.length, found.cycle) == (start, 60, cycle)
    assert found.text == "of which paused 40.0 ns, unexplained 20.0 ns"


@pytest.fixture
def crowded(tmp_path):
    """A concurrent run of 400 cycles, and its folder."""
    pairs = (("stop_the_world", "none"), ("concurrent", "yuasa"))
    folder = write_sweep(tmp_path, 1, ("latency",), combinations=pairs, cycles=400)
    return load_experiment(folder, print).results[1]


def test_the_cycles_of_the_worst_moments_are_always_shown(crowded):
    run = crowded.runs[0]
    for number in (7, 123, 390):  # one after the other: few cycles are shown of 400
        pauses = pd.read_csv(run.folder / "pauses.csv")
        begin = int(pauses[pauses["cycle"] == number]["begin_ns"].min())
        one = {"thread": 0, "start_ns": begin, "duration_ns": MS, "causes": {}}
        run.record["requests"]["slow"] = [one]
        shown = read_events(crowded, run, 200, 1000)
        assert len(shown.cycles) < 60
        assert number in [cycle.number for cycle in shown.cycles]
        assert shown.moments["request"].cycle == number
        assert shown.moments["pause"].cycle in [cycle.number for cycle in shown.cycles]


def test_a_cycle_that_fell_back_says_so(crowded):
    run = crowded.runs[0]
    pauses = pd.read_csv(run.folder / "pauses.csv")
    fell = set(pauses[pauses["kind"] == "fallback"]["cycle"])
    shown = read_events(crowded, run, 100_000, 1000)
    inside = {cycle.number for cycle in shown.cycles}
    assert fell & inside
    assert {cycle.number for cycle in shown.cycles if cycle.fell_back} == fell & inside


def test_runs_beside_each_other_have_the_barrier_that_most_collectors_have(tmp_path):
    pairs = [
        ("stop_the_world", "none"),
        ("incremental", "dijkstra"),
        ("incremental", "yuasa"),
        ("concurrent", "hybrid"),
        ("concurrent", "yuasa"),
    ]
    folder = write_sweep(tmp_path, 1, ("gcbench",), combinations=pairs)
    shown = one_of_each_collector(load_experiment(folder, print).results)
    cells = [(run.result.cell.collector, run.result.cell.barrier) for run in shown]
    assert cells == [
        ("stop_the_world", "none"),
        ("incremental", "yuasa"),
        ("concurrent", "yuasa"),
    ]
