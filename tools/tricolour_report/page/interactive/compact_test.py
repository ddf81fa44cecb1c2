"""Short numbers keep their digits."""

import numpy as np
import pytest

from .compact import curve, number, numbers, steps


@pytest.mark.parametrize(
    "value, short",
    [
        (0.0, 0),
        (1234567.0, 1235000),
        (0.000123456, 0.0001235),
        (-12.345, -12.35),
        (3.0, 3),
        (float("nan"), None),
        (float("inf"), None),
        (1e-300, 1e-300),
    ],
)
def test_four_digits_stay(value, short):
    assert number(value) == short


def test_nulls_at_the_end_of_a_curve_go_and_others_stay():
    assert curve(np.array([np.nan, 1.5, np.nan, 2.0, np.nan, np.nan])) == [None, 1.5, None, 2]
    assert curve(np.full(3, np.nan)) == [] and numbers(np.zeros(0)) == []


def test_steps_sum_up_to_the_values():
    assert np.cumsum(steps(np.array([5, 5, 9, 2**62]))).tolist() == [5, 5, 9, 2**62]
