"""`tricolour` as callers start and interrupt it: streams, signals.

Invariant: whatever the surroundings, it says what is wrong in a sentence, exits with the right
code, never hangs, and loses nothing that was there before.
"""

import os
import re
import signal

import pytest

RUN = ["run", "--workload", "latency", "--param", "live_mb=1", "--heap", "16M", "--seconds", "0.1"]


@pytest.mark.parametrize("closed", [[0], [1], [2], [0, 1], [1, 2], [0, 1, 2]])
def test_closed_standard_streams_cost_no_file(tricolour, experiment, tmp_path, closed, runs_of):
    path = experiment()
    tricolour(
        "sweep",
        path,
        "--out",
        tmp_path / "out",
        expect=1 if 1 in closed else 0,
        stdout=None,
        stderr=None,
        preexec_fn=lambda: [os.close(one) for one in closed],
    )
    assert (tmp_path / "out/experiment.toml").read_text() == path.read_text()
    assert len(runs_of(tmp_path / "out")) == 6
    if 1 not in closed:
        tricolour("sweep", path, "--out", tmp_path / "out", "--resume")


@pytest.mark.parametrize(
    "words",
    [
        ["run", "--workload", "nope"],
        ["sweep", "/nonexistent.toml"],
        ["minheap", "--workload", "nope"],
        ["nope"],
        ["merge", "/nonexistent", "--out", "x"],
        ["upgrade", "/nonexistent"],
        ["explore", "--barrier", "nope"],
        ["replay", "/nonexistent"],
    ],
)
def test_a_full_standard_error_changes_no_exit_code(tricolour, words):
    with open("/dev/full", "w") as full:
        tricolour(*words, expect=2, stderr=full)


def test_a_full_standard_error_ends_no_sweep(tricolour, experiment, tmp_path, runs_of):
    with open("/dev/full", "w") as full:
        tricolour("sweep", experiment(), "--out", tmp_path / "out", stderr=full)
    assert len(runs_of(tmp_path / "out")) == 6


def test_a_reader_of_progress_that_went_away_ends_no_sweep(start, experiment, tmp_path, runs_of):
    process = start("sweep", experiment(), "--out", tmp_path / "out")
    process.stderr.readline()
    process.stderr.close()
    assert process.wait(timeout=60) == 0
    assert len(runs_of(tmp_path / "out")) == 6


@pytest.mark.parametrize(
    "words", [["list"], ["doctor"], ["--help"], ["run", "--help"], ["--version"], [*RUN, "--json"]]
)
def test_what_standard_output_cannot_take_is_an_error(tricolour, words):
    with open("/dev/full", "w") as full:
        assert "standard output" in tricolour(*words, expect=1, stdout=full).stderr


def test_the_version_names_commit_and_compiler(tricolour):
    assert re.fullmatch(r"tricolour, commit \S+, \S+ [\d.]+, \S+\n", tricolour("--version").stdout)


@pytest.mark.parametrize("number", [signal.SIGCHLD, signal.SIGPIPE])
def test_ignored_signals_are_inherited_by_no_sweep(
    tricolour, experiment, tmp_path, number, runs_of
):
    tricolour(
        "sweep",
        experiment(),
        "--out",
        tmp_path / "out",
        preexec_fn=lambda: signal.signal(number, signal.SIG_IGN),
    )
    assert len(runs_of(tmp_path / "out")) == 6


def test_blocked_signals_still_interrupt(start):
    process = start(
        *RUN[:-1],
        "60",
        preexec_fn=lambda: signal.pthread_sigmask(
            signal.SIG_BLOCK, [signal.SIGINT, signal.SIGTERM]
        ),
    )
    assert "latency" in process.stdout.readline()
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=30) == 130


INTERRUPTED = {
    "touching of pages": [
        "run",
        "--workload",
        "latency",
        "--param",
        "live_mb=1",
        "--seconds",
        "1",
        "--heap",
        "4G",
    ],
    "minheap": ["minheap", "--fresh", "--workload", "gcbench"],
    "run that measures its minimum heap": ["run", "--workload", "gcbench", "--heap", "2x"],
    "explore": [
        "explore",
        "--barrier",
        "hybrid",
        "--mutators",
        "3",
        "--operations",
        "3",
        "--objects",
        "4",
        "--budget",
        "100000000",
    ],
}


@pytest.mark.parametrize("words", INTERRUPTED.values(), ids=INTERRUPTED)
def test_an_interruption_ends_every_loop_with_the_line_that_goes_on(start, words):
    process = start(*words)
    # The first message, or the header of a run: it is under way.
    (process.stdout if "4G" in words else process.stderr).readline()
    process.send_signal(signal.SIGINT)
    output, error = process.communicate(timeout=30)
    assert process.returncode == 130, error
    assert "interrupted" in error and words[-1] in error.splitlines()[-1]


def test_an_interrupted_measurement_of_minimum_heaps_can_be_resumed(start, experiment, tmp_path):
    path = experiment(heap='"2x"')
    process = start("sweep", path, "--out", tmp_path / "out")
    assert "minimum heap" in process.stderr.readline()
    process.send_signal(signal.SIGINT)
    _, error = process.communicate(timeout=30)
    assert process.returncode == 130
    assert f"--out {tmp_path / 'out'} --resume" in error
