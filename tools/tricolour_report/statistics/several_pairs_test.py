"""Holm's correction and the runs that a difference takes, against what is known of both."""

from math import log, nan

import numpy as np
import pytest

from . import intervals
from .intervals import LogEstimate
from .several_pairs import POWER, holm, p_value, runs_needed


def test_holm_on_a_worked_example():
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.9, 0.8]) == [1.0, 1.0] and holm([]) == []


def test_a_family_of_equal_things_seldom_shows_a_difference():
    """Without the correction some pair of five would differ in far more than 5 % of experiments."""
    rng = np.random.default_rng(3)
    shown = plain = 0
    for _ in range(200):
        runs = rng.normal(0, 0.01, (5, 10))
        p_values = [
            p_value(intervals.one_sample(dict(enumerate(runs[a] - runs[b]))))
            for a in range(5)
            for b in range(a)
        ]
        plain += min(p_values) < 0.05
        shown += min(holm(p_values)) < 0.05
    assert shown / 200 < 0.08 < plain / 200


def test_a_p_value_is_below_the_level_where_the_interval_excludes_one():
    for mean in (0.001, 0.02, 0.04, 0.06, 0.2):
        estimate = LogEstimate(mean, 0.02**2, 7, 8)
        assert intervals.ratio(estimate).differs == (p_value(estimate) < 0.05)
    assert p_value(LogEstimate(0.5, nan, 0, 1)) == 1.0
    assert p_value(LogEstimate(0.5, 0.0, 4, 5)) == 0.0


@pytest.mark.parametrize("deviation", [0.004, 0.02, 0.1])
def test_as_many_runs_as_needed_show_the_difference_in_four_of_five_experiments(deviation):
    runs = runs_needed(LogEstimate(0.0, deviation**2 / 5, 4, 5))
    rng = np.random.default_rng(4)

    def shown(count):
        """How often experiments of so many runs show it."""
        logs = rng.normal(log(1.02), deviation, (800, count))
        found = [intervals.ratio(intervals.one_sample(dict(enumerate(one)))) for one in logs]
        return np.mean([one.differs for one in found])

    assert shown(runs) > POWER - 0.03
    assert shown(runs - 1) < POWER + 0.03 if runs > 2 else runs == 2


def test_two_independent_samples_need_more_runs_only_through_their_variance():
    estimate = intervals.unpaired([1.0, 1.02, 0.99, 1.01], [1.0, 0.98, 1.01, 1.0])
    paired, unpaired = runs_needed(estimate), runs_needed(estimate, paired=False)
    assert unpaired <= paired <= unpaired + 2


def test_without_a_deviation_no_number_of_runs_is_told():
    assert runs_needed(None) is None
    assert runs_needed(LogEstimate(0.1, nan, 0, 1)) is None
    assert runs_needed(LogEstimate(0.1, 0.0, 4, 5)) == 2


def test_a_difference_that_is_lost_in_the_noise_takes_a_number_of_runs_that_can_be_told():
    assert runs_needed(LogEstimate(0.1, 50.0**2 / 5, 4, 5)) > 10**7
    assert runs_needed(LogEstimate(0.1, 0.2**2 / 5, 4, 5), 1e-12) > 10**20
