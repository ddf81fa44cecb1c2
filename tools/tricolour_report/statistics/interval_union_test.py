"""The union of intervals."""

import numpy as np

from .interval_union import merge


def test_merge_joins_what_touches_or_overlaps_and_drops_what_is_empty():
    begins, ends = merge(np.array([5, 0, 7, 20, 30, 2]), np.array([9, 3, 12, 20, 31, 5]))
    assert begins.tolist() == [0, 30]
    assert ends.tolist() == [12, 31]


def test_merge_keeps_the_outer_of_two_nested_intervals():
    begins, ends = merge(np.array([0, 2]), np.array([10, 3]))
    assert (begins.tolist(), ends.tolist()) == ([0], [10])
