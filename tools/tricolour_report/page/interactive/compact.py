"""Numbers as short JSON.

Purpose: figures with DIGITS significant digits, which is more than a chart can show; NaN and
infinity become null.
"""

from math import floor, isfinite, log10

import numpy as np

DIGITS = 4


def number(value: float, digits: int = DIGITS) -> float | int | None:
    if not isfinite(value):
        return None
    if value == 0:
        return 0
    rounded = round(value, digits - 1 - floor(log10(abs(value))))
    return int(rounded) if rounded == int(rounded) else rounded


def numbers(values: np.ndarray, digits: int = DIGITS) -> list[float | int | None]:
    return [number(value, digits) for value in np.asarray(values, dtype=float).tolist()]


def curve(values: np.ndarray) -> list[float | int | None]:
    """Numbers without the nulls at the end."""
    found = numbers(values)
    while found and found[-1] is None:
        found.pop()
    return found


def steps(values: np.ndarray) -> list[int]:
    """Whole, rising numbers as the first and then the differences."""
    return np.diff(np.asarray(values, dtype="int64"), prepend=0).tolist()
