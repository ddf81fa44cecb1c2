"""What a run measured, from the testbed's documents."""

import pytest

from tricolour_report.read import schema

from .measured import of_peer, of_testbed

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
    write(
        tmp_path, "pauses",
        "1,termination,x,0,1400,1500,1560,0,0,0", "1,full,x,0,1500,1500,1900,0,0,0",
        "1,termination,x,0,10,10,900,0,0,0",
    )  # fmt: skip
    write(
        tmp_path, "phases", "1,0,mutator,stall,1990,2030,0,0", "1,0,mutator,assist,1,1999,0,0",
        "1,0,mutator,stall,1,999,0,0",
    )  # fmt: skip
    return tmp_path


def write(folder, table, *rows):
    header = ",".join(schema.table_columns(table)[0])
    (folder / f"{table}.csv").write_text("\n".join([header, *rows]) + "\n")


def test_only_rows_of_the_measured_region_and_of_their_kind_count(tables):
    found = of_testbed(document(0, "start"), tables)
    assert found["final_pause_ns"] == 60 and found["longest_stall_ns"] == 40
    assert found["marker_ns"] == 42 and found["mutator_ns"] == 100
    assert found["longest_gap_ns"] == found["max_ns"] == 77 and found["p9999_ns"] is None


def test_an_open_loop_that_does_not_count_from_the_intended_start_is_refused(tables):
    assert of_testbed(document(9, "intended"), tables)["longest_gap_ns"] is None
    with pytest.raises(ValueError, match="intended start"):
        of_testbed(document(9, "start"), tables)


def test_a_final_pause_of_several_mutators_counts_from_the_request(tables):
    write(tables, "pauses", "1,termination,x,all,1400,1500,1560,0,0,0")
    assert of_testbed(document(0, "start"), tables)["final_pause_ns"] == 160


def test_requests_that_were_never_served_are_told(tables):
    told = document(9, "intended")
    told["requests"]["unserved"] = 12
    assert of_testbed(told, tables)["unserved"] == 12
    assert of_testbed(document(0, "start"), tables)["unserved"] is None
    peer = dict.fromkeys(
        ("wall_ns", "operations", "operations_per_s", "collections", "peak_resident"), 1
    ) | {"longest_gap_ns": 1}
    assert of_peer(peer | {"requests": {"unserved": 7}})["unserved"] == 7
    assert of_peer(peer | {"requests": None})["unserved"] is None
