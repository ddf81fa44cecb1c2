"""The targets, on made-up cells."""

import pytest

from tricolour_report.compare.peers import cells_of

from .contests import PEERS, PRESSURE
from .targets import evaluate


def cell(name, kind="tricolour", status="ok", rounds=10, **figures):
    """`figures`: a number, or a function of the round."""
    contest, program = name.split("/")
    program, _, heap = program.partition("@")
    runs = [
        {
            "round": at,
            "status": "ok",
            "error": "",
            "measured": {"wall_ns": 1e9, "operations": 1, "collections": 9}
            | {
                figure: value(at) if callable(value) else value for figure, value in figures.items()
            },
        }
        for at in range(rounds)
    ]
    return {
        "name": name,
        "contest": contest,
        "program": program,
        "kind": kind,
        "heap": heap,
        "heap_bytes": None,
        "base": False,
        "status": status,
        "why": "" if status == "ok" else "it broke",
        "runs": runs,
    }


JEMALLOC = cell(
    "latency-closed/jemalloc", "malloc", operations_per_s=1000, p9999_ns=1000, max_ns=150_000
)
YUASA = "latency-closed/concurrent-yuasa@2x"


def found(cells, figure, mode=PEERS, rounds=10):
    return next(
        target
        for target in evaluate(cells_of({"cells": cells}), rounds, mode)
        if target["figure"].startswith(figure)
    )


@pytest.mark.parametrize("speed, met, missed_by", [(951, True, None), (940, False, 0.01)])
def test_a_ratio_is_held_against_its_target(speed, met, missed_by):
    target = found(
        [JEMALLOC, cell(YUASA, operations_per_s=lambda at: speed * (1 + at / 1e6))], "requests/s"
    )
    assert target["met"] is met and target["missed_by"] == (
        pytest.approx(missed_by, abs=1e-4) if missed_by else None
    )
    assert target["low"] < target["value"] < target["high"]


def test_a_longest_value_is_the_least_over_runs_and_the_others_are_said():
    target = found([cell(YUASA, max_ns=lambda at: 900_000 + 100_000 * at)], "worst request")
    assert target["met"] is True and target["value"] == 900_000
    assert "median 1.35 ms, greatest 1.80 ms" in target["note"]
    assert found([cell(YUASA, max_ns=1_500_000)], "worst request")["missed_by"] == 500_000


@pytest.mark.parametrize(
    "change, why",
    [
        ({"collections": 2}, "starved"),
        ({"status": "timeout"}, "timeout: it broke"),
        ({"rounds": 9}, "every round"),
        ({"p9999_ns": None}, "no such figure"),
    ],
)
def test_nothing_is_decided_for_a_cell_that_says_nothing(change, why):
    target = found(
        [JEMALLOC, cell(YUASA, **({"p9999_ns": 1000, "operations_per_s": 1} | change))], "p99.99"
    )
    assert target["met"] is None and why in target["note"]


def test_nothing_is_decided_without_what_it_is_compared_with():
    assert (
        found([cell(YUASA, operations_per_s=1)], "requests/s")["note"]
        == "what it is compared with did not run"
    )
    broken = JEMALLOC | {"status": "crashed"}
    assert (
        "jemalloc: crashed"
        in found([broken, cell(YUASA, operations_per_s=1)], "requests/s")["note"]
    )


def test_one_fallback_in_any_run_is_a_miss():
    steele = "latency-closed/concurrent-steele@2x"
    quiet, once = (cell(steele, fallbacks=lambda at, n=n: n * (at == 4)) for n in (0, 1))
    assert (
        found([quiet], "fallbacks")["met"] is True and found([once], "fallbacks")["missed_by"] == 1
    )


def test_java_is_the_best_of_those_that_always_ran():
    def java(name, wall_ns, status="ok"):
        return cell(f"gcbench-2/java17-{name}@2x", "java", status, wall_ns=wall_ns)

    stopped = cell("gcbench-2/stop_the_world-none@2x", wall_ns=7e8)
    target = found(
        [stopped, java("serial", 1e9), java("zgc", 5e8, "heap_exhausted"), java("g1", 2e9)],
        "time over Java's best",
    )
    assert (
        "java17-serial" in target["figure"]
        and target["value"] == pytest.approx(0.7)
        and target["met"] is True
    )


def test_an_open_loop_is_compared_beside_the_thread_that_is_as_busy_at_its_heap():
    cells = [
        cell(f"latency-open/mimalloc-busy-as-{heap}", "malloc", p999_ns=value)
        for heap, value in (("2x", 100), ("1.5x", 1000))
    ]
    cells += [
        cell(f"latency-open/concurrent-steele@{heap}", p999_ns=500) for heap in ("2x", "1.5x")
    ]
    targets = {
        target["cell"]: target
        for target in evaluate(cells_of({"cells": cells}), 10, PEERS)
        if target["figure"].startswith("p99.9 ")
    }
    assert targets["latency-open/concurrent-steele@2x"]["value"] == pytest.approx(5)
    assert targets["latency-open/concurrent-steele@1.5x"]["value"] == pytest.approx(0.5)


def test_a_pause_may_grow_little_with_the_heap():
    def at(live, pause):
        return cell(f"pauses-{live}mb/concurrent-hybrid@2x", longest_pause_ns=pause)

    target = found(
        [at(100, 20_000), at(4000, 40_000)], "longest pause over that at 100 MB", PRESSURE
    )
    assert target["value"] == 2 and target["met"] is False


def test_stalls_are_a_share_of_the_mutators_time():
    target = found(
        [cell("mutators-16/concurrent-yuasa@2x", stalls_ns=30, mutator_ns=1000)],
        "stalls, share",
        PRESSURE,
    )
    assert target["value"] == 0.03 and target["missed_by"] == pytest.approx(0.02)


@pytest.mark.parametrize(
    "p999_ns, own, of_base, met",
    [
        (1500, 0, 0, True),
        (1500, 1, 0, None),
        (1500, 0, 1, True),
        (2500, 0, 0, False),
        (2500, 1, 0, False),
        (2500, 0, 1, None),
    ],
)
def test_requests_that_were_never_served_prove_nothing(p999_ns, own, of_base, met):
    base = cell("latency-open/mimalloc-busy-as-2x", "malloc", p999_ns=1000, unserved=of_base)
    tested = cell("latency-open/concurrent-yuasa@2x", p999_ns=p999_ns, unserved=own)
    target = found([base, tested], "p99.9 over")
    assert target["met"] is met
    assert ("10 of 20 requests unserved" in target["note"]) is (met is None)
