"""MMU and BMU against brute force over every whole-nanosecond window."""

import numpy as np
import pytest

from .lost_time import merge
from .mmu import LostTime, least_over_mutators

LENGTH = 60


def random_lost(seed):
    rng = np.random.default_rng(seed)
    begins = rng.integers(0, LENGTH, rng.integers(0, 8))
    ends = np.minimum(begins + rng.integers(0, 12, len(begins)), LENGTH)
    begins, ends = merge(begins, ends)
    stopped = np.zeros(LENGTH)
    for begin, end in zip(begins, ends):
        stopped[begin:end] = 1
    return LostTime(begins + 1000, ends + 1000, 1000, 1000 + LENGTH), stopped


def brute_force_mmu(stopped, window):
    return min(1 - stopped[t : t + window].mean() for t in range(LENGTH - window + 1))


@pytest.mark.parametrize("seed", range(60))
def test_mmu_and_bmu_equal_brute_force(seed):
    lost, stopped = random_lost(seed)
    mmu = [brute_force_mmu(stopped, window) for window in range(1, LENGTH + 1)]
    for window in range(1, LENGTH + 1):
        assert lost.mmu(window) == pytest.approx(mmu[window - 1], abs=1e-12)
        assert lost.bmu(window) == pytest.approx(min(mmu[window - 1 :]), abs=1e-12)


def test_a_window_shorter_than_a_nanosecond_apart_from_events_is_exact_too():
    lost = LostTime(np.array([10, 30]), np.array([20, 40]), 0, 100)
    assert lost.mmu(25.5) == pytest.approx(1 - 15.5 / 25.5)


def test_a_window_longer_than_the_run_has_no_value():
    lost = LostTime(np.array([10]), np.array([20]), 0, 100)
    assert np.isnan(lost.mmu(101)) and np.isnan(lost.bmu(101))
    assert lost.mmu(100) == pytest.approx(0.9)


def test_mmu_is_not_monotone_but_bmu_is():
    lost = LostTime(np.array([0, 20, 40]), np.array([10, 30, 50]), 0, 200)
    windows = np.arange(1, 200)
    mmu, bmu = least_over_mutators([lost], windows)
    assert (np.diff(mmu) < -1e-12).any()
    assert (np.diff(bmu) >= -1e-12).all()


def test_the_worst_mutator_counts():
    idle = LostTime(np.array([], int), np.array([], int), 0, 100)
    busy = LostTime(np.array([0]), np.array([50]), 0, 100)
    assert least_over_mutators([idle, busy], np.array([50.0]))[0] == 0.0


def test_nanoseconds_late_on_the_clock_are_not_rounded():
    start = 2**53 + 1
    lost = LostTime(np.array([start + 3]), np.array([start + 4]), start, start + 10)
    assert lost.mmu(1) == 0.0
    assert lost.mmu(2) == 0.5
