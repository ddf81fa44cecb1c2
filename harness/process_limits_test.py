"""`tricolour` in surroundings that are not as a shell leaves them: inherited state, limits, containers.

Purpose: whatever starts the program, it says what is wrong in a sentence, exits with the right code,
never hangs, and loses nothing that was there before.
Invariant: every test has a folder and a cache of its own and a time limit.
"""

import json
import os
import re
import resource
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TRICOLOUR = os.environ.get("TRICOLOUR", str(ROOT / "build" / "release" / "tricolour"))
RUN = ["run", "--workload", "latency", "--param", "live_mb=1", "--heap", "16M", "--seconds", "0.1"]
NOBODY = 65534
AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="takes an identity that only root can take")

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
def start(tmp_path):
    """Starts the program with a cache of its own."""

    def popen(*words, **options):
        environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache")}
        options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True} | options
        return subprocess.Popen([TRICOLOUR, *map(str, words)], env=environment, **options)

    return popen


@pytest.fixture
def call(start):
    def run(*words, expect=0, timeout=60, **options):
        with start(*words, **options) as process:
            try:
                output, error = process.communicate(timeout=timeout)
            except subprocess.TimeoutExpired:
                process.kill()
                raise
        assert process.returncode == expect, f"{words}: exit {process.returncode}\n{output}\n{error}"
        return subprocess.CompletedProcess(words, process.returncode, output, error)

    return run


def runs_of(folder):
    return sorted(folder.glob("runs/*/*/run.json"))


@pytest.mark.parametrize("closed", [[0], [1], [2], [0, 1], [1, 2], [0, 1, 2]])
def test_closed_standard_streams_cost_no_file(call, experiment, tmp_path, closed):
    path = experiment()
    call("sweep", path, "--out", tmp_path / "out", expect=1 if 1 in closed else 0, stdout=None, stderr=None,
         preexec_fn=lambda: [os.close(one) for one in closed])
    assert (tmp_path / "out/experiment.toml").read_text() == path.read_text()
    assert len(runs_of(tmp_path / "out")) == 6
    if 1 not in closed:
        call("sweep", path, "--out", tmp_path / "out", "--resume")


@pytest.mark.parametrize(
    "words",
    [["run", "--workload", "nope"], ["sweep", "/nonexistent.toml"], ["minheap", "--workload", "nope"], ["nope"],
     ["merge", "/nonexistent", "--out", "x"], ["explore", "--barrier", "nope"], ["replay", "/nonexistent"]],
)
def test_a_full_standard_error_changes_no_exit_code(call, words):
    with open("/dev/full", "w") as full:
        call(*words, expect=2, stderr=full)


def test_a_full_standard_error_ends_no_sweep(call, experiment, tmp_path):
    with open("/dev/full", "w") as full:
        call("sweep", experiment(), "--out", tmp_path / "out", stderr=full)
    assert len(runs_of(tmp_path / "out")) == 6


def test_a_reader_of_progress_that_went_away_ends_no_sweep(start, experiment, tmp_path):
    process = start("sweep", experiment(), "--out", tmp_path / "out")
    process.stderr.readline()
    process.stderr.close()
    assert process.wait(timeout=60) == 0
    assert len(runs_of(tmp_path / "out")) == 6


@pytest.mark.parametrize("words", [["list"], ["doctor"], ["--help"], ["run", "--help"], ["--version"], [*RUN, "--json"]])
def test_what_standard_output_cannot_take_is_an_error(call, words):
    with open("/dev/full", "w") as full:
        assert "standard output" in call(*words, expect=1, stdout=full).stderr


def test_the_version_names_commit_and_compiler(call):
    assert re.fullmatch(r"tricolour, commit \S+, \S+ [\d.]+, \S+\n", call("--version").stdout)


@pytest.mark.parametrize("number", [signal.SIGCHLD, signal.SIGPIPE])
def test_ignored_signals_are_inherited_by_no_sweep(call, experiment, tmp_path, number):
    call("sweep", experiment(), "--out", tmp_path / "out", preexec_fn=lambda: signal.signal(number, signal.SIG_IGN))
    assert len(runs_of(tmp_path / "out")) == 6


def test_blocked_signals_still_interrupt(start):
    process = start(*RUN[:-1], "60", preexec_fn=lambda: signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT, signal.SIGTERM]))
    assert "latency" in process.stderr.readline()
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=30) == 130


INTERRUPTED = {
    "touching of pages": ["run", "--workload", "latency", "--param", "live_mb=1", "--seconds", "1", "--heap", "4G"],
    "minheap": ["minheap", "--fresh", "--workload", "gcbench"],
    "run that measures its minimum heap": ["run", "--workload", "gcbench", "--heap", "2x"],
    "explore": ["explore", "--barrier", "hybrid", "--mutators", "3", "--operations", "3", "--objects", "4", "--budget", "100000000"],
}


@pytest.mark.parametrize("words", INTERRUPTED.values(), ids=INTERRUPTED)
def test_an_interruption_ends_every_loop_with_the_line_that_goes_on(start, words):
    process = start(*words)
    process.stderr.readline()  # the first message: it is under way
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


def limited(limits):
    """In the child: another user's identity, so that the limits hold, and then the limits."""

    def apply():
        os.setgid(NOBODY)
        os.setuid(NOBODY)
        for limit, value in limits.items():
            resource.setrlimit(limit, (value, value))

    return apply


@pytest.fixture
def for_all(tmp_path):
    """A copy of the program that another user can run, in a folder that it can write to."""
    folder = Path(subprocess.run(["mktemp", "-d"], capture_output=True, text=True, check=True).stdout.strip())
    folder.chmod(0o777)
    copy = folder / "tricolour"
    shutil.copy(TRICOLOUR, copy)
    copy.chmod(0o755)
    yield copy
    shutil.rmtree(folder)


@AS_ROOT
@pytest.mark.parametrize(
    "words",
    [
        ["--mutators", "8"],
        ["--collector", "concurrent", "--barrier", "yuasa", "--marker", "stealing", "--mark-threads", "64", "--concurrent-mark-threads", "64"],
        ["--collector", "concurrent", "--barrier", "yuasa", "--sweep", "parallel", "--set", "sweeper.threads=64"],
    ],
)
@pytest.mark.parametrize("most", [3, 6])
def test_a_thread_that_cannot_start_is_told(for_all, words, most):
    result = subprocess.run(
        [for_all, "run", "--workload", "latency", "--param", "live_mb=1", "--heap", "64M", "--seconds", "0.2", "--timeout", "20", *words],
        capture_output=True, text=True, timeout=60, preexec_fn=limited({resource.RLIMIT_NPROC: most}),
        env={"XDG_CACHE_HOME": str(for_all.parent)},
    )
    assert result.returncode == 2, result.stderr
    assert "thread" in result.stderr and "ulimit -u" in result.stderr


def test_a_limit_on_address_space_is_not_a_heap_that_is_too_small(call):
    limit = 1_500_000 * 1024
    result = call("minheap", "--fresh", "--workload", "latency", "--param", "live_mb=1", "--mutators", "16", expect=1,
                  preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)))
    assert "too small" not in result.stderr
    assert "minimum heap failed" in result.stderr


def test_heaps_of_another_machine_can_be_read_here(call, experiment, tmp_path):
    path = experiment(heap='["16M", "60T"]')
    assert "60T" in call("sweep", path, "--dry-run").stdout
    result = call("sweep", path, "--out", tmp_path / "out", expect=2)
    assert "more than this machine's memory" in result.stderr
    assert runs_of(tmp_path / "out") == []


@AS_ROOT
def test_a_container_with_a_name_of_its_own_goes_on(tmp_path, experiment):
    path = experiment(seconds=0.5, invocations=2)
    for turn in range(3):
        resume = ["--resume"] if turn else []
        words = [TRICOLOUR, "sweep", str(path), "--out", str(tmp_path / "out"), *resume]
        with subprocess.Popen(["unshare", "-u", "sh", "-c", f'hostname c{turn}; exec "$@"', "sh", *words],
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
            while turn < 2 and len(runs_of(tmp_path / "out")) <= turn and process.poll() is None:
                time.sleep(0.01)
            if turn < 2:
                process.send_signal(signal.SIGINT)
            error = process.communicate(timeout=60)[1]
            assert process.returncode == (130 if turn < 2 else 0), error
            assert "begun again" not in error
    assert len(runs_of(tmp_path / "out")) == 6


def test_a_file_that_is_no_trace_is_refused_whatever_its_size(call, tmp_path):
    for path in ["/dev/zero", tmp_path]:
        assert "regular file" in call("replay", path, expect=2).stderr
    huge = tmp_path / "huge"
    huge.touch()
    os.truncate(huge, 1 << 40)
    limit = 1 << 30
    result = call("replay", huge, expect=2, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_DATA, (limit, limit)))
    assert "mutation trace" in result.stderr


@pytest.mark.parametrize("text", ["[{key}]\n", "{key} = 1\n", "a = {{ {key} = 1 }}\n", "[[{key}]]\n"])
@pytest.mark.parametrize("part", ["a", '"a"', "'a'"])
def test_a_key_of_any_length_is_refused_or_read(call, tmp_path, text, part):
    path = tmp_path / "deep.toml"
    path.write_text('schema = 1\nname = "x"\n' + text.format(key=".".join([part] * 50_000)))
    assert re.search(r"deep.toml:3: .*parts", call("sweep", path, "--dry-run", expect=2).stderr)


def test_requests_that_were_due_and_not_begun_are_told(call):
    result = call("run", "--workload", "latency", "--param", "rate=1e7", "--param", "live_mb=8", "--heap", "64M", "--seconds", "0.5", "--json")
    record = json.loads(result.stdout)
    requests = record["requests"]
    assert requests["unserved"] + requests["count"] == pytest.approx(record["wall_ns"] / 100, rel=0.02)
    assert requests["unserved"] > requests["count"] / 10
    text = call("run", "--workload", "latency", "--param", "rate=1e7", "--param", "live_mb=8", "--heap", "64M", "--seconds", "0.5").stdout
    assert "more were due and not begun" in text


def test_a_run_without_records_does_not_grow(call):
    def peak(seconds):
        result = call("run", "--record", "off", "--workload", "latency", "--param", "live_mb=2", "--heap", "16M", "--seconds", seconds, "--json")
        return json.loads(result.stdout)["heap"]["peak_resident"]

    assert peak(12) - peak(1) < 128 << 10


def test_the_timeline_of_a_busy_run_stays_small_and_says_what_it_left_out(call, tmp_path):
    call("run", "--workload", "latency", "--param", "live_mb=4", "--collector", "concurrent", "--barrier", "yuasa", "--heap", "1.1x",
         "--seconds", "2", "--trace", tmp_path / "trace.json")
    assert (tmp_path / "trace.json").stat().st_size < 64 << 20
    left_out = json.loads((tmp_path / "trace.json").read_text())["otherData"]["left_out"]
    assert set(left_out) == {"mutator_intervals", "shorter_than_ns", "together_ns"}
