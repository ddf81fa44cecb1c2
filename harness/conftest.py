"""The built program, for tests that call it: $TRICOLOUR, or build/release/tricolour.

Invariant: each test has a cache of its own, and each call a time limit.
"""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PROGRAM = os.environ.get("TRICOLOUR", str(ROOT / "build" / "release" / "tricolour"))


@pytest.fixture
def program():
    return PROGRAM


@pytest.fixture
def environment(tmp_path):
    return {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache")}


@pytest.fixture
def start(environment):
    """Starts the program, its output in pipes."""

    def popen(*words, **options):
        options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True} | options
        return subprocess.Popen([PROGRAM, *map(str, words)], env=environment, **options)

    return popen


@pytest.fixture
def tricolour(start):
    """Carries a command out, which ends with the exit code `expect`."""

    def call(*words, expect=0, timeout=120, **options):
        with start(*words, **options) as process:
            try:
                output, error = process.communicate(timeout=timeout)
            except subprocess.TimeoutExpired:
                process.kill()
                raise
        assert (
            process.returncode == expect
        ), f"{words}: exit {process.returncode}\n{output}\n{error}"
        return subprocess.CompletedProcess(words, process.returncode, output, error)

    return call


EXPERIMENT = """schema = 1
name = "small"
[matrix]
collector = ["stop_the_world", "concurrent"]
barrier = "yuasa"
workload = {{ name = "latency", seconds = {seconds}, param = {{ live_mb = 1 }} }}
heap = {heap}
[run]
invocations = {invocations}
"""


@pytest.fixture
def experiment(tmp_path):
    def write(seconds=0.1, heap='"16M"', invocations=2):
        path = tmp_path / "small.toml"
        path.write_text(EXPERIMENT.format(seconds=seconds, heap=heap, invocations=invocations))
        return path

    return write


@pytest.fixture
def runs_of():
    """The records of a sweep's folder."""
    return lambda folder: sorted(folder.glob("runs/*/*/run.json"))
