"""The report counts the pauses of a run as the program does.

Purpose: the longest pause and the MMU that Python computes from a run's tables are those that
run.json states, also where one mutator was asked for and the workload starts others.
"""

import json
import subprocess

import pytest

from tricolour_report.read.digest import digest_run
from tricolour_report.read.sweep_folder import Cell, Run
from tricolour_report.read.tables import read_table

LOADS = [("churn_threads", 1, 4000), ("binary_trees", 1, 10), ("binary_trees", 2, 10)]


@pytest.mark.parametrize("workload, mutators, operations", LOADS)
def test_pauses_and_mmu_are_those_of_the_program(
    build_dir, tmp_path, workload, mutators, operations
):
    """Operations and not seconds, so that a busy machine collects as often."""
    words = f"run --workload {workload} --mutators {mutators} --operations {operations}"
    words += " --collector stop_the_world --heap 24M --out"
    command = [build_dir / "tricolour", *words.split(), tmp_path / "run"]
    subprocess.run([str(word) for word in command], check=True, capture_output=True, timeout=120)
    record = json.loads((tmp_path / "run/run.json").read_text())
    several = workload == "churn_threads" or mutators > 1
    assert ("all" in read_table(tmp_path / "run", "pauses")["mutator"].tolist()) == several
    metrics = digest_run(Run(Cell("", {}), 0, tmp_path / "run", "ok", 0, record)).metrics
    told = record["pauses"]
    assert told["count"] > 0 and metrics["pause_max"] == told["max_ns"]
    assert metrics["pause_total"] == told["total_ns"]
    assert metrics["time_to_safepoint_max"] == told["max_time_to_safepoint_ns"]
    for window, value in record["mmu"].items():
        if window != "1s":
            assert metrics[f"mmu_{window}"] == pytest.approx(value, abs=1e-9)
