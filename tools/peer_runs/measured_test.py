"""What a run measured, from the testbed's documents."""

import pytest

from .measured import of_peer, of_testbed

CPU = {"mark": 30, "sweep": 12}
TIMES = [{"mutator": 0, "running": 80, "paused": 15, "stall": 5}]


def document(rate, origin):
    return {
        "start_ns": 1000, "end_ns": 2000, "wall_ns": 1000, "operations": 5, "operations_per_s": 5e6,
        "cycles": 4, "fallbacks": 1, "heap": {"peak_resident": 9}, "cpu_ns": CPU,
        "stalls": {"total_ns": 40, "max_ns": 40}, "mutator_time_ns": TIMES,
        "pauses": {"max_ns": 70, "by_kind": {"termination": {"max_ns": 60}}},
        "parameters": {"param": {"rate": rate}}, "requests": {"from": origin, "max_ns": 77},
    }  # fmt: skip


def test_the_longest_of_a_kind_are_those_that_the_run_states():
    found = of_testbed(document(0, "start"))
    assert found["final_pause_ns"] == 60 and found["longest_stall_ns"] == 40
    assert found["marker_ns"] == 42 and found["mutator_ns"] == 100
    assert found["longest_gap_ns"] == found["max_ns"] == 77 and found["p9999_ns"] is None


def test_an_open_loop_that_does_not_count_from_the_intended_start_is_refused():
    assert of_testbed(document(9, "intended"))["longest_gap_ns"] is None
    with pytest.raises(ValueError, match="intended start"):
        of_testbed(document(9, "start"))


def test_a_run_without_a_termination_has_no_final_pause():
    told = document(0, "start")
    told["pauses"]["by_kind"] = {}
    assert of_testbed(told)["final_pause_ns"] == 0


def test_requests_that_were_never_served_are_told():
    told = document(9, "intended")
    told["requests"]["unserved"] = 12
    assert of_testbed(told)["unserved"] == 12
    assert of_testbed(document(0, "start"))["unserved"] is None
    peer = dict.fromkeys(
        ("wall_ns", "operations", "operations_per_s", "collections", "peak_resident"), 1
    ) | {"longest_gap_ns": 1}
    assert of_peer(peer | {"requests": {"unserved": 7}})["unserved"] == 7
    assert of_peer(peer | {"requests": None})["unserved"] is None
