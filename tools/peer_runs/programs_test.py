"""The peers: all of them do the same work and record it in the same way."""

import json
import os
import random
import shutil
import subprocess

import pytest

from peer_runs import programs


@pytest.fixture
def commands(build_dir):
    """How to call each peer that is there."""
    found = programs.find(build_dir)
    calls = {"malloc": [found.build / "peer_malloc"]}
    if "boehm" not in found.missing:
        calls["boehm"] = [found.build / "peer_boehm"]
    if "go" not in found.missing:
        calls["go"] = [found.built / "peer_go"]
    calls |= {
        f"java{version}": [java, "-cp", found.built, "Peer"] for version, java in found.java.items()
    }
    return calls


def run(call, *words, stdin=None):
    finished = subprocess.run(
        [*call, *words], input=stdin, capture_output=True, text=True, timeout=120
    )
    assert finished.returncode == 0, finished.stderr
    return json.loads(finished.stdout)


@pytest.mark.parametrize("count", [1, 1000, 100_000])
def test_every_peer_records_the_same_percentiles(commands, count):
    numbers = random.Random(count)
    values = sorted(int(numbers.lognormvariate(8, 3)) for _ in range(count))
    answers = [
        run(call, "quantiles", stdin="\n".join(map(str, values))) for call in commands.values()
    ]
    assert all(answer == answers[0] for answer in answers)
    assert answers[0]["count"] == count and answers[0]["max_ns"] == values[-1]
    for name, share in (("p50_ns", 0.5), ("p90_ns", 0.9), ("p99_ns", 0.99), ("p999_ns", 0.999)):
        exact = values[max(1, -int(-share * count // 1)) - 1]
        assert exact <= answers[0][name] <= exact * (1 + 1 / 64)
    assert (answers[0]["p9999_ns"] is None) == (count < 100_000)


def test_every_peer_does_the_same_work(commands):
    trees = {
        name: run(call, "gcbench", "scale=-3", "warmup=1", "passes=2")
        for name, call in commands.items()
    }
    assert len({answer["checks"] for answer in trees.values()}) == 1 and all(
        answer["operations"] == 2 for answer in trees.values()
    )
    for name, call in commands.items():
        answer = run(call, "latency", "live_mb=1", "seconds=0.05", "warmup=0")
        assert answer["checks"] >= 1_000_000 // 296 + answer["operations"] // 64 - 1, name
        assert (
            answer["requests"]["from"] == "start"
            and answer["longest_gap_ns"] == answer["requests"]["max_ns"]
        )


def test_an_open_loop_counts_from_the_intended_start(commands):
    """At a rate that no machine serves, a request waits for all before it: the last for nearly the
    whole run.
    """
    for name, call in commands.items():
        answer = run(call, "latency", "live_mb=1", "seconds=0.1", "warmup=0", "rate=1e7", "seed=3")
        requests = answer["requests"]
        assert requests["from"] == "intended", name
        assert requests["max_ns"] > 0.5 * (answer["wall_ns"] - answer["operations"] * 100), name
        assert requests["max_ns"] > answer["longest_gap_ns"]
        due = 1e7 * answer["wall_ns"] / 1e9
        assert requests["count"] + requests["unserved"] == pytest.approx(due, rel=0.05), name
        served = run(call, "latency", "live_mb=1", "seconds=0.1", "warmup=0", "rate=100")
        assert served["requests"]["unserved"] < 10, name
        closed = run(call, "latency", "live_mb=1", "seconds=0.05", "warmup=0")
        assert closed["requests"].get("unserved") is None, name


@pytest.mark.parametrize("word", ["scale", "scale=x", "scale=9", "depth=3"])
def test_wrong_arguments_are_refused(commands, word):
    for name, call in commands.items():
        assert (
            subprocess.run([*call, "gcbench", word], capture_output=True, timeout=60).returncode
            == 2
        ), name


def test_the_busy_thread_is_as_busy_as_it_is_told(build_dir):
    def processor_s(share):
        words = [
            build_dir / "peer_malloc",
            "latency",
            "live_mb=1",
            "rate=100",
            "seconds=1",
            "warmup=0",
            "busy_mb=4",
            "busy_period_ms=20",
            f"busy_share={share}",
        ]
        process = subprocess.Popen(words, stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == 0
        return usage.ru_utime + usage.ru_stime

    assert processor_s(0.02) < processor_s(0.4) / 2


def test_the_libraries_of_the_allocators_are_those_that_are_preloaded(build_dir):
    for allocator in ("jemalloc", "mimalloc"):
        library = programs.library_of(allocator)
        if not library:
            pytest.skip(f"{allocator} is not installed")
        shown = subprocess.run(
            [shutil.which("cat"), "/proc/self/maps"],
            env=os.environ | {"LD_PRELOAD": library},
            capture_output=True,
            text=True,
        )
        assert allocator in shown.stdout
