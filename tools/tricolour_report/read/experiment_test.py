"""Ratios to the baseline, and what may not enter them."""

import json

import pytest

from ..compare.tidy import tidy_table
from ..program import parallel
from ..testing.synthetic_sweep import write_sweep
from .experiment import OverRuns, heap_order, load_experiment

PAIRS = (("stop_the_world", "none"), ("concurrent", "yuasa"))


def result_of(experiment, collector, workload="gcbench", heap="2x"):
    wanted = (collector, workload, heap)
    return next(
        r for r in experiment.results if (r.cell.collector, r.cell.workload, r.cell.heap) == wanted
    )


def test_the_ratio_finds_the_factor_that_was_put_in(tmp_path):
    folder = write_sweep(
        tmp_path, 12, ("gcbench",), combinations=PAIRS, speed={("concurrent", "yuasa"): 0.5}
    )
    ratio = result_of(load_experiment(folder, print), "concurrent").ratio()
    assert ratio.low < 0.5 * 0.95 * 0.96 < ratio.high
    assert ratio.differs and not ratio.exploratory and ratio.invocations == 12


def test_each_heap_has_its_own_baseline(tmp_path):
    folder = write_sweep(tmp_path, 2, ("gcbench",), ("1.5x", "10x", "2x"), combinations=PAIRS)
    experiment = load_experiment(folder, print)
    assert experiment.heaps == ["1.5x", "2x", "10x"]
    for heap in experiment.heaps:
        assert result_of(experiment, "concurrent", heap=heap).baseline is result_of(
            experiment, "stop_the_world", heap=heap
        )


def test_a_baseline_at_another_heap_is_none(tmp_path):
    folder = write_sweep(tmp_path, 2, ("gcbench",), ("1.5x", "2x"), combinations=PAIRS)
    index = json.loads((folder / "index.json").read_text())
    del index["cells"][2]
    (folder / "index.json").write_text(json.dumps(index))
    experiment = load_experiment(folder, print)
    assert result_of(experiment, "concurrent", heap="1.5x").ratio() is not None
    assert result_of(experiment, "concurrent", heap="2x").ratio() is None


def test_a_baseline_may_name_its_heap(tmp_path):
    folder = write_sweep(tmp_path, 2, ("gcbench",), ("1.5x", "2x"), combinations=PAIRS)
    index = json.loads((folder / "index.json").read_text())
    index["baseline"]["heap"] = "2x"
    (folder / "index.json").write_text(json.dumps(index))
    experiment = load_experiment(folder, print)
    assert experiment.sweep.baseline_label == "stop_the_world + none heap=2x"
    everywhere = result_of(experiment, "stop_the_world", heap="2x")
    assert (
        all(result.baseline is everywhere for result in experiment.results)
        and everywhere.is_baseline
    )


def test_a_failed_cell_stays_with_its_status(tmp_path):
    folder = write_sweep(
        tmp_path,
        2,
        ("gcbench",),
        combinations=PAIRS,
        failing={("concurrent", "yuasa", "gcbench"): "heap_exhausted"},
    )
    result = result_of(load_experiment(folder, print), "concurrent")
    assert result.failures == {"heap_exhausted": 2} and result.ratio() is None


def test_a_verified_run_never_enters_a_timing(small_sweep):
    path = small_sweep / "runs" / "00000002" / "1" / "run.json"
    record = json.loads(path.read_text())
    record["parameters"]["verify"] = True
    record["operations_per_s"] = 1e12
    path.write_text(json.dumps(record))
    experiment = load_experiment(small_sweep, print)
    result = result_of(experiment, "concurrent")
    assert [run.block for run in experiment.verified] == [1]
    assert sorted(result.values("throughput")) == [0, 2]
    table = tidy_table(experiment)
    own = table[(table["cell"] == "00000002") & (table["block"] == 1)]
    assert len(own) == 1 and own["value"].isna().all()


def test_an_extreme_has_no_interval_and_a_longest_value_is_told_by_three(small_sweep):
    result = result_of(load_experiment(small_sweep, print), "concurrent")
    longest = result.values("pause_max")
    assert result.told("pause_max") == min(longest.values())
    assert result.over_runs("pause_max") == OverRuns(*sorted(longest.values()))
    least, median, _ = sorted(result.values("mmu_100ms").values())
    assert least < median == result.told("mmu_100ms")
    assert result.ratio("pause_max").value == pytest.approx(
        min(longest.values()) / min(result.baseline.values("pause_max").values())
    )
    assert not result.ratio("pause_max").differs


def test_a_cell_is_starved_by_one_run_with_too_few_cycles(small_sweep):
    path = small_sweep / "runs" / "00000002" / "1" / "run.json"
    assert not any(result.starved for result in load_experiment(small_sweep, print).results)
    record = json.loads(path.read_text())
    for cycles, starved in ((3, False), (2, True), (0, True)):
        path.write_text(json.dumps(record | {"cycles": cycles}))
        result = result_of(load_experiment(small_sweep, print), "concurrent")
        assert result.starved == starved and result.cycles == (cycles, 12)
        assert result.fairly_compared != starved


def test_the_tidy_table_has_a_row_for_each_run_and_metric(small_sweep):
    experiment = load_experiment(small_sweep, print)
    table = tidy_table(experiment)
    throughput = table[table["metric"] == "throughput"]
    assert len(throughput) == 18
    assert set(throughput["unit"]) == {"operations/s"}
    assert not table.duplicated(["cell", "block", "metric"]).any()


def test_runs_shared_among_processes_give_the_same(small_sweep, monkeypatch):
    (small_sweep / "runs" / "00000000" / "0" / "heap.csv").unlink()
    told_alone, told_shared = [], []
    alone = load_experiment(small_sweep, told_alone.append)
    monkeypatch.setattr(parallel, "ITEMS_PER_WORKER", 4)
    monkeypatch.setattr(parallel, "processors", lambda: 2)
    shared = load_experiment(small_sweep, told_shared.append)
    assert told_alone == told_shared and len(told_shared) == 1
    assert tidy_table(alone).equals(tidy_table(shared))


def test_heaps_are_ordered_as_numbers():
    wanted = [
        "1.5x",
        "2x",
        "10x",
        "4096",
        "512k",
        "64M",
        "256M",
        "0.5GiB",
        "1G",
        "1.5T",
        "as typed",
    ]
    assert sorted(reversed(wanted), key=heap_order) == wanted
    assert heap_order("1G")[:2] == heap_order("1024MiB")[:2] == heap_order("1073741824B")[:2]
