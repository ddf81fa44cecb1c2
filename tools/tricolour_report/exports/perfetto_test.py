"""A timeline holds every recorded pause and phase, in rows whose slices nest."""

import json

import pytest

from ..read.experiment import load_experiment
from ..read.tables import read_table
from ..testing.synthetic_sweep import write_sweep
from . import perfetto
from .perfetto import Slice, nested_rows


@pytest.fixture(scope="module")
def sweep(tmp_path_factory):
    pairs = (("stop_the_world", "none"), ("concurrent", "yuasa"))
    return write_sweep(tmp_path_factory.mktemp("sweep"), 1, ("latency",), combinations=pairs)


@pytest.fixture(scope="module")
def concurrent(sweep):
    """(run, its timeline)"""
    run = next(
        one
        for one in load_experiment(sweep, print).sweep.runs
        if one.cell.collector == "concurrent"
    )
    return run, json.loads(perfetto.timeline(run))


def crossings(slices):
    spans = sorted(((one.begin, one.end) for one in slices), key=lambda span: (span[0], -span[1]))
    found, open_ends = 0, []
    for begin, end in spans:
        while open_ends and open_ends[-1] <= begin:
            open_ends.pop()
        found += bool(open_ends) and end > open_ends[-1]
        open_ends.append(end)
    return found


def test_every_row_of_the_tables_is_a_slice(concurrent):
    run, document = concurrent
    rows = {
        event["tid"]: event["args"]["name"]
        for event in document["traceEvents"]
        if event["ph"] == "M"
    }
    slices = [event for event in document["traceEvents"] if event["ph"] == "X"]
    pauses, phases = read_table(run.folder, "pauses"), read_table(run.folder, "phases")
    assert len(slices) == 1 + len(pauses) + len(phases)
    assert list(rows.values())[:2] == ["run", "mutator 0"] and set(list(rows.values())[2:]) == {
        "collector"
    }
    first = next(event for event in slices if event["name"].startswith("pause: "))
    told = pauses.sort_values("request_ns").iloc[0]
    assert first["args"] == {
        "cycle": told.cycle,
        "cause": told.cause,
        "time_to_safepoint_ns": told.stopped_ns - told.request_ns,
        "heap_before": told.heap_before,
        "heap_after": told.heap_after,
    }
    assert round(first["ts"] * 1000) + document["otherData"]["origin_ns"] == told.request_ns
    assert round(first["dur"] * 1000) == told.resume_ns - told.request_ns
    assert {event["name"] for event in slices if rows[event["tid"]] == "mutator 0"} == {
        "assist",
        "search",
        "pause: cycle_begin",
        "pause: termination",
    }
    assert (
        document["otherData"]["command"] == run.record["command"]
        and min(event.get("ts", 0) for event in document["traceEvents"]) == 0
    )


def test_the_heap_is_a_counter(concurrent):
    run, document = concurrent
    counters = [event for event in document["traceEvents"] if event["ph"] == "C"]
    heap = read_table(run.folder, "heap")
    set_anew = heap["event"] == "new trigger"
    for name, wanted in (
        ("heap in use", heap.loc[~set_anew, "used"]),
        ("heap trigger", heap.loc[set_anew, "trigger"]),
    ):
        assert (
            len(wanted)
            and [one["args"]["bytes"] for one in counters if one["name"] == name] == wanted.tolist()
        )


@pytest.mark.parametrize(
    "spans, rows",
    [
        ([(0, 10), (2, 5), (5, 9), (12, 13)], 1),
        ([(0, 10), (5, 15)], 2),
        ([(0, 10), (0, 10), (10, 10), (10, 20)], 1),
        ([(0, 10), (5, 15), (7, 20), (16, 18)], 3),
    ],
)
def test_slices_that_cross_stand_in_rows_of_their_own(spans, rows):
    found = nested_rows(Slice("collector", "marking", begin, end) for begin, end in spans)
    assert len(found) == rows and sum(len(members) for _, members in found) == len(spans)
    assert not any(crossings(members) for _, members in found)


def test_rows_stand_in_order():
    names = ["collector", "mutator 10", "run", "mutator 2"]
    assert [name for name, _ in nested_rows(Slice(name, "x", 0, 1) for name in names)] == [
        "run",
        "mutator 2",
        "mutator 10",
        "collector",
    ]


def test_a_file_for_each_run(sweep, tmp_path, command):
    code, out, error = command(
        "export", sweep, "--format", "perfetto", "--out", tmp_path / "new", "--quiet"
    )
    assert code == 0 and error == ""
    names = {
        "latency-stop_the_world-none-2x-00000000-0.json",
        "latency-concurrent-yuasa-2x-00000001-0.json",
    }
    assert {path.name for path in (tmp_path / "new").iterdir()} == names
