"""tools/peers: rounds, statuses, resuming."""

import json
import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from peer_runs import execution

ROOT = Path(__file__).resolve().parent.parent.parent
CHEAP = [
    "latency-closed/glibc",
    "latency-closed/jemalloc",
    "latency-closed/jemalloc-again",
    "latency-closed/concurrent-yuasa@2x",
]


def peers(build, out, *words, environment=None):
    words = [
        sys.executable,
        ROOT / "tools/peers",
        "--smoke",
        "--build",
        build,
        "--out",
        out,
        *words,
    ]
    return subprocess.run(
        words,
        capture_output=True,
        text=True,
        timeout=300,
        env=os.environ | (environment or {}),
        # A shell starts what runs in the background with the signal ignored.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def document(out):
    return json.loads((out / "peers.json").read_text())


def statuses(out):
    return {cell["name"]: cell["status"] for cell in document(out)["cells"]}


@pytest.fixture
def wrapped(build_dir, tmp_path):
    """A build folder in which the peer with malloc first runs the shell commands given."""

    def make(commands):
        folder = tmp_path / "wrapped"
        folder.mkdir()
        (folder / "tricolour").symlink_to(build_dir / "tricolour")
        script = folder / "peer_malloc"
        script.write_text(f"#!/bin/sh\n{commands}\nexec {build_dir / 'peer_malloc'} \"$@\"\n")
        script.chmod(0o755)
        return folder

    return make


# --- a whole comparison -----------------------------------------------------------------------


def test_every_cell_runs_once_in_every_round_and_all_is_written(build_dir, tmp_path):
    finished = peers(build_dir, tmp_path / "out", "--rounds", "3", "--only", *CHEAP)
    assert finished.returncode == 0, finished.stderr
    assert finished.stdout.strip() == str(tmp_path / "out")
    found = document(tmp_path / "out")
    assert found["finished"] and {cell["name"] for cell in found["cells"]} == set(CHEAP)
    for cell in found["cells"]:
        assert [run["round"] for run in cell["runs"]] == [0, 1, 2] and cell["status"] == "ok"
        for run in cell["runs"]:
            assert (
                run["measured"]["operations"] > 0
                and run["measured"]["longest_gap_ns"] == run["measured"]["max_ns"] > 0
            )
    order = [
        (run["round"], run["cell"])
        for run in map(json.loads, (tmp_path / "out/runs.jsonl").read_text().splitlines())
    ]
    assert [number for number, _ in order] == sorted(number for number, _ in order)
    assert (
        len({tuple(cell for at, cell in order if at == number) for number in range(3)}) > 1
    ), "each round has an order of its own"
    same = found["same_against_same"]
    assert same["rounds"] == 3 and same["includes_1"] == (same["low"] <= 1 <= same["high"])
    assert "transparent_huge_pages" in found["provenance"]
    text = (tmp_path / "out/README.md").read_text()
    assert (
        "under two names" in text
        and "| jemalloc-again | no limit | ok |" in text
        and "Exploratory" in text
    )
    rows = (tmp_path / "out/summary.csv").read_text().splitlines()
    assert len(rows) == 1 + 3 * len(CHEAP)
    assert (tmp_path / "out/plots/peers.svg").exists()


def test_a_dry_run_lists_and_runs_nothing(build_dir, tmp_path):
    finished = peers(build_dir, tmp_path / "out", "--dry-run")
    assert finished.returncode == 0 and "latency-open/mimalloc-busy-as-1.5x" in finished.stdout
    assert " min on a quiet machine" in finished.stderr and not (tmp_path / "out").exists()
    assert (
        "graph-64/concurrent-steele@2x"
        in peers(build_dir, tmp_path / "out", "--dry-run", "--pressure").stdout
    )


def test_a_name_that_no_cell_has_is_refused(build_dir, tmp_path):
    finished = peers(build_dir, tmp_path / "out", "--only", "tcmalloc")
    assert finished.returncode == 2 and "--only tcmalloc: no cell has that name" in finished.stderr


def test_pressure_runs_with_more_threads_than_cores(build_dir, tmp_path):
    names = ["graph-64/concurrent-yuasa@2x", "graph-64/stop_the_world-none@2x", "pauses-100mb"]
    finished = peers(build_dir, tmp_path / "out", "--pressure", "--rounds", "1", "--only", *names)
    assert finished.returncode == 0, finished.stderr
    found = document(tmp_path / "out")
    figures = {(target["cell"], target["figure"]) for target in found["targets"]}
    assert ("graph-64/concurrent-yuasa@2x", "operations/s over stop_the_world's") in figures
    assert ("pauses-100mb/concurrent-hybrid@2x", "longest pause, least over runs") in figures
    assert found["mode"] == "pressure" and found["same_against_same"] is None


# --- what goes wrong --------------------------------------------------------------------------


def test_a_peer_that_hangs_and_one_that_fails_are_rows_and_the_rest_counts(wrapped, tmp_path):
    build = wrapped(
        'case "$LD_PRELOAD" in *jemalloc*) unset LD_PRELOAD; exec sleep 1000;; *mimalloc*) echo'
        " torn >&2; exit 3;; esac"
    )
    names = ["gcbench-0/glibc", "gcbench-0/jemalloc", "gcbench-0/mimalloc"]
    finished = peers(build, tmp_path / "out", "--rounds", "3", "--timeout", "3", "--only", *names)
    assert statuses(tmp_path / "out") == {
        names[0]: "ok",
        names[1]: "timeout",
        names[2]: "self_check_failed",
    }
    assert finished.returncode == 3 and "not done after 3 s" in finished.stderr
    found = {cell["program"]: cell for cell in document(tmp_path / "out")["cells"]}
    assert len(found["jemalloc"]["runs"]) == 2, "it is given up"
    assert document(tmp_path / "out")["finished"] and found["mimalloc"]["why"] == "torn"
    assert "timeout: 0 of 2 runs are ok" in (tmp_path / "out/README.md").read_text()


@pytest.mark.parametrize(
    "commands, status",
    [
        ("kill -SEGV $$", "crashed"),
        ("exit 4", "heap_exhausted"),
        ("echo no; exit 0", "error"),
        ("exit 9", "error"),
    ],
)
def test_how_a_peer_ended_is_its_status(wrapped, tmp_path, commands, status):
    finished = peers(
        wrapped(commands), tmp_path / "out", "--rounds", "1", "--only", "gcbench-0/glibc"
    )
    assert finished.returncode == 7 and statuses(tmp_path / "out") == {"gcbench-0/glibc": status}


def test_what_a_hanging_program_started_ends_with_it(tmp_path):
    script = f"sleep 1000 & echo $! > {tmp_path / 'pid'}; wait"
    assert execution.execute(["sh", "-c", script], {}, 2, tmp_path).status == "timeout"
    try:
        started = os.pidfd_open(int((tmp_path / "pid").read_text()))
    except ProcessLookupError:
        return  # it has ended, and is no zombie
    # It is killed: that it has ended is an event, which may still be on its way.
    ended, _, _ = select.select([started], [], [], 60)
    os.close(started)
    assert ended


@pytest.fixture
def path_without_go(tmp_path):
    """A folder with every program of the system but Go."""
    path = tmp_path / "path"
    path.mkdir()
    for folder in ("/usr/bin", "/usr/sbin", "/bin"):
        for program in Path(folder).iterdir():
            if program.name not in ("go", "gofmt") and not (path / program.name).exists():
                (path / program.name).symlink_to(program)
    return path


def test_a_missing_package_is_a_row_with_its_status(build_dir, tmp_path, path_without_go):
    names = ["gcbench-0/go@2x", "gcbench-0/glibc"]
    finished = peers(
        build_dir,
        tmp_path / "out",
        "--rounds",
        "1",
        "--only",
        *names,
        environment={"PATH": str(path_without_go)},
    )
    assert finished.returncode == 0, finished.stderr
    assert statuses(tmp_path / "out") == {names[0]: "missing", names[1]: "ok"}
    assert "missing: go was not found (golang-go): gcbench-0/go@2x" in finished.stderr
    assert (
        "go was not found" in (tmp_path / "out/README.md").read_text()
        and document(tmp_path / "out")["finished"]
    )


def test_a_package_that_cannot_be_had_is_said_and_is_no_failure(path_without_go):
    (path_without_go / "apt-get").unlink()
    (path_without_go / "apt-get").write_text("#!/bin/sh\nexit 100\n")
    (path_without_go / "apt-get").chmod(0o755)
    finished = subprocess.run(
        [ROOT / "tools/packages", "peers"],
        capture_output=True,
        text=True,
        env=os.environ | {"PATH": str(path_without_go)},
    )
    assert finished.returncode == 0, finished.stderr
    assert "golang-go cannot be installed; its peers will be missing" in finished.stderr


def test_an_allocator_that_cannot_be_loaded_is_missing_not_another(tmp_path):
    assert (
        execution.execute(["true"], {"LD_PRELOAD": "libnot-there.so.9"}, 10, tmp_path).status
        == "missing"
    )


# --- interrupted and resumed ------------------------------------------------------------------

NAMES = ["gcbench-0/glibc", "gcbench-0/jemalloc", "gcbench-0/mimalloc"]


def signalled_at_third(tmp_path, signal_name):
    count = tmp_path / "count"
    return (
        f"unset LD_PRELOAD; echo >> {count}; [ $(wc -l < {count}) -ne 3 ] || {{ kill"
        f" -{signal_name} $PPID; sleep 1; }}"
    )


def test_a_comparison_that_was_killed_goes_on(wrapped, tmp_path):
    build, out = wrapped(signalled_at_third(tmp_path, "KILL")), tmp_path / "out"
    words = ["--rounds", "2", "--only", *NAMES]
    assert peers(build, out, *words).returncode == -signal.SIGKILL
    assert (
        not (out / "peers.json").exists()
        and len((out / "runs.jsonl").read_text().splitlines()) == 2
    )
    with (out / "runs.jsonl").open("a") as file:
        file.write('{"cell": "gcbench-0/gl')  # a write that was cut short
    assert "exists; --resume continues its comparison" in peers(build, out, *words).stderr
    other = peers(build, out, "--resume", *words, "--seed", "7")
    assert other.returncode == 2 and "begun with seed 42, not 7" in other.stderr
    finished = peers(build, out, "--resume", *words)
    assert finished.returncode == 0, finished.stderr
    assert "2 runs are done, 4 are left" in finished.stderr
    found = document(out)
    assert found["finished"] and all(
        [run["round"] for run in cell["runs"]] == [0, 1] for cell in found["cells"]
    )


def test_another_build_does_not_go_on(wrapped, tmp_path):
    build, out = wrapped(signalled_at_third(tmp_path, "KILL")), tmp_path / "out"
    peers(build, out, "--rounds", "2", "--only", *NAMES)
    with (build / "peer_malloc").open("a") as script:
        script.write("\n")
    finished = peers(build, out, "--rounds", "2", "--only", *NAMES, "--resume")
    assert finished.returncode == 2 and "another build" in finished.stderr


def test_an_interrupted_comparison_shows_what_it_has(wrapped, tmp_path):
    build, out = wrapped(signalled_at_third(tmp_path, "INT")), tmp_path / "out"
    assert peers(build, out, "--rounds", "2", "--only", *NAMES).returncode == 130
    found = document(out)
    assert not found["finished"] and sum(len(cell["runs"]) for cell in found["cells"]) == 2
    assert "Interrupted" in (out / "README.md").read_text()
