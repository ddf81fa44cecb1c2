"""Fixtures: synthetic sweeps, written once a session, and `command`, which runs the command line in
this process."""

import gzip
import shutil

import pytest

from .__main__ import main
from .compare.tidy import tidy_table
from .read.experiment import load_experiment
from .testing.synthetic_barrier_cost import write_barrier_cost
from .testing.synthetic_sweep import write_sweep

PAIRS = (("stop_the_world", "none"), ("incremental", "yuasa"), ("concurrent", "yuasa"))


@pytest.fixture(scope="session")
def _small(tmp_path_factory):
    folder = write_sweep(tmp_path_factory.mktemp("small"), invocations=3, combinations=PAIRS)
    write_barrier_cost(folder)
    return folder


@pytest.fixture
def small_sweep(_small, tmp_path):
    """Three combinations, two workloads, three invocations; a copy that the test may damage."""
    return shutil.copytree(_small, tmp_path / "sweep")


@pytest.fixture
def published_sweep(small_sweep):
    """The same as `tools/reference` keeps it: records and metrics, no tables of events."""
    tidy_table(load_experiment(small_sweep, print)).to_csv(small_sweep / "summary.csv", index=False)
    with gzip.open(small_sweep / "runs.json.gz", "wt") as records:
        for path in small_sweep.glob("runs/*/*/run.json"):
            records.write(path.read_text() + "\n")
    shutil.rmtree(small_sweep / "runs")
    return small_sweep


@pytest.fixture
def command(capsys):
    """Run the command line; returns (exit code, standard output, standard error)."""

    def run(*words):
        try:
            code = main([str(word) for word in words])
        except SystemExit as stop:
            code = stop.code
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run
