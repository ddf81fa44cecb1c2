"""The parts of slow requests add up to their time, and nothing unnamed gets a name."""

import pytest

from ..page.terminal import summary
from ..read.experiment import load_experiment
from ..testing.synthetic_sweep import changed_records, write_sweep
from .waits import UNEXPLAINED, explained_text, shares_text, slow_requests, waits

PAIRS = (("stop_the_world", "none"), ("concurrent", "yuasa"))
MS = 1_000_000


@pytest.fixture
def told(tmp_path):
    """`concurrent` of two runs has what `told` is given as the requests of each run."""
    folder = write_sweep(tmp_path, 2, ("latency",), combinations=PAIRS)

    def tell(*requests):
        for record, changes in zip(changed_records(folder, "00000001/*"), requests):
            record["requests"].update(changes)
        experiment = load_experiment(folder, print)
        return experiment, experiment.results[1]

    return tell


def slow(start, length, **causes):
    return {"thread": 0, "start_ns": 5_000_000_000 + start, "duration_ns": length, "causes": causes}


def all_of(*requests, share="known"):
    total, named = sum(one["duration_ns"] for one in requests), {}
    for one in requests:
        for cause, spent in one["causes"].items():
            named[cause] = named.get(cause, 0) + spent
    known = sum(named.values()) / total if total and share == "known" else None
    return {
        "slow": list(requests),
        "slow_count": len(requests),
        "slow_total_ns": total,
        "slow_causes": named,
        "explained_share": known,
    }


def test_parts_are_of_all_runs_and_add_up(told):
    _, result = told(
        all_of(slow(7, 8 * MS, paused=5 * MS, search=2 * MS), slow(9, 2 * MS)),
        all_of(slow(3, 10 * MS, search=9 * MS, run_delay=MS)),
    )
    found = waits(result)
    assert found.count == 3 and found.total == 20 * MS and sum(found.parts.values()) == found.total
    assert found.parts == {
        "paused": 5 * MS,
        "search": 11 * MS,
        "run_delay": MS,
        UNEXPLAINED: 3 * MS,
    }
    assert found.explained == pytest.approx(0.85)
    assert shares_text(found, 2) == "search 55.0 %, paused 25.0 %"
    assert (found.slowest.block, found.slowest.length, found.slowest.start) == (1, 10 * MS, 3)
    assert found.slowest.text == "search 9.00 ms, run delay 1.00 ms"


def test_an_explained_share_is_unknown_when_one_run_cannot_tell(told):
    experiment, result = told(
        all_of(slow(7, 8 * MS, paused=8 * MS)), all_of(slow(3, 10 * MS, search=MS), share="unknown")
    )
    found = waits(result)
    assert found.explained != found.explained and "run delay unknown" in explained_text(found)
    assert found.parts[UNEXPLAINED] == 9 * MS
    assert "explained – (run delay unknown)" in summary(experiment, coloured=False)


def test_a_run_without_slow_requests_does_not_hide_the_share(told):
    _, result = told(all_of(slow(7, 8 * MS, paused=8 * MS)), all_of())
    assert waits(result).explained == 1.0


def test_no_slow_request_is_no_wait(told):
    experiment, result = told(all_of(), all_of())
    assert waits(result).count == 0 and waits(result).slowest is None
    text = summary(experiment, coloured=False)
    assert "concurrent yuasa: none; longest gap without a name 20.0 µs · 20.0 µs" in text
    assert "stop_the_world none: none" not in text and "stop_the_world none: " in text


def test_the_slowest_of_a_run_come_first(told):
    _, result = told(all_of(slow(7, 8 * MS, paused=8 * MS), slow(1, 3 * MS, stall=MS)), all_of())
    found = slow_requests(0, result.digests[0].record, 1)
    assert [(one.length, one.parts) for one in found] == [(8 * MS, {"paused": 8 * MS})]


@pytest.mark.parametrize(
    "damage",
    [
        {"slow_causes": {"paused": 10**12}},
        {"slow": [slow(0, MS, paused=MS, search=1)]},
        {"count": 3999},
        {"max_ns": 1},
        {"slow_causes": {"running": 5}},
    ],
)
def test_causes_that_cannot_be_are_refused(told, damage):
    experiment, result = told(damage)
    assert [digest.block for digest in result.digests] == [1]
    assert any("requests" in one.reason for one in experiment.skipped)


def test_a_workload_without_requests_has_no_waits(small_sweep):
    experiment = load_experiment(small_sweep, print)
    assert all(
        (waits(result) is None) == (result.cell.workload != "latency")
        for result in experiment.results
    )
