"""Sweeps in which runs fail, and folders that change under a sweep."""

import json
import resource
import shutil
import signal
import subprocess
import time

import pytest

from sweep_process import begin_sweep

TREES = "binary_trees", "depth = 10"
REQUESTS = "latency", "live_mb = 1"
# Every tenth request allocates more than the smaller heap has.
LARGE = "latency", "live_mb = 1, large_every = 10, large_kb = 8192"


def write_experiment(
    folder, heap='["64M", "4M"]', invocations=2, length="operations = 100", workload=LARGE
):
    name, parameter = workload
    path = folder / "failing.toml"
    path.write_text(
        f'schema = 1\nname = "failing"\n[matrix]\ncollector = "stop_the_world"\nbarrier = "none"\n'
        f'workload = {{ name = "{name}", {length}, param = {{ {parameter} }} }}\nheap = {heap}\n'
        f"[run]\ninvocations = {invocations}\n"
    )
    return path


def rows(folder):
    index = json.loads((folder / "index.json").read_text())
    return {
        (cell["parameters"]["heap"], run["block"]): run
        for cell in index["cells"]
        for run in cell["runs"]
    }


def made_at(folder):
    return {path: path.stat().st_mtime_ns for path in folder.glob("runs/*/*/run.json")}


def test_a_sweep_with_failed_runs_says_so_and_exits_with_7(tricolour, tmp_path):
    out = tmp_path / "out"
    result = tricolour("sweep", write_experiment(tmp_path), "--out", out, expect=7)
    assert "2 runs failed" in result.stderr and "--resume --retry-failed" in result.stderr
    assert {key: row["status"] for key, row in rows(out).items()} == {
        ("64M", 0): "ok",
        ("64M", 1): "ok",
        ("4M", 0): "heap_exhausted",
        ("4M", 1): "heap_exhausted",
    }
    before = made_at(out)
    tricolour("sweep", out / "experiment.toml", "--out", out, "--resume", expect=7)
    assert made_at(out) == before  # without --retry-failed nothing is made anew


def test_failed_runs_are_made_anew_until_they_are_given_up(tricolour, tmp_path):
    out = tmp_path / "out"
    tricolour("sweep", write_experiment(tmp_path), "--out", out, expect=7)
    ok = {
        path: at
        for path, at in made_at(out).items()
        if json.loads(path.read_text())["status"] == "ok"
    }
    again = ["sweep", out / "experiment.toml", "--out", out, "--resume", "--retry-failed"]
    tricolour(*again, expect=7)
    assert rows(out)["4M", 0]["attempts"] == 2
    result = tricolour(*again, expect=7)
    assert rows(out)["4M", 0]["attempts"] == 3
    assert (
        "given up after 3 runs that ended with heap_exhausted" in result.stderr
        and "--retry-failed" not in result.stderr
    )
    before = made_at(out)
    tricolour(*again, expect=7)
    assert made_at(out) == before
    assert {
        path: at for path, at in before.items() if path in ok
    } == ok  # those that went well never


def test_runs_that_failed_for_want_of_disk_are_made_when_there_is_some(tricolour, tmp_path):
    out = tmp_path / "out"
    path = write_experiment(tmp_path, heap='"8M"', length="operations = 20000", workload=REQUESTS)
    limit = 8 << 10
    result = tricolour(
        "sweep",
        path,
        "--out",
        out,
        expect=7,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )
    assert "failed" in result.stderr
    tricolour("sweep", out / "experiment.toml", "--out", out, "--resume", "--retry-failed")
    assert {row["status"] for row in rows(out).values()} == {"ok"}


def test_failed_runs_that_the_index_does_not_have_yet_are_made_anew_too(tricolour, tmp_path):
    """As after a full disk, on which the index could not be written."""
    out = tmp_path / "out"
    path = write_experiment(tmp_path, heap='"8M"', length="operations = 20000", workload=REQUESTS)
    tricolour("sweep", path, "--out", out)
    failed = sorted(out.glob("runs/*/*/run.json"))[0]
    record = json.loads(failed.read_text())
    failed.write_text(json.dumps(record | {"status": "error", "exit_code": 1, "error": "full"}))
    index = json.loads((out / "index.json").read_text())
    for cell in index["cells"]:
        cell["runs"] = []
    (out / "index.json").write_text(json.dumps(index))
    before = made_at(out)
    tricolour("sweep", path, "--out", out, "--resume", "--retry-failed")
    assert {path for path, at in made_at(out).items() if at != before[path]} == {failed}


def test_retrying_needs_a_folder(tricolour, tmp_path):
    assert (
        "--resume"
        in tricolour("sweep", write_experiment(tmp_path), "--retry-failed", expect=2).stderr
    )


@pytest.mark.parametrize("change", ["moved", "removed", "replaced"])
def test_a_folder_that_changes_under_a_sweep_ends_it(start, program, environment, tmp_path, change):
    out, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    path = write_experiment(tmp_path, '"8M"', 50, "seconds = 0.2", TREES)
    process = begin_sweep(
        program,
        [path, "--out", out],
        lambda: any(out.glob("runs/*/*/run.json")),
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    )
    out.rename(elsewhere)
    if change == "removed":
        shutil.rmtree(elsewhere)
    if change == "replaced":
        shutil.copytree(elsewhere, out, dirs_exist_ok=True)
    error = process.communicate(timeout=60)[1]
    assert process.returncode == 1
    assert f"{out} was moved, removed or replaced" in error
    if change == "moved":
        assert not any(out.glob("runs/*/*/run.json"))
        resumed = start("sweep", path, "--out", elsewhere, "--resume")
        resumed.stderr.readline()
        resumed.send_signal(signal.SIGINT)
        resumed.communicate(timeout=60)
        assert resumed.returncode == 130


def test_the_index_of_many_short_runs_is_not_written_as_often(start, tmp_path):
    heaps = "[" + ", ".join(f'"{8 + i}M"' for i in range(10)) + "]"
    path = write_experiment(tmp_path, heaps, 30, "operations = 2", TREES)
    began = time.monotonic()
    process = start("sweep", path, "--out", tmp_path / "out", "--quiet", stdout=subprocess.DEVNULL)
    index = tmp_path / "out/index.json"
    seen = set()
    while process.poll() is None:
        if index.exists():
            seen.add((index.stat().st_ino, index.stat().st_mtime_ns))
        time.sleep(0.01)
    process.communicate(timeout=60)
    seconds = time.monotonic() - began
    assert process.returncode == 0
    assert len(rows(tmp_path / "out")) == 300
    assert len(seen) < min(seconds + 2, 150)  # once a second; once a run would be 300 times
