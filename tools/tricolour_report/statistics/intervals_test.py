"""Intervals against scipy's tests and against their own promise of 95 %."""

import numpy as np
import pytest
from scipy import stats

from . import intervals


def blocks(values):
    return dict(enumerate(values))


def test_paired_interval_is_the_t_interval_of_log_ratios():
    rng = np.random.default_rng(3)
    base, other = rng.lognormal(0, 0.2, 12), rng.lognormal(0.1, 0.2, 12)
    found = intervals.ratio(intervals.paired(blocks(base), blocks(other)))
    expected = stats.ttest_1samp(np.log(other / base), 0).confidence_interval(0.95)
    assert (np.log(found.low), np.log(found.high)) == pytest.approx((expected.low, expected.high))
    assert found.invocations == 12 and not found.exploratory


def test_unpaired_interval_excludes_one_exactly_when_welch_finds_a_difference():
    verdicts = set()
    for seed in range(60):
        rng = np.random.default_rng(seed)
        base, other = rng.lognormal(0, 0.1, 8), rng.lognormal(0.1, 0.3, 14)
        found = intervals.ratio(intervals.unpaired(list(base), list(other)))
        p = stats.ttest_ind(np.log(other), np.log(base), equal_var=False).pvalue
        assert found.differs == (p < 0.05)
        verdicts.add(found.differs)
    assert verdicts == {True, False}


def test_only_blocks_that_both_sides_have_are_paired():
    found = intervals.paired({0: 1.0, 1: 1.0, 2: 1.0}, {1: 2.0, 2: 2.0, 3: 100.0})
    assert found.invocations == 2
    assert intervals.ratio(found).value == pytest.approx(2.0)
    assert intervals.paired({0: 1.0}, {1: 1.0}) is None


def test_one_invocation_has_a_ratio_but_no_interval():
    found = intervals.ratio(intervals.paired({0: 2.0}, {0: 3.0}))
    assert found.value == pytest.approx(1.5)
    assert np.isnan(found.low) and not found.differs and found.exploratory


def test_the_mean_over_workloads_cancels_what_a_block_does_to_all():
    drift = [0.3, -0.2, 0.1, 0.0]
    up = {b: 0.1 + d for b, d in enumerate(drift)}
    down = {b: 0.1 - d for b, d in enumerate(drift)}
    found = intervals.ratio(intervals.mean_over_workloads_paired([up, down]))
    assert found.value == pytest.approx(np.exp(0.1))
    assert found.high - found.low < 1e-9


def test_the_mean_of_independent_ratios_has_the_variance_of_a_mean():
    one = intervals.LogEstimate(0.1, 0.04, 9, 10)
    found = intervals.mean_over_workloads_unpaired([one, one])
    assert found.mean == pytest.approx(0.1)
    assert found.variance == pytest.approx(0.02)
    assert found.freedom == pytest.approx(18)


def test_95_percent_of_the_intervals_hold_the_truth():
    rng = np.random.default_rng(11)
    held = 0
    for _ in range(1500):
        base, other = rng.lognormal(0, 0.2, 5), rng.lognormal(np.log(1.3), 0.2, 5)
        found = intervals.ratio(intervals.paired(blocks(base), blocks(other)))
        held += found.low <= 1.3 <= found.high
    assert 0.935 < held / 1500 < 0.965


def test_two_repetitions_have_an_interval_and_one_has_none():
    mean, low, high = intervals.mean_with_interval([3.0, 5.0])
    # Of Student's t with one degree of freedom, 12.706, times sqrt(2) / sqrt(2).
    assert (mean, low, high) == pytest.approx((4.0, 4.0 - 12.7062, 4.0 + 12.7062), abs=1e-4)
    mean, low, high = intervals.mean_with_interval([3.0])
    assert mean == 3.0 and np.isnan([low, high]).all()
