"""The union of intervals, for bars that are drawn.

Purpose: a figure of a timeline draws intervals that touch or overlap as one.
Invariant: what comes out is sorted, disjoint and not empty.
"""

import numpy as np


def merge(begins: np.ndarray, ends: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The union of intervals as sorted, disjoint, non-empty ones."""
    keep = ends > begins
    begins, ends = begins[keep], ends[keep]
    if not len(begins):
        return begins, ends
    order = np.argsort(begins, kind="stable")
    begins, reach = begins[order], np.maximum.accumulate(ends[order])
    opens = np.concatenate([[True], begins[1:] > reach[:-1]])
    closes = np.concatenate([opens[1:], [True]])
    return begins[opens], reach[closes]
