"""What `run --json` and `doctor --json` say of a run and of the machine under it, and that the text
says the same.

Purpose: figures that only a whole run has. The binary is $TRICOLOUR, or build/release/tricolour of
this checkout.
"""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TRICOLOUR = os.environ.get("TRICOLOUR", str(ROOT / "build" / "release" / "tricolour"))
RUN = ["run", "--workload", "binary_trees", "--param", "depth=10", "--heap", "8M"]


def said(*words):
    return subprocess.run(
        [TRICOLOUR, *map(str, words)], capture_output=True, text=True, timeout=120, check=True
    ).stdout


def test_json_has_every_figure():
    run = json.loads(said(*RUN, "--operations", 20, "--json"))
    assert run["status"] == "ok" and run["operations"] == 20 and run["cycles"] > 0
    assert (
        run["pauses"]["count"] > 0
        and run["pauses"]["max_ns"] >= run["pauses"]["p99_ns"] >= run["pauses"]["p50_ns"] > 0
    )
    partition = {key: value for key, value in run["mutator_time_ns"][0].items() if key != "mutator"}
    assert sum(partition.values()) == run["wall_ns"]


def while_marking(*words):
    run = json.loads(said(*RUN, "--operations", 200, "--json", *words))
    assert run["cycles"] > 0
    return run, run["while_marking"]


@pytest.mark.parametrize("mutators", [1, 2])
@pytest.mark.parametrize("collector", ["incremental", "concurrent", "on_the_fly"])
def test_what_mutators_allocate_while_a_cycle_marks_is_part_of_all_they_do(collector, mutators):
    words = ["--collector", collector, "--barrier", "hybrid", "--mutators", mutators]
    run, part = while_marking(*words)
    assert 0 < part["time_ns"] <= run["wall_ns"]
    assert 0 < part["allocated_bytes"] < run["allocated_bytes"]
    assert part["allocated_bytes_per_s"] == pytest.approx(
        part["allocated_bytes"] * 1e9 / part["time_ns"], rel=1e-3
    )


def test_stopped_mutators_allocate_nothing_while_a_cycle_marks():
    run, part = while_marking("--collector", "stop_the_world", "--barrier", "none")
    assert 0 < part["time_ns"] <= run["pauses"]["total_ns"]
    assert (part["allocated_bytes"], part["allocated_bytes_per_s"]) == (0, 0)


SLOW = [
    "run",
    "--workload",
    "latency",
    "--param",
    "live_mb=50",
    "--heap",
    "100M",
    "--collector",
    "stop_the_world",
    "--operations",
    1_000_000,  # some cycles on any machine
]


def test_slow_requests_are_explained_by_waits_that_phases_and_pauses_show(tmp_path):
    words = [TRICOLOUR, *map(str, SLOW), "--out", tmp_path / "run"]
    subprocess.run(words, capture_output=True, text=True, timeout=120, check=True)
    run = json.loads((tmp_path / "run/run.json").read_text())
    requests = run["requests"]
    slow = requests["slow"]
    assert 0 < len(slow) == min(requests["slow_count"], 1000)
    durations = [one["duration_ns"] for one in slow]
    assert durations == sorted(durations, reverse=True)
    assert slow[0]["duration_ns"] == requests["max_ns"] >= run["longest_unexplained_ns"]
    assert all(1_000_000 <= one["duration_ns"] >= sum(one["causes"].values()) for one in slow)
    if len(slow) == requests["slow_count"]:
        assert sum(one["duration_ns"] for one in slow) == requests["slow_total_ns"]
        for name, total in requests["slow_causes"].items():
            assert total == sum(one["causes"].get(name, 0) for one in slow)
    if run["run_delay"]["available"]:
        explained = sum(requests["slow_causes"].values())
        assert requests["explained_share"] == pytest.approx(explained / requests["slow_total_ns"])
    else:
        assert requests["explained_share"] is None
        assert run["run_delay"]["total_ns"] is None and run["run_delay"]["steal_ns"] is None
        assert run["run_delay"]["why"]
    rows = [line.split(",") for line in (tmp_path / "run/phases.csv").read_text().splitlines()[1:]]
    stops = [
        (int(begin), int(end))
        for _, _, role, phase, begin, end, *_ in rows
        if role == "mutator" and phase == "paused"
    ]
    for one in slow:
        begin, end = one["start_ns"], one["start_ns"] + one["duration_ns"]
        stopped = sum(max(0, min(end, resume) - max(begin, stop)) for stop, resume in stops)
        assert one["causes"].get("paused", 0) == stopped


def test_the_text_says_what_slow_requests_waited_for():
    text = said(*SLOW)
    heading = r"^  slow requests +\d+ of 1 ms or more, together .*; what they waited for:$"
    assert re.search(heading, text, re.M)
    assert re.search(r"^ +paused +[0-9.]+ .?s +[0-9.]+ %$", text, re.M)
    # on a busy machine its cause need not be a pause
    assert re.search(r"^ +the longest, [0-9.]+ .?s: [a-z ]+ [0-9.]+ .?s(,|$)", text, re.M)
    assert re.search(r"^ +longest gap without a name ", text, re.M)
    assert re.search(r"^  run delay ", text, re.M)


def test_resident_memory_and_bystander_are_always_there_and_what_needs_events_is_not():
    run = json.loads(said(*RUN, "--seconds", 0.5, "--record", "off", "--json"))
    assert run["heap"]["peak_resident"] > run["heap"]["size"]
    assert run["held"] is None
    bystander = run["bystander"]
    assert 0 < bystander["count"] <= 501
    assert bystander["max_ns"] >= bystander["p99_ns"] >= bystander["p50_ns"] >= 0
    unrecorded = said(*RUN, "--seconds", 0.1, "--record", "off")
    assert re.search(r"^  bystander +delay p50 ", unrecorded, re.M)


def test_counters_are_plausible_or_say_why_there_are_none():
    run = json.loads(said(*RUN, "--seconds", 0.5, "--json"))
    counters = dict(run["counters"])
    unavailable = counters.pop("unavailable")
    assert {
        name for name, value in counters.items() if value is None
    } == unavailable.keys() and all(unavailable.values())
    if counters["task_clock_ns"] is not None:
        assert 0.7 < counters["task_clock_ns"] / sum(run["cpu_ns"].values()) < 1.3
    if counters["page_faults"] is not None:
        assert (
            counters["page_faults"] * os.sysconf("SC_PAGESIZE") < run["heap"]["size"] / 2
        ), "the heap's pages are touched before the region"
    text = said(*RUN, "--seconds", 0.1)
    assert all(name.removesuffix("_ns").replace("_", " ") in text for name in counters)
    assert json.loads(said("doctor", "--json"))["performance_counters"].keys() == counters.keys()
