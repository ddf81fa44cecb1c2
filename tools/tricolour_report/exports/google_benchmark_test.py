"""Google Benchmark's own `compare.py` opens what is exported."""

import subprocess
import sys
from pathlib import Path

from ..testing.synthetic_sweep import write_sweep

COMPARE = Path("/usr/share/benchmark/compare.py")  # Debian's libbenchmark-tools
PAIRS = (("stop_the_world", "none"), ("concurrent", "yuasa"))


def compared(*words):
    return subprocess.run(
        [sys.executable, COMPARE, "--no-color", *words], check=True, capture_output=True, text=True
    ).stdout


def test_compare_py_sets_two_sweeps_side_by_side(tmp_path, command):
    for name, factor in (("base", 1.0), ("other", 0.5)):
        folder = write_sweep(
            tmp_path / name,
            3,
            ("gcbench",),
            combinations=PAIRS,
            speed={("concurrent", "yuasa"): factor},
        )
        assert (
            command(
                "export", folder, "--format", "gbench", "--out", tmp_path / f"{name}.out", "--quiet"
            )[0]
            == 0
        )
    lines = compared(
        "benchmarks", tmp_path / "base.out/benchmarks.json", tmp_path / "other.out/benchmarks.json"
    ).splitlines()
    rows = [
        line.split()
        for line in lines
        if line.startswith("gcbench/collector:concurrent/barrier:yuasa/heap:2x ")
    ]
    assert [float(row[1]) for row in rows] == [1.0] * 3
    rows = [
        line.split()
        for line in lines
        if line.startswith("gcbench/collector:stop_the_world/barrier:none/heap:2x ")
    ]
    assert [float(row[1]) for row in rows] == [0.0] * 3


def test_compare_py_compares_two_combinations_and_passes_over_failures(tmp_path, command):
    folder = write_sweep(
        tmp_path / "sweep",
        2,
        combinations=PAIRS,
        failing={("concurrent", "yuasa", "latency"): "crashed"},
    )
    assert (
        command("export", folder, "--format", "gbench", "--out", tmp_path / "out", "--quiet")[0]
        == 0
    )
    text = compared(
        "filters",
        tmp_path / "out/benchmarks.json",
        "collector:stop_the_world/barrier:none",
        "collector:concurrent/barrier:yuasa",
    )
    assert (
        "gcbench/[collector:stop_the_world/barrier:none vs. "
        "collector:concurrent/barrier:yuasa]/heap:2x" in text
    )
    assert "latency/" not in text
