"""`tricolour` under limits, on other machines, with files and runs of any size.

Invariant: whatever the surroundings, it says what is wrong in a sentence, exits with the right
code, never hangs, and loses nothing that was there before.
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

UNPRIVILEGED = 65534
AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="takes an identity that only root can take")


def limited(limits):
    """In the child: another user's identity, so that the limits hold, and then the limits."""

    def apply():
        os.setgid(UNPRIVILEGED)
        os.setuid(UNPRIVILEGED)
        for limit, value in limits.items():
            resource.setrlimit(limit, (value, value))

    return apply


@pytest.fixture
def for_all(program):
    """A copy of the program that another user can run, in a folder that it can write to."""
    folder = Path(
        subprocess.run(["mktemp", "-d"], capture_output=True, text=True, check=True).stdout.strip()
    )
    folder.chmod(0o777)
    copy = folder / "tricolour"
    shutil.copy(program, copy)
    copy.chmod(0o755)
    yield copy
    shutil.rmtree(folder)


@AS_ROOT
@pytest.mark.parametrize(
    "words",
    [
        ["--mutators", "8"],
        [
            "--collector",
            "concurrent",
            "--barrier",
            "yuasa",
            "--marker",
            "stealing",
            "--mark-threads",
            "64",
            "--concurrent-mark-threads",
            "64",
        ],
        [
            "--collector",
            "concurrent",
            "--barrier",
            "yuasa",
            "--sweep",
            "parallel",
            "--set",
            "sweeper.threads=64",
        ],
    ],
)
@pytest.mark.parametrize("most", [3, 6])
def test_a_thread_that_cannot_start_is_told(for_all, words, most):
    result = subprocess.run(
        [
            for_all,
            "run",
            "--workload",
            "latency",
            "--param",
            "live_mb=1",
            "--heap",
            "64M",
            "--seconds",
            "0.2",
            "--timeout",
            "20",
            *words,
        ],
        capture_output=True,
        text=True,
        timeout=60,
        preexec_fn=limited({resource.RLIMIT_NPROC: most}),
        env={"XDG_CACHE_HOME": str(for_all.parent)},
    )
    assert result.returncode == 2, result.stderr
    assert "thread" in result.stderr and "ulimit -u" in result.stderr


def test_a_limit_on_address_space_is_not_a_heap_that_is_too_small(tricolour):
    limit = 1_500_000 * 1024
    result = tricolour(
        "minheap",
        "--fresh",
        "--workload",
        "latency",
        "--param",
        "live_mb=1",
        "--mutators",
        "16",
        expect=1,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)),
    )
    assert "too small" not in result.stderr
    assert "minimum heap failed" in result.stderr
    assert f"{limit} (ulimit -v)" in result.stderr


def test_heaps_of_another_machine_can_be_read_here(tricolour, experiment, tmp_path, runs_of):
    path = experiment(heap='["16M", "60T"]')
    assert "60T" in tricolour("sweep", path, "--dry-run").stdout
    result = tricolour("sweep", path, "--out", tmp_path / "out", expect=2)
    assert "more than this machine's memory" in result.stderr
    assert runs_of(tmp_path / "out") == []


@AS_ROOT
def test_a_container_with_a_name_of_its_own_goes_on(tmp_path, experiment, runs_of, program):
    path = experiment(seconds=0.5, invocations=2)
    for turn in range(3):
        resume = ["--resume"] if turn else []
        words = [program, "sweep", str(path), "--out", str(tmp_path / "out"), *resume]
        with subprocess.Popen(
            ["unshare", "-u", "sh", "-c", f'hostname c{turn}; exec "$@"', "sh", *words],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            while turn < 2 and len(runs_of(tmp_path / "out")) <= turn and process.poll() is None:
                time.sleep(0.01)
            if turn < 2:
                process.send_signal(signal.SIGINT)
            error = process.communicate(timeout=60)[1]
            assert process.returncode == (130 if turn < 2 else 0), error
            assert "begun again" not in error
    assert len(runs_of(tmp_path / "out")) == 6


def test_a_file_that_is_no_trace_is_refused_whatever_its_size(tricolour, tmp_path):
    for path in ["/dev/zero", tmp_path]:
        assert "regular file" in tricolour("replay", path, expect=2).stderr
    huge = tmp_path / "huge"
    huge.touch()
    os.truncate(huge, 1 << 40)
    limit = 1 << 30
    result = tricolour(
        "replay",
        huge,
        expect=2,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_DATA, (limit, limit)),
    )
    assert "mutation trace" in result.stderr


@pytest.mark.parametrize(
    "text", ["[{key}]\n", "{key} = 1\n", "a = {{ {key} = 1 }}\n", "[[{key}]]\n"]
)
@pytest.mark.parametrize("part", ["a", '"a"', "'a'"])
def test_a_key_of_any_length_is_refused_or_read(tricolour, tmp_path, text, part):
    path = tmp_path / "deep.toml"
    path.write_text('schema = 1\nname = "x"\n' + text.format(key=".".join([part] * 50_000)))
    assert re.search(
        r"deep.toml:3: .*parts", tricolour("sweep", path, "--dry-run", expect=2).stderr
    )


def test_requests_that_were_due_and_not_begun_are_told(tricolour):
    words = "run --workload latency --param rate=1e7 --param live_mb=8 --heap 64M --seconds 0.5"
    record = json.loads(tricolour(*words.split(), "--json").stdout)
    requests = record["requests"]
    assert requests["unserved"] + requests["count"] == pytest.approx(
        record["wall_ns"] / 100, rel=0.02
    )
    assert requests["unserved"] > requests["count"] / 10
    assert "more were due and not begun" in tricolour(*words.split()).stdout


def test_a_run_without_records_does_not_grow(tricolour):
    def peak(seconds):
        result = tricolour(
            "run",
            "--record",
            "off",
            "--workload",
            "latency",
            "--param",
            "live_mb=2",
            "--heap",
            "16M",
            "--seconds",
            seconds,
            "--json",
        )
        return json.loads(result.stdout)["heap"]["peak_resident"]

    assert peak(12) - peak(1) < 128 << 10


def test_the_timeline_of_a_busy_run_stays_small_and_says_what_it_left_out(tricolour, tmp_path):
    tricolour(
        "run",
        "--workload",
        "latency",
        "--param",
        "live_mb=4",
        "--collector",
        "concurrent",
        "--barrier",
        "yuasa",
        "--heap",
        "1.1x",
        "--seconds",
        "2",
        "--trace",
        tmp_path / "trace.json",
    )
    assert (tmp_path / "trace.json").stat().st_size < 64 << 20
    left_out = json.loads((tmp_path / "trace.json").read_text())["otherData"]["left_out"]
    assert set(left_out) == {"mutator_intervals", "shorter_than_ns", "together_ns"}
