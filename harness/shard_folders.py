"""Folders of a sweep's shards, for tests that go on with them or merge them.

Another machine is played by another name in a run's provenance.
"""

import json
import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TRICOLOUR = os.environ.get("TRICOLOUR", str(ROOT / "build" / "release" / "tricolour"))
SHARDS = 3


def tricolour(*words, expect=0, **options):
    result = subprocess.run(
        [TRICOLOUR, *map(str, words)], capture_output=True, text=True, timeout=120, **options
    )
    assert (
        result.returncode == expect
    ), f"{words}: exit {result.returncode}\n{result.stdout}\n{result.stderr}"
    return result


def experiment(folder, invocations=5, operations=5, heaps=("8M", "9M")):
    path = folder / "experiment.toml.in"
    path.write_text(
        f'schema = 1\nname = "test"\n[matrix]\ncollector = "stop_the_world"\nbarrier = "none"\n'
        f'workload = {{ name = "binary_trees", operations = {operations}, '
        f"param = {{ depth = 10 }} }}\nheap = {json.dumps(heaps)}\n"
        f"[run]\ninvocations = {invocations}\ntimeout_s = 20\n"
    )
    return path


def index_of(folder):
    return json.loads((folder / "index.json").read_text())


def blocks_of(folder):
    """For each cell the blocks that the index lists with status ok and that have a record."""
    return [
        [
            run["block"]
            for run in cell["runs"]
            if run["status"] == "ok" and (folder / run["path"] / "run.json").exists()
        ]
        for cell in index_of(folder)["cells"]
    ]


def run_folder(folder, cell=0, block=0):
    return folder / "runs" / index_of(folder)["cells"][cell]["cell"] / str(block)


def change(run, part, name, value):
    record = json.loads((run / "run.json").read_text())
    record[part][name] = value
    (run / "run.json").unlink()  # not through a hard link
    (run / "run.json").write_text(json.dumps(record))


def move_to(host, run):
    """As if another machine had made the run."""
    change(run, "provenance", "host", host)
    change(run, "provenance", "boot_id", host)
