"""What must not be trusted is said where it is so, and nowhere else."""

import json

import pytest

from ..read.experiment import load_experiment
from ..testing.synthetic_sweep import changed_records, write_sweep
from .doubts import doubts

PAIRS = (("stop_the_world", "none"), ("concurrent", "yuasa"))


def told(tmp_path, invocations=10, change=lambda record: None, index=lambda whole: None, **how):
    folder = write_sweep(tmp_path / "sweep", invocations, ("gcbench",), combinations=PAIRS, **how)
    for record in changed_records(folder):
        if record["status"] == "ok":
            record["pauses"]["max_ns"] = max(record["pauses"]["max_ns"], 50_000_000)
            change(record)
    whole = json.loads((folder / "index.json").read_text())
    index(whole)
    (folder / "index.json").write_text(json.dumps(whole))
    return doubts(load_experiment(folder, print))


def of_concurrent(record):
    return record["parameters"]["collector"] == "concurrent"


def test_runs_of_which_nothing_is_wrong_are_not_doubted(tmp_path):
    assert [one for one in told(tmp_path) if "longest pause" not in one] == []


def test_few_invocations_limit_every_ratio(tmp_path):
    assert any(
        one.startswith("Every ratio: the smallest cell has 3 of the 10")
        for one in told(tmp_path, 3)
    )


def test_a_floor_above_the_longest_pauses_is_told(tmp_path):
    def index(whole):
        whole["machine_floor"]["after"]["max_ns"] = 10**9

    assert any("The longest pause of 2 of 2 cells" in one for one in told(tmp_path, index=index))


def test_a_starved_cell_is_named(tmp_path):
    found = told(tmp_path, cycles_of={("concurrent", "yuasa"): 2})
    assert any("concurrent + yuasa (2 cycles)" in one for one in found)


def test_figures_of_cells_that_fell_back_are_partly_those_of_a_stopped_collection(tmp_path):
    def change(record):
        if of_concurrent(record):
            record["fallbacks"] = record["cycles"] // 2

    found = told(tmp_path, change=change)
    assert any("most, 50 %, of concurrent + yuasa" in one for one in found)


def test_failed_runs_and_runs_that_differ_are_told(tmp_path):
    def change(record):
        record["provenance"]["commit"] = f"{record['block']:07x}"

    failing = {("concurrent", "yuasa", "gcbench"): "crashed"}
    found = told(tmp_path, change=change, failing=failing)
    assert any(one.startswith("1 cell has failed runs") for one in found)
    assert any(one.startswith("Runs differ in commit") for one in found)


@pytest.mark.parametrize("open_loop", [False, True])
def test_the_rate_of_an_open_loop_is_no_result(tmp_path, open_loop):
    folder = write_sweep(
        tmp_path / "sweep", 2, ("latency",), combinations=PAIRS, open_loop=open_loop
    )
    found = doubts(load_experiment(folder, print))
    assert any("Throughput of latency" in one for one in found) == open_loop
