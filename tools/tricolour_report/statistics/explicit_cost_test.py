"""Explicit wall cost against a nanosecond-by-nanosecond count."""

import numpy as np
import pytest

from .explicit_cost import explicit_wall_cost
from .lost_time import pauses_in_region
from .lost_time_test import pauses, phases

LENGTH = 300
START, END = 40, 260


def random_events(seed, mutators):
    """Rows of the two tables; no pause of all overlaps another."""
    rng = np.random.default_rng(seed)
    stops = [
        (
            "verify" if rng.random() < 0.1 else "full",
            "all",
            at,
            at + int(rng.integers(0, 6)),
            at + int(rng.integers(6, 20)),
        )
        for at in range(0, LENGTH - 20, 25)
        if rng.random() < 0.4
    ]
    for mutator in range(mutators):
        for at in rng.integers(0, LENGTH - 30, 4):
            stops.append(("quantum", str(mutator), at, at + 1, at + int(rng.integers(1, 30))))
    work = [
        (
            int(rng.integers(0, mutators)),
            "mutator",
            str(rng.choice(["assist", "stall", "handshake", "sweeping"])),
            at,
            at + int(rng.integers(0, 30)),
        )
        for at in rng.integers(0, LENGTH - 30, 8 * mutators)
    ]
    return stops, [*work, (0, "marker", "marking", 0, LENGTH)]


def by_the_nanosecond(stops, work, mutators):
    kept = np.zeros((mutators, LENGTH), bool)
    for kind, who, _, stopped, resume in stops:
        if kind != "verify":
            kept[slice(None) if who == "all" else int(who), stopped:resume] = True
    for thread, role, phase, begin, end in work:
        if role == "mutator" and phase in ("assist", "stall"):
            kept[thread, begin:end] = True
    return int(kept[:, START:END].all(axis=0).sum())


@pytest.mark.parametrize("mutators", [1, 2, 3])
@pytest.mark.parametrize("seed", range(30))
def test_explicit_cost_is_time_in_which_every_mutator_was_kept(seed, mutators):
    stops, work = random_events(seed, mutators)
    table = pauses_in_region(pauses(*stops), START, END)
    assert explicit_wall_cost(table, phases(*work), mutators, START, END) == by_the_nanosecond(
        stops, work, mutators
    )


def test_time_to_safepoint_of_several_mutators_is_not_claimed():
    table = pauses_in_region(pauses(("full", "all", 50, 70, 90)), START, END)
    assert explicit_wall_cost(table, phases(), 2, START, END) == 20


def test_an_assist_beside_a_running_mutator_costs_no_wall_time():
    own = phases((0, "mutator", "assist", 50, 100), (1, "mutator", "stall", 80, 120))
    assert explicit_wall_cost(pauses_in_region(pauses(), START, END), own, 2, START, END) == 20
    assert explicit_wall_cost(pauses_in_region(pauses(), START, END), own, 3, START, END) == 0
