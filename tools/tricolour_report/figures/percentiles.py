"""What the figures of percentiles by nines share.

Invariants: places are 1/(1-p), so that every nine takes the same room. The line is the median over
invocations and the band their range, each invocation only as far as its own number of events allows
(1 - 10/n).
"""

from typing import Sequence

import numpy as np

from ..statistics import quantiles
from .chart import Axis, Line, Points, Series

X = 1.0 / (1.0 - quantiles.PROBABILITIES)
SAY = "{at}: {value}|; runs {low} to {high}|"
TOO_FEW = "too few events for any quantile (n < 10)"


def band(series: Series, curves: list[np.ndarray]) -> Line:
    """Median and range over invocations, as far as the median is known."""
    middle, low, high = quantiles.median_and_range(curves, len(X))
    known = len(middle) - np.argmax(np.isfinite(middle)[::-1]) if np.isfinite(middle).any() else 0
    return Line(series, X[:known], middle[:known], low[:known], high[:known], say=SAY)


def nines(marks: Sequence[Line | Points]) -> Axis:
    """The axis of places from the first to the last that has a mark."""
    places = np.concatenate([np.zeros(0), *(np.asarray(mark.at, dtype=float) for mark in marks)])
    first, last = (places.min(), places.max()) if len(places) else (1.0, 10.0)
    return Axis("percentile", "percentile", log=True, limits=(first, max(last, 10 * first)))


def time_axis(label: str) -> Axis:
    return Axis(label, "ns", log=True, hold=(0,))
