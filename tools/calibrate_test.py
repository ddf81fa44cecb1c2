"""tools/calibrate: its statistics on made-up measurements, what the instrumented build counts, and
a smoke run of it all."""

import json
import pathlib
import subprocess

import numpy as np
import pytest

from calibration import (
    checks,
    definitions,
    injected_barrier_cost,
    injected_pause,
    injected_waits,
    recording,
    same_against_same,
)
from calibration.bounds import STRICT, WIDE
from calibration.checks import Check
from calibration.runs import RunFailed, run
from tricolour_report.program.progress import Progress
from tricolour_report.statistics import intervals

ROOT = pathlib.Path(__file__).resolve().parent.parent
TRIALS = 4000


# --- same against same --------------------------------------------------------------------------


def pool(drift=0.0, spread=0.03, runs=120):
    random = np.random.default_rng(5)
    return list(np.exp(random.normal(0, spread, runs) + drift * np.sin(np.linspace(0, 6, runs))))


@pytest.mark.parametrize("invocations", [10, 20])
@pytest.mark.parametrize("paired, drift", [(True, 0.0), (True, 0.5), (False, 0.0)])
def test_honest_intervals_hold_1_as_often_as_they_say(paired, drift, invocations):
    share = same_against_same.coverage(pool(drift), invocations, TRIALS, paired, seed=1)
    least, most = STRICT.coverage
    assert least < share < most


@pytest.mark.parametrize("confidence", [0.9, 0.99])
def test_intervals_of_another_confidence_are_found_out(monkeypatch, confidence):
    monkeypatch.setattr(intervals, "CONFIDENCE", confidence)
    assert not any(check.passes for check in same_against_same.checks(pool(), TRIALS))


def test_no_run_is_drawn_against_itself():
    values = np.arange(40.0)
    random = np.random.default_rng(1)
    for draw in (same_against_same._draw_pairs, same_against_same._deal):
        base, other = draw(values, 20, random)
        assert sorted([*base, *other]) == values.tolist()
    base, other = same_against_same._draw_pairs(values, 20, random)
    assert set(np.abs(base - other)) == {1.0} and 0 < (base > other).sum() < 20


# --- injected costs -----------------------------------------------------------------------------

COUNT, ALONE = 500, 100_050.0


def pause_run(injected=0.0, outside=0, cpu=0):
    """A run of 500 pauses of 10 us; `injected` into each of them, `outside` in all elsewhere, by
    the clock and as the mutator's CPU time."""
    paused = COUNT * (10_000 + injected)
    return {
        "wall_ns": 200_000_000 + paused + outside,
        "pauses": {"count": COUNT, "p50_ns": 10_000 + injected, "total_ns": paused},
        "cpu_ns": {"mutator": 190_000_000 + cpu, "pause": paused},
        "injected_ns": {"pause": ALONE},
    }


@pytest.mark.parametrize(
    "injected, outside, cpu, recovered, attributed",
    [
        (ALONE, 0, 0, True, True),
        (0.85 * ALONE, 0, 0, False, False),  # the pause is cut short
        (ALONE, 0.2 * COUNT * ALONE, 0, True, False),  # time is lost elsewhere as well
        (ALONE, 0, 0.2 * COUNT * ALONE, True, False),  # the mutator is charged
    ],
)
def test_a_pause_is_found_where_it_was_put(injected, outside, cpu, recovered, attributed):
    found = injected_pause.checks([(pause_run(), pause_run(injected, outside, cpu))] * 3)
    assert [check.passes for check in found] == [recovered, attributed]


@pytest.mark.parametrize(
    "injected, outside", [(0, 0), (0.4 * ALONE, 0), (ALONE, 0.6 * COUNT * ALONE), (1e-3 * ALONE, 0)]
)
def test_wide_bounds_still_tell_a_pause_from_none(injected, outside):
    found = injected_pause.checks([(pause_run(), pause_run(injected, outside))] * 3, WIDE)
    assert not all(check.passes for check in found)


def test_wide_bounds_let_noise_pass():
    noisy = pause_run(1.2 * ALONE, 0.1 * COUNT * ALONE)
    found = injected_pause.checks([(pause_run(), noisy)], WIDE)
    assert all(check.passes for check in found)


def test_pairs_of_different_work_are_no_pairs():
    other = pause_run(ALONE)
    other["pauses"]["count"] += 1
    with pytest.raises(ValueError, match="same collections"):
        injected_pause.recovered([(pause_run(), other)])


def barrier_blocks(costs, blocks=5):
    """`costs`: nanoseconds above the base by (arm, place)."""
    random = np.random.default_rng(3)
    cells = [
        (arm, place)
        for arm in injected_barrier_cost.ARMS
        for place in (None, *injected_barrier_cost.PLACES)
    ]

    def one(arm, place):
        cost = (
            20
            + 5 * injected_barrier_cost.ARMS.index(arm)
            + costs.get((arm, place), 0)
            + random.normal(0, 0.1)
        )
        return {
            "cpu_ns": {"mutator": 1000 * cost},
            "barrier_counts": {"executed": 1000},
            "injected_ns": {
                name: 8.0 + 8.0 * (name == place) for name in injected_barrier_cost.PLACES
            },
        }

    return [{cell: one(*cell) for cell in cells} for _ in range(blocks)]


def injected(amount, places=injected_barrier_cost.EXECUTED_IN):
    return {(arm, place): amount for place, arms in places.items() for arm in arms}


def test_a_barrier_cost_is_found_in_the_arms_that_execute_it():
    blocks = barrier_blocks(injected(8.0))
    assert injected_barrier_cost.known_ns(blocks, "test") == 8.0
    assert all(check.passes for check in injected_barrier_cost.checks(blocks))


@pytest.mark.parametrize(
    "costs",
    [
        injected(6.5),
        injected(8.0, {"test": ("off", "test", "filtered", "full"), "shade": ("filtered",)}),
    ],
)
def test_a_barrier_cost_of_another_size_or_in_another_arm_fails(costs):
    assert not any(check.passes for check in injected_barrier_cost.checks(barrier_blocks(costs)))


@pytest.mark.parametrize("costs", [{}, injected(8.0, {"test": ("off",), "shade": ("test",)})])
def test_wide_bounds_still_tell_where_a_barrier_cost_is(costs):
    found = injected_barrier_cost.checks(barrier_blocks(costs), WIDE)
    assert not any(check.passes for check in found)


MS = 1_000_000
TABLE = "                  search                 10.0 ms    50.0 %\n"


def waited(cause="search", took=5 * MS, phase="search", mmu=0.4, text=TABLE):
    """A run with one wait of 5 ms in its region and one before it, and what is told of it."""
    record = {
        "start_ns": 100 * MS,
        "end_ns": 200 * MS,
        "mmu": {"10ms": mmu},
        "injected_waits": [
            {"place": "search", "begin_ns": begin, "end_ns": begin + 5 * MS}
            for begin in (50 * MS, 110 * MS)
        ],
        "requests": {
            "slow": [{"start_ns": 109 * MS, "duration_ns": 7 * MS, "causes": {cause: took}}]
        },
    }
    begin_ns, end_ns = str(110 * MS - 5), str(115 * MS + 5)
    phases = [{"role": "mutator", "phase": phase, "begin_ns": begin_ns, "end_ns": end_ns}]
    return injected_waits.find(injected_waits.PLACES["search"], record, phases, [], text)


def test_a_wait_is_found_under_its_own_name():
    found = waited()
    counts = found.waits, found.in_requests, found.in_phases
    assert found.passes and counts == (1, 1, 1) and found.share == pytest.approx([1.0], rel=1e-5)


@pytest.mark.parametrize(
    "told",
    [
        {"cause": "lazy_sweeping"},
        {"took": 5 * MS - 1},  # a part of it has no name
        {"took": 6 * MS},  # something else has its name
        {"phase": "lazy_sweeping"},
        {"mmu": 0.6},
        {"text": TABLE.replace("search", "sweep ")},
    ],
)
def test_a_wait_under_another_name_or_of_another_length_is_not_found(told):
    assert not waited(**told).passes


def test_a_run_in_which_nothing_waited_proves_nothing():
    record = {
        "start_ns": 0,
        "end_ns": 1,
        "mmu": {"10ms": 0.0},
        "injected_waits": [],
        "requests": {"slow": []},
    }
    assert not injected_waits.find(injected_waits.PLACES["search"], record, [], [], TABLE).passes


# --- recording, definitions, the record ---------------------------------------------------------


@pytest.mark.parametrize(
    "cost, spread, passes", [(0.002, 0.003, True), (0.02, 0.003, False), (0.002, 0.05, False)]
)
def test_recording_passes_only_when_its_cost_is_surely_small(cost, spread, passes):
    random = np.random.default_rng(2)
    speeds = {
        "off": list(np.exp(random.normal(0, spread, 30))),
        "on": list(np.exp(random.normal(-cost, spread, 30))),
    }
    assert [check.passes for check in recording.checks({"concurrent": speeds})] == [passes]


def test_lists_that_disagree_are_counted(monkeypatch):
    def odd_seeds_only(seed):
        assert seed % 2

    monkeypatch.setattr(definitions, "COMPARISONS", {"half": (odd_seeds_only, ())})
    found = definitions.agreement(10)
    assert found == {"half": (5, 10)} and not definitions.check(found).passes


def test_the_definitions_hold_on_other_lists_than_the_tests_own():
    found = definitions.agreement(2)
    assert found["lower-bound overhead"] == (4, 4) and definitions.check(found).passes


def test_the_record_holds_every_check(tmp_path):
    found = [
        Check("one", "What it is.", "1", "1.01", True),
        Check("two", "What else.", "2", "7", False),
    ]
    checks.write_record(tmp_path / "new", found, {"commit": "abc", "command": "tools/calibrate"})
    record = json.loads((tmp_path / "new/calibration.json").read_text())
    assert record["schema_version"] == 1 and record["made_by"]["commit"] == "abc"
    assert record["checks"][1] == {
        "name": "two",
        "what": "What else.",
        "expected": "2",
        "measured": "7",
        "passes": False,
    }
    assert "1 of 2 checks pass" in (tmp_path / "new/README.md").read_text()
    assert "FAILS" in checks.table(found)


def test_the_time_left_is_scaled_by_how_long_it_really_took(capsys):
    progress = Progress(total_s=10)
    progress.began -= 20
    progress.advance(4, "part")
    assert "[40 %, 30 s left] part" in capsys.readouterr().err


# --- the instrumented build ---------------------------------------------------------------------

REQUESTS = 1000
# A request stores three links of a new chain, the last of them null, and exchanges the chain for
# another: all of it known.
LATENCY = [
    "--workload",
    "latency",
    "--param",
    "slots=2000",
    "--heap",
    "64M",
    "--operations",
    REQUESTS,
]


@pytest.mark.instrumented
@pytest.mark.parametrize(
    "arm, barrier, slow_path, enqueued",
    [
        ("off", "dijkstra", 0, 0),
        ("test", "dijkstra", 0, 0),
        ("filtered", "dijkstra", 4, 0),
        ("full", "dijkstra", 4, 3),  # what is stored: two links, a chain, and null
        ("full", "yuasa", 4, 1),  # what is overwritten: null three times, and a chain
    ],
)
def test_known_stores_have_known_counts(instrumented, arm, barrier, slow_path, enqueued):
    counts = run(instrumented, [*LATENCY, "--barrier", barrier, "--barrier-arm", arm])[
        "barrier_counts"
    ]
    assert counts == {
        "executed": 4 * REQUESTS,
        "slow_path": slow_path * REQUESTS,
        "enqueued": enqueued * REQUESTS,
        "redundant": (slow_path - enqueued) * REQUESTS,
    }


@pytest.mark.instrumented
def test_every_mutator_counts_and_children_too(instrumented):
    two = run(instrumented, [*LATENCY, "--barrier", "yuasa", "--mutators", 2])["barrier_counts"]
    assert two["executed"] == 2 * 4 * REQUESTS
    words = [
        "--workload",
        "churn_threads",
        "--heap",
        "64M",
        "--operations",
        50,
        "--param",
        "cells=2000",
        "--barrier",
        "yuasa",
    ]
    assert run(instrumented, words)["barrier_counts"]["executed"] > 0


@pytest.mark.instrumented
def test_what_is_injected_is_known_by_itself(instrumented):
    words = [
        *LATENCY,
        "--set",
        "inject.pause_ns=100000",
        "--set",
        "inject.test_multiplications=20",
        "--set",
        "inject.shade_multiplications=200",
    ]
    alone = run(instrumented, [*words, "--barrier", "dijkstra"])["injected_ns"]
    assert 100_000 <= alone["pause"] < 110_000
    assert 5 * alone["test"] < alone["shade"] < 15 * alone["test"]
    assert "injected_ns" not in run(instrumented, LATENCY)
    with pytest.raises(RunFailed, match="outside 0"):
        run(instrumented, [*LATENCY, "--set", "inject.pause_ns=-1"])


ATTEMPTS = 3
TIMINGS = ("injected pause", "injected barrier cost", "cost of recording", "same against same")


@pytest.mark.instrumented
def test_a_smoke_calibration_passes_every_check(instrumented, build_dir, tmp_path):
    """A machine that does something else may fail a timing once; a wrong figure fails always."""
    words = [
        ROOT / "tools/calibrate",
        "--smoke",
        "--binary",
        build_dir / "tricolour",
        "--instrumented",
        instrumented,
        "--out",
    ]
    for attempt in range(ATTEMPTS):
        place = tmp_path / str(attempt)
        finished = subprocess.run([*words, place], capture_output=True, text=True, timeout=600)
        assert (place / "calibration.json").exists(), finished.stderr
        found = json.loads((place / "calibration.json").read_text())["checks"]
        assert len(found) == 11 + len(injected_waits.PLACES)
        failed = [check for check in found if not check["passes"]]
        assert finished.returncode == bool(failed)
        assert [check for check in failed if not check["name"].startswith(TIMINGS)] == []
        if not failed:
            break
    assert failed == []
