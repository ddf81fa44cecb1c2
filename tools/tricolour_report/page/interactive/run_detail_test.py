"""What the page holds of a run is what its tables say, less what it says was left out."""

import numpy as np
import pandas as pd
import pytest

from ...read.sweep_folder import open_sweep
from ...testing.synthetic_sweep import write_sweep
from .run_detail import ALL_MUTATORS, _closed, _extremes, detail, details

PAIRS = (("stop_the_world", "none"), ("incremental", "yuasa"), ("concurrent", "yuasa"))


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    sweep = open_sweep(
        write_sweep(
            tmp_path_factory.mktemp("runs"), 1, ("gcbench",), combinations=PAIRS, mutators=2
        )
    )
    return {run.cell.collector: run for run in sweep.runs}


def intervals(bars, offset=0):
    edges = offset + np.cumsum(bars)
    return list(zip(edges[::2].tolist(), edges[1::2].tolist()))


def pauses_of(run):
    return pd.read_csv(run.folder / "pauses.csv")


@pytest.mark.parametrize("collector", ["stop_the_world", "concurrent"])
def test_bars_are_the_tables_intervals(runs, collector):
    run = runs[collector]
    shown = detail(run, 10_000, 1000)
    start, pauses = run.record["start_ns"], pauses_of(run)
    assert len(shown["cycles"]) == shown["of"] == 12
    for cycle in shown["cycles"]:
        own = pauses[pauses["cycle"] == cycle["number"]]
        stopped = {
            (request - start, resume - start)
            for request, resume in zip(own["request_ns"], own["resume_ns"])
        }
        drawn = {
            one
            for row, what, bars in cycle["rows"]
            if row == ALL_MUTATORS and shown["names"][what].startswith("pause: ")
            for one in intervals(bars, cycle["begin"])
        }
        assert drawn == stopped
        assert cycle["longest"] == max(end - begin for begin, end in stopped)


def test_the_cycles_of_a_crowded_run_are_thinned_but_never_the_remarkable_ones(runs):
    run = runs["incremental"]
    pauses = pauses_of(run)
    pauses.loc[
        pauses.index[pauses["cycle"] == 6][20], "resume_ns"
    ] += 500_000  # the longest pause; the longest cycle is another
    phases = pd.read_csv(run.folder / "phases.csv")
    phases.loc[phases["cycle"] == 10, "end_ns"] += 9_000
    pauses.to_csv(run.folder / "pauses.csv", index=False)
    phases.to_csv(run.folder / "phases.csv", index=False)
    everything, little = detail(run, 100_000, 1000), detail(run, 200, 1000)
    assert len(little["cycles"]) < len(everything["cycles"]) == little["of"]
    assert all(cycle["shown"] <= 50 < cycle["events"] for cycle in little["cycles"])
    for key, cycle in (("longest", 6), ("span", 10)):
        assert max(everything["cycles"], key=lambda c: c[key])["number"] == cycle
        assert cycle in [c["number"] for c in little["cycles"]]


def test_only_gaps_up_to_the_given_one_are_closed():
    begins, ends = np.array([0, 12, 30, 31]), np.array([10, 20, 31, 40])
    assert intervals(_closed(begins, ends, 0)) == [(0, 10), (12, 20), (30, 40)]
    assert intervals(_closed(begins, ends, 2)) == [(0, 20), (30, 40)]
    assert intervals(_closed(begins, ends, 9.6)) == [(0, 40)]


def test_a_thinned_heap_keeps_its_extremes():
    values = np.random.default_rng(1).integers(0, 1_000_000, 5000)
    kept = _extremes(values, 100)
    assert len(kept) <= 100 and (np.diff(kept) > 0).all()
    assert {values[kept].max(), values[kept].min()} == {values.max(), values.min()}
    assert _extremes(values[:100], 100).tolist() == list(range(100))


def test_a_damaged_table_leaves_the_other_runs(runs):
    (runs["concurrent"].folder / "heap.csv").write_text("t_ns\n")
    found = details(list(runs.values()))
    assert [one is None for one in found] == [False, False, True]


def test_a_run_without_events_has_no_cycle(tmp_path):
    run = open_sweep(write_sweep(tmp_path, 1, ("gcbench",), combinations=PAIRS[:1])).runs[0]
    for name in ("pauses", "phases", "heap"):
        path = run.folder / f"{name}.csv"
        path.write_text(path.read_text().splitlines(True)[0])
    shown = detail(run, 100, 100)
    assert shown["cycles"] == shown["pauses"] == [] and shown["of"] == 0 and shown["heap"] is None
