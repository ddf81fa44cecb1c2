"""What a run measured, from the testbed's documents."""

import pytest

from .measured import of_testbed

CPU = {"mark": 30, "sweep": 12}
TIMES = [{"mutator": 0, "running": 80, "paused": 15, "stalled": 5}]


def document(rate, origin):
    return {
        "start_ns": 1000, "end_ns": 2000, "wall_ns": 1000, "operations": 5, "operations_per_s": 5e6,
        "cycles": 4, "fallbacks": 1, "heap": {"peak_resident": 9}, "pauses": {"max_ns": 70},
        "stalls": {"total_ns": 40}, "cpu_ns": CPU, "mutator_time_ns": TIMES,
        "parameters": {"param": {"rate": rate}}, "requests": {"from": origin, "max_ns": 77},
    }  # fmt: skip


@pytest.fixture
def tables(tmp_path):
    rows = "termination,1500,1560\nfull,1500,1900\ntermination,10,900\n"
    (tmp_path / "pauses.csv").write_text("kind,stopped_ns,resume_ns\n" + rows)
    (tmp_path / "phases.csv").write_text("phase,begin_ns,end_ns\nstall,1990,2030\nassist,1,1999\n")
    return tmp_path


def test_only_rows_of_the_measured_region_and_of_their_kind_count(tables):
    found = of_testbed(document(0, "start"), tables)
    assert found["final_pause_ns"] == 60 and found["longest_stall_ns"] == 40
    assert found["marker_ns"] == 42 and found["mutator_ns"] == 100
    assert found["longest_gap_ns"] == found["max_ns"] == 77 and found["p9999_ns"] is None


def test_an_open_loop_that_does_not_count_from_the_intended_start_is_refused(tables):
    assert of_testbed(document(9, "intended"), tables)["longest_gap_ns"] is None
    with pytest.raises(ValueError, match="intended start"):
        of_testbed(document(9, "start"), tables)
