"""tools/precision from the recorded run to the figure: the order that the literature gives is there
on real work."""

import csv
import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TRICOLOUR = os.environ.get("TRICOLOUR", str(ROOT / "build" / "release" / "tricolour"))


def test_steele_keeps_least_and_a_snapshot_most(tmp_path):
    words = [
        ROOT / "tools/precision",
        tmp_path / "precision",
        "--workload",
        "gcold",
        "--binary",
        TRICOLOUR,
    ]
    finished = subprocess.run(words, capture_output=True, text=True, timeout=120)
    assert finished.returncode == 0, finished.stderr
    with (tmp_path / "precision/summary.csv").open(newline="") as file:
        floating = {
            (row["barrier"], row["allocate"]): float(row["black"]) + float(row["retained"])
            for row in csv.DictReader(file)
        }
    for colour in ("white", "black"):
        assert (
            floating["steele", colour] <= floating["dijkstra", colour] <= floating["yuasa", "black"]
        )
    assert floating["steele", "black"] < floating["yuasa", "black"]
    assert (tmp_path / "precision/plots/floating_garbage.svg").exists()
