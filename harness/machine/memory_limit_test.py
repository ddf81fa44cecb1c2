"""`tricolour` under a real limit on memory: refused or exhausted in order, never killed.

Purpose: what fake files cannot show. The test makes a control group with a limit where it may (as
root, version 1 or 2), and says so where not.
Invariant: a group is removed with its test, and no process in it was killed.
"""

import json
import os
import pathlib
import re
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
TRICOLOUR = os.environ.get("TRICOLOUR", str(ROOT / "build" / "release" / "tricolour"))
LIMIT_MB = 200


def memory_hierarchy():
    """Mount point of a hierarchy with the memory controller, and the name of its file with the
    limit."""
    for line in pathlib.Path("/proc/self/mountinfo").read_text().splitlines():
        before, after = line.split(" - ", 1)
        kind, _, options = after.split(" ", 2)
        point = pathlib.Path(before.split()[4])
        if kind == "cgroup" and "memory" in options.split(","):
            return point, "memory.limit_in_bytes"
        if kind == "cgroup2" and "memory" in (point / "cgroup.subtree_control").read_text().split():
            return point, "memory.max"
    return None, None


@pytest.fixture
def group():
    point, limit = memory_hierarchy()
    if point is None:
        pytest.skip("no memory controller")
    folder = point / f"tricolour-test-{os.getpid()}"
    try:
        folder.mkdir()
        (folder / limit).write_text(str(LIMIT_MB << 20))
    except OSError as error:
        if folder.exists():
            folder.rmdir()
        pytest.skip(f"no control group can be made here: {error}")
    yield folder / limit
    events = folder / ("memory.events" if limit == "memory.max" else "memory.oom_control")
    killed = dict(line.split() for line in events.read_text().splitlines()).get("oom_kill", "0")
    folder.rmdir()
    assert killed == "0", "the kernel killed a process"


def call(limit, *words, cache, expect):
    def enter():
        (limit.parent / "cgroup.procs").write_text("0")

    result = subprocess.run(
        [TRICOLOUR, *map(str, words)],
        capture_output=True,
        text=True,
        timeout=120,
        preexec_fn=enter,
        env={**os.environ, "XDG_CACHE_HOME": str(cache)},
    )
    assert (
        result.returncode == expect
    ), f"{words}: exit {result.returncode}\n{result.stdout}\n{result.stderr}"
    return result


RUN = ["run", "--workload", "binary_trees", "--param", "depth=10", "--operations", 200]


def test_a_heap_below_the_limit_runs_and_one_near_or_above_it_is_refused(group, tmp_path):
    call(group, *RUN, "--heap", "32M", cache=tmp_path, expect=0)
    for heap in (f"{LIMIT_MB * 9 // 10}M", f"{LIMIT_MB}M", f"{2 * LIMIT_MB}M"):
        said = call(group, *RUN, "--heap", heap, cache=tmp_path, expect=2).stderr
        assert f"limit of {LIMIT_MB} MiB in {group}" in said
        assert re.search(
            r"there are [\d.]+ MiB left\. The largest heap that fits is [\d.]+ MiB", said
        ), said


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["--marker", "serial"],
        ["--collector", "concurrent", "--barrier", "boehm_cards", "--mutators", 4],
        ["--verify", "--set", "collector.collect_every=100000"],
    ],
)
def test_the_largest_heap_that_fits_runs(group, tmp_path, words):
    said = call(group, *RUN, *words, "--heap", f"{LIMIT_MB}M", cache=tmp_path, expect=2).stderr
    # Rounded to three digits, and the process that asks next may find a little less.
    fits = int(float(re.search(r"largest heap that fits is ([\d.]+) MiB", said).group(1))) - 2
    run = json.loads(
        call(group, *RUN, *words, "--heap", f"{fits}M", "--json", cache=tmp_path, expect=0).stdout
    )
    assert run["heap"]["peak_resident"] < LIMIT_MB << 20
    assert run["provenance"]["memory_limit_bytes"] == LIMIT_MB << 20 and run["provenance"][
        "memory_limit_file"
    ] == str(group)


def test_a_heap_is_exhausted_at_its_size_within_the_limit(group, tmp_path):
    said = call(
        group,
        "run",
        "--workload",
        "mt_gcbench",
        "--heap",
        "13M",
        "--operations",
        1,
        cache=tmp_path,
        expect=4,
    ).stderr
    assert re.search(r"heap exhausted: heap \d+ bytes, live \d+ bytes, request \d+ bytes", said)


def test_a_recording_that_nears_the_limit_ends_the_run(group, tmp_path):
    group.write_text(str(44 << 20))
    many_events = [
        "--collector",
        "incremental",
        "--barrier",
        "yuasa",
        "--set",
        "collector.quantum_slots=64",
        "--set",
        "heap.hole_piece_bytes=256",
    ]
    said = call(
        group,
        "run",
        "--workload",
        "latency",
        "--param",
        "live_mb=4",
        "--heap",
        "9M",
        *many_events,
        "--seconds",
        60,
        "--out",
        tmp_path / "run",
        cache=tmp_path,
        expect=4,
    ).stderr
    assert re.search(
        r"memory exhausted: heap \d+ bytes, live \d+ bytes, recorded \d+ bytes; of the control "
        r"group's limit of 44.0 MiB",
        said,
    )
    assert json.loads((tmp_path / "run" / "run.json").read_text())["status"] == "heap_exhausted"


def test_minimum_heaps_keep_to_the_limit(group, tmp_path):
    small = ["--workload", "latency", "--param", "live_mb=16"]
    assert (
        int(
            json.loads(call(group, "minheap", *small, "--json", cache=tmp_path, expect=0).stdout)[
                "bytes"
            ]
        )
        < 32 << 20
    )
    call(group, "run", *small, "--operations", 1000, "--heap", "2x", cache=tmp_path, expect=0)
    assert (
        f"in {group}"
        in call(
            group, "run", *small, "--operations", 1000, "--heap", "20x", cache=tmp_path, expect=2
        ).stderr
    )
    said = call(
        group,
        "minheap",
        "--workload",
        "latency",
        "--param",
        f"live_mb={LIMIT_MB * 3 // 4}",
        cache=tmp_path,
        expect=2,
    ).stderr
    assert "does not run in the largest heap that fits here" in said and str(group) in said


def test_doctor_names_the_limit(group, tmp_path):
    assert (
        f"limit {LIMIT_MB} MiB of {group}" in call(group, "doctor", cache=tmp_path, expect=0).stdout
    )
    findings = json.loads(call(group, "doctor", "--json", cache=tmp_path, expect=0).stdout)
    assert findings["memory_limit_bytes"] == LIMIT_MB << 20 and findings[
        "memory_limit_file"
    ] == str(group)
