"""What `tricolour sweep` says before it begins: the commands with the file's own seed, and how many
cycles each cell is likely to have.

The binary is $TRICOLOUR, or build/release/tricolour of this checkout.
"""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TRICOLOUR = os.environ.get("TRICOLOUR", str(ROOT / "build" / "release" / "tricolour"))


@pytest.fixture
def tricolour(tmp_path):
    def run(*words):
        environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache")}
        command = [TRICOLOUR, *map(str, words)]
        return subprocess.run(
            command, capture_output=True, text=True, timeout=120, check=True, env=environment
        )

    return run


def experiment(folder, workload, heap="8M", run=""):
    path = folder / "experiment.toml"
    path.write_text(
        'schema = 1\nname = "plan"\n[matrix]\n'
        'collector = ["stop_the_world", "concurrent"]\nbarrier = "yuasa"\n'
        f'workload = {workload}\nheap = "{heap}"\n[run]\n'
        'baseline = { collector = "stop_the_world", barrier = "yuasa" }\n' + run
    )
    return path


TREES = '{ name = "binary_trees", operations = OPERATIONS, param = { depth = 10 } }'


def trees(operations):
    return TREES.replace("OPERATIONS", str(operations))


def test_a_dry_run_prints_the_files_own_seed(tricolour, tmp_path):
    file = experiment(tmp_path, trees(5), run="seed = 1234\ninvocations = 6\n")
    result = tricolour("sweep", file, "--dry-run")
    assert re.findall(r"--seed (\d+)", result.stdout) == ["1234"] * 2
    assert "seed 1234 in block 0; each block adds 1" in result.stderr
    shard = tricolour("sweep", file, "--dry-run", "--shard", "3/4")
    assert re.findall(r"--seed (\d+)", shard.stdout) == ["1236"] * 2, "its first block is block 2"


def test_a_printed_command_is_the_run_of_the_sweep(tricolour, tmp_path):
    file = experiment(tmp_path, trees(5), run="seed = 77\ninvocations = 1\n")
    printed = tricolour("sweep", file, "--dry-run").stdout.splitlines()
    tricolour("sweep", file, "--out", tmp_path / "out", "--quiet")
    paths = (tmp_path / "out").glob("runs/*/*/run.json")
    recorded = {json.loads(path.read_text())["command"] for path in paths}
    assert recorded == set(printed)


@pytest.mark.parametrize(
    "workload, heap", [(trees(300), "8M"), ('{ name = "gcbench", operations = 1 }', "2x")]
)
def test_the_estimate_is_near_what_a_run_has(tricolour, tmp_path, workload, heap):
    file = experiment(tmp_path, workload, heap, run="invocations = 1\n")
    said = tricolour("sweep", file, "--out", tmp_path / "out").stderr
    (estimate,) = re.findall(r"^cycles of .*: about ([\d.]+) a run$", said, re.M)
    runs = [json.loads(path.read_text()) for path in (tmp_path / "out").glob("runs/*/*/run.json")]
    (stopped,) = [run for run in runs if run["parameters"]["collector"] == "stop_the_world"]
    assert stopped["cycles"] >= 8
    assert float(estimate) == pytest.approx(stopped["cycles"], rel=0.35)


def test_what_it_suggests_is_enough(tricolour, tmp_path):
    file = experiment(tmp_path, trees(1))
    said = tricolour("sweep", file, "--dry-run").stderr
    (enough,) = re.findall(r"fewer than 3 say .*, operations = (\d+) would be enough", said)
    collection = ["--collector", "stop_the_world", "--barrier", "yuasa", "--heap", "8M"]
    work = ["--workload", "binary_trees", "--param", "depth=10", "--operations", enough]
    cycles = json.loads(tricolour("run", *collection, *work, "--json").stdout)["cycles"]
    assert 3 <= cycles <= 8
    file.write_text(file.read_text().replace("operations = 1,", f"operations = {enough},"))
    assert "would be enough" not in tricolour("sweep", file, "--dry-run").stderr


def test_seconds_are_suggested_where_a_cell_runs_by_the_clock(tricolour, tmp_path):
    workload = '{ name = "latency", seconds = 0.5, param = { live_mb = 16, rate = 20000 } }'
    file = experiment(tmp_path, workload, "48M")
    said = tricolour("sweep", file, "--dry-run").stderr
    (enough,) = re.findall(r"fewer than 3 say .*, seconds = ([\d.]+) would be enough", said)
    assert 10 < float(enough) < 60
