"""What is shown of a run is what its tables say, less what it says was left out."""

import numpy as np
import pandas as pd
import pytest

from ..program.errors import DamagedRun
from ..read.experiment import load_experiment
from ..testing.synthetic_sweep import write_sweep
from .heap import extremes
from .run_events import ALL_MUTATORS, NO_ROW, PAUSE, budget, close_gaps, read_events
from .timeline import FIGURE as TIMELINE

PAIRS = (("stop_the_world", "none"), ("incremental", "yuasa"), ("concurrent", "yuasa"))


@pytest.fixture
def runs(tmp_path):
    """(cell's result, run) by collector."""
    folder = write_sweep(tmp_path, 1, ("gcbench",), combinations=PAIRS, mutators=2)
    results = load_experiment(folder, print).results
    return {result.cell.collector: (result, result.runs[0]) for result in results}


def pauses_of(run):
    return pd.read_csv(run.folder / "pauses.csv")


@pytest.mark.parametrize("collector", ["stop_the_world", "concurrent"])
def test_bars_are_the_tables_intervals(runs, collector):
    _, run = runs[collector]
    shown = read_events(*runs[collector], 10_000, 1000)
    start, pauses = run.record["start_ns"], pauses_of(run)
    assert len(shown.cycles) == shown.of == 12
    for cycle in shown.cycles:
        own = pauses[pauses["cycle"] == cycle.number]
        stopped = set(zip(own["request_ns"] - start, own["resume_ns"] - start))
        drawn = {
            interval
            for row, name, begins, ends in cycle.bars
            if row == ALL_MUTATORS and name.startswith(PAUSE)
            for interval in zip(begins, ends)
        }
        assert drawn == stopped
        assert cycle.longest == max(end - begin for begin, end in stopped)


def test_the_cycles_of_a_crowded_run_are_thinned_but_never_the_remarkable_ones(runs):
    _, run = runs["incremental"]
    pauses = pauses_of(run)
    pauses.loc[
        pauses.index[pauses["cycle"] == 6][20], "resume_ns"
    ] += 500_000  # the longest pause; the longest cycle is another
    phases = pd.read_csv(run.folder / "phases.csv")
    phases.loc[phases["cycle"] == 10, "end_ns"] += 9_000
    pauses.to_csv(run.folder / "pauses.csv", index=False)
    phases.to_csv(run.folder / "phases.csv", index=False)
    everything, little = (read_events(*runs["incremental"], bars, 1000) for bars in (100_000, 200))
    assert len(little.cycles) < len(everything.cycles) == little.of
    assert all(cycle.shown <= 50 < cycle.events for cycle in little.cycles)
    for key, number in (("longest", 6), ("span", 10)):
        assert max(everything.cycles, key=lambda c: getattr(c, key)).number == number
        assert number in [cycle.number for cycle in little.cycles]


def test_a_pause_of_a_workload_s_own_child_is_on_no_thread_s_row(runs):
    result, run = runs["concurrent"]
    pauses = pauses_of(run)
    pauses["mutator"] = "2"  # where the collector's row is
    pauses.to_csv(run.folder / "pauses.csv", index=False)
    shown = read_events(result, run, 10_000, 1000)
    for cycle in shown.cycles:
        rows = {row for row, name, _, _ in cycle.bars if name.startswith(PAUSE)}
        assert rows == {NO_ROW} and cycle.longest > 0
        marks = TIMELINE.chart(None, shown, cycle).panels[0].marks
        assert not any(mark.series.key.startswith(PAUSE) for mark in marks)


def test_only_gaps_up_to_the_given_one_are_closed():
    begins, ends = np.array([0, 12, 30, 31]), np.array([10, 20, 31, 40])
    closed = lambda gap: list(zip(*map(np.ndarray.tolist, close_gaps(begins, ends, gap))))
    assert closed(0) == [(0, 10), (12, 20), (30, 40)]
    assert closed(2) == [(0, 20), (30, 40)]
    assert closed(9.6) == [(0, 40)]


def test_a_thinned_heap_keeps_its_extremes():
    values = np.random.default_rng(1).integers(0, 1_000_000, 5000)
    kept = extremes(values, 100)
    assert len(kept) <= 100 and (np.diff(kept) > 0).all()
    assert {values[kept].max(), values[kept].min()} == {values.max(), values.min()}
    assert extremes(values[:100], 100).tolist() == list(range(100))


def test_a_damaged_table_is_refused(runs):
    _, run = runs["concurrent"]
    (run.folder / "heap.csv").write_text("t_ns\n")
    with pytest.raises(DamagedRun):
        read_events(*runs["concurrent"], *budget(1))


def test_a_run_without_events_has_no_cycle(runs):
    _, run = runs["stop_the_world"]
    for name in ("pauses", "phases", "heap"):
        path = run.folder / f"{name}.csv"
        path.write_text(path.read_text().splitlines(True)[0])
    shown = read_events(*runs["stop_the_world"], 100, 100)
    assert shown.cycles == [] and shown.of == 0 and shown.heap.empty
    assert shown.median_cycle is None
