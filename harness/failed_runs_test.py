"""Sweeps in which runs fail, and folders that change under a sweep."""

import json
import os
import resource
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TRICOLOUR = os.environ.get("TRICOLOUR", str(ROOT / "build" / "release" / "tricolour"))


@pytest.fixture
def call(tmp_path):
    def run(*words, expect=0, **options):
        environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache")}
        result = subprocess.run([TRICOLOUR, *map(str, words)], capture_output=True, text=True, timeout=120, env=environment, **options)
        assert result.returncode == expect, f"{words}: exit {result.returncode}\n{result.stdout}\n{result.stderr}"
        return result

    return run


TREES = "binary_trees", "depth = 10"
REQUESTS = "latency", "live_mb = 1"
# Every tenth request allocates more than the smaller heap has.
LARGE = "latency", "live_mb = 1, large_every = 10, large_kb = 8192"


def write_experiment(folder, heap='["64M", "4M"]', invocations=2, length="operations = 100", workload=LARGE):
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
    return {(cell["parameters"]["heap"], run["block"]): run for cell in index["cells"] for run in cell["runs"]}


def made_at(folder):
    return {path: path.stat().st_mtime_ns for path in folder.glob("runs/*/*/run.json")}


def test_a_sweep_with_failed_runs_says_so_and_exits_with_7(call, tmp_path):
    out = tmp_path / "out"
    result = call("sweep", write_experiment(tmp_path), "--out", out, expect=7)
    assert "2 runs failed" in result.stderr and "--resume --retry-failed" in result.stderr
    assert {key: row["status"] for key, row in rows(out).items()} == {
        ("64M", 0): "ok", ("64M", 1): "ok", ("4M", 0): "heap_exhausted", ("4M", 1): "heap_exhausted",
    }
    before = made_at(out)
    call("sweep", out / "experiment.toml", "--out", out, "--resume", expect=7)
    assert made_at(out) == before  # without --retry-failed nothing is made anew


def test_failed_runs_are_made_anew_until_they_are_given_up(call, tmp_path):
    out = tmp_path / "out"
    call("sweep", write_experiment(tmp_path), "--out", out, expect=7)
    ok = {path: at for path, at in made_at(out).items() if json.loads(path.read_text())["status"] == "ok"}
    again = ["sweep", out / "experiment.toml", "--out", out, "--resume", "--retry-failed"]
    call(*again, expect=7)
    assert rows(out)["4M", 0]["attempts"] == 2
    result = call(*again, expect=7)
    assert rows(out)["4M", 0]["attempts"] == 3
    assert "given up after 3 times heap_exhausted" in result.stderr and "--retry-failed" not in result.stderr
    before = made_at(out)
    call(*again, expect=7)
    assert made_at(out) == before
    assert {path: at for path, at in before.items() if path in ok} == ok  # those that went well never


def test_runs_that_failed_for_want_of_disk_are_made_when_there_is_some(call, tmp_path):
    out = tmp_path / "out"
    path = write_experiment(tmp_path, heap='"8M"', length="operations = 20000", workload=REQUESTS)
    limit = 8 << 10
    result = call("sweep", path, "--out", out, expect=7,
                  preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
    assert "failed" in result.stderr
    call("sweep", out / "experiment.toml", "--out", out, "--resume", "--retry-failed")
    assert {row["status"] for row in rows(out).values()} == {"ok"}


def test_retrying_needs_a_folder(call, tmp_path):
    assert "--resume" in call("sweep", write_experiment(tmp_path), "--retry-failed", expect=2).stderr


@pytest.mark.parametrize("change", ["moved", "removed", "replaced"])
def test_a_folder_that_changes_under_a_sweep_ends_it(tmp_path, change):
    out = tmp_path / "out"
    path = write_experiment(tmp_path, heap='"8M"', invocations=50, length="seconds = 0.2", workload=TREES)
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache")}
    with subprocess.Popen([TRICOLOUR, "sweep", path, "--out", out], stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                          env=environment) as process:
        while not list(out.glob("runs/*/*/run.json")):
            assert process.poll() is None
            time.sleep(0.01)
        if change == "moved" or change == "replaced":
            out.rename(tmp_path / "elsewhere")
        else:
            out.rename(tmp_path / "gone")
            shutil.rmtree(tmp_path / "gone")
        if change == "replaced":
            shutil.copytree(tmp_path / "elsewhere", out, dirs_exist_ok=True)
        error = process.communicate(timeout=60)[1]
    assert process.returncode == 1
    assert f"{out} was moved, removed or replaced" in error
    if change == "moved":
        assert not list(out.glob("runs/*/*/run.json")) if out.exists() else True
        interrupted = subprocess.Popen([TRICOLOUR, "sweep", path, "--out", tmp_path / "elsewhere", "--resume"], stderr=subprocess.PIPE,
                                       text=True, env=environment)
        interrupted.stderr.readline()
        interrupted.send_signal(signal.SIGINT)
        interrupted.communicate(timeout=60)
        assert interrupted.returncode == 130


def test_the_index_of_many_short_runs_is_not_written_as_often(tmp_path):
    path = write_experiment(tmp_path, heap="[" + ", ".join(f'"{8 + i}M"' for i in range(10)) + "]", invocations=30, length="operations = 2",
                            workload=TREES)
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache")}
    with subprocess.Popen([TRICOLOUR, "sweep", path, "--out", tmp_path / "out", "--quiet"], env=environment,
                          stdout=subprocess.DEVNULL) as process:
        written = 0
        while process.poll() is None:
            try:
                text = Path(f"/proc/{process.pid}/io").read_text()
            except (OSError, ProcessLookupError):
                break
            written = max(written, int(dict(line.split(": ") for line in text.splitlines())["wchar"]))
            time.sleep(0.02)
    assert process.returncode == 0
    assert len(rows(tmp_path / "out")) == 300
    index = (tmp_path / "out/index.json").stat().st_size
    assert written < 60 * index  # once a run is 150 times its size on average
