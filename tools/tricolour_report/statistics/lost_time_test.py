"""Pauses in the region and lost intervals."""

import numpy as np
import pandas as pd
import pytest

from ..read import schema
from .lost_time import LOST_PHASES, SLOW_PATHS, lost_intervals, merge, pauses_in_region


def pauses(*rows):
    columns = schema.table_columns("pauses")[0]
    return pd.DataFrame(
        [(1, kind, "test", who, a, b, c, 0, 0, 0) for kind, who, a, b, c in rows], columns=columns
    )


def phases(*rows):
    columns = schema.table_columns("phases")[0]
    return pd.DataFrame(
        [(1, thread, role, phase, a, b, 0, 0) for thread, role, phase, a, b in rows],
        columns=columns,
    )


def test_merge_joins_what_touches_or_overlaps_and_drops_what_is_empty():
    begins, ends = merge(np.array([5, 0, 7, 20, 30, 2]), np.array([9, 3, 12, 20, 31, 5]))
    assert begins.tolist() == [0, 30]
    assert ends.tolist() == [12, 31]


def test_merge_keeps_the_outer_of_two_nested_intervals():
    begins, ends = merge(np.array([0, 2]), np.array([10, 3]))
    assert (begins.tolist(), ends.tolist()) == ([0], [10])


def test_the_only_mutator_is_paused_from_its_own_stop():
    table = pauses_in_region(pauses(("full", "0", 90, 100, 150)), 0, 1000)
    assert table["length_ns"].tolist() == [50]


def test_a_stop_of_several_mutators_counts_from_the_request():
    stops = pauses(("full", "all", 90, 100, 150), ("full", "1", 200, 210, 220))
    table = pauses_in_region(stops, 0, 1000)
    assert table["length_ns"].tolist() == [60, 10]


def test_pauses_outside_the_region_and_of_the_oracle_are_left_out():
    stops = pauses(
        ("full", "all", 1, 2, 9), ("verify", "all", 20, 21, 30), ("full", "all", 40, 41, 50)
    )
    table = pauses_in_region(stops, 10, 100)
    assert table["begin_ns"].tolist() == [40]


@pytest.mark.parametrize("phase", SLOW_PATHS)
def test_what_was_timed_of_the_slow_path_is_lost(phase):
    own = phases(
        (0, "mutator", phase, 30, 42), (0, "mutator", phase, 40, 50), (1, "mutator", phase, 60, 61)
    )
    begins, ends = lost_intervals(pauses_in_region(pauses(), 0, 100), own, 0, 0, 100)
    assert list(zip(begins, ends)) == [(30, 50)]


def test_every_phase_of_a_mutator_that_the_schema_knows_is_lost_or_marks():
    known = set(schema.table_words("phases")["phase"])
    assert (
        known - set(LOST_PHASES) == {"begin", "marking", "termination", "sweeping"}
        and set(LOST_PHASES) <= known
    )


def test_assists_stalls_and_handshakes_of_the_mutator_itself_are_lost():
    rows = pauses(("full", "all", 10, 10, 20), ("quantum", "1", 60, 60, 70))
    stops = pauses_in_region(rows, 0, 100)
    own = phases(
        (0, "mutator", "assist", 15, 25),
        (0, "mutator", "stall", 40, 45),
        (1, "mutator", "handshake", 80, 81),
        (0, "marker", "marking", 0, 99),
        (0, "mutator", "begin", 90, 95),
    )
    begins, ends = lost_intervals(stops, own, 0, 0, 42)
    assert list(zip(begins, ends)) == [(10, 25), (40, 42)]
    begins, ends = lost_intervals(stops, own, 1, 0, 100)
    assert list(zip(begins, ends)) == [(10, 20), (60, 70), (80, 81)]
