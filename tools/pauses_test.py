"""The tables of a run hold the pauses that its figures count.

Purpose: what a reader sums up from the rows that count is what run.json states, also where one
mutator was asked for and the workload starts others.
"""

import json
import subprocess

import pytest

from tricolour_report.read.counted_pauses import read_counted_pauses
from tricolour_report.read.digest import digest_run
from tricolour_report.read.sweep_folder import Cell, Run

LOADS = [("churn_threads", 1, 4000), ("binary_trees", 1, 10), ("binary_trees", 2, 10)]


@pytest.mark.parametrize("workload, mutators, operations", LOADS)
def test_counted_pauses_are_those_of_the_figures(
    build_dir, tmp_path, workload, mutators, operations
):
    """Operations and not seconds, so that a busy machine collects as often."""
    words = f"run --workload {workload} --mutators {mutators} --operations {operations}"
    words += " --collector stop_the_world --heap 24M --out"
    command = [build_dir / "tricolour", *words.split(), tmp_path / "run"]
    subprocess.run([str(word) for word in command], check=True, capture_output=True, timeout=120)
    record = json.loads((tmp_path / "run/run.json").read_text())
    several = workload == "churn_threads" or mutators > 1
    pauses = read_counted_pauses(tmp_path / "run")
    assert ("all" in pauses["mutator"].tolist()) == several
    told = record["pauses"]
    assert told["count"] == len(pauses) > 0 and pauses["length_ns"].max() == told["max_ns"]
    assert pauses["length_ns"].sum() == told["total_ns"]
    assert (pauses["stopped_ns"] - pauses["request_ns"]).max() == told["max_time_to_safepoint_ns"]
    for kind, own in pauses.groupby("kind"):
        assert told["by_kind"][kind]["count"] == len(own)
        assert told["by_kind"][kind]["max_ns"] == own["length_ns"].max()
    digest = digest_run(Run(Cell("", {}), 0, tmp_path / "run", "ok", 0, record))
    for window, place in (("1ms", 20), ("10ms", 30), ("100ms", 40)):
        if window in record["mmu"]:
            assert digest.mmu[place] == pytest.approx(record["mmu"][window], abs=1e-6)
            assert digest.metrics[f"mmu_{window}"] == record["mmu"][window]
            assert digest.bmu[place] <= digest.mmu[place]
