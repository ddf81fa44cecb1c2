"""Quantiles of weighted values, only as far as the sample allows.

Purpose: quantiles of pauses and latencies, and the axis of nines.
Invariants: quantile p is the least value whose cumulative weight reaches p times the whole; without
weights every value counts once. It exists only where ten values lie beyond it, which is 1 - 10/n
for n values that count once: a value that stands for many is one observation. What that does not
allow is NaN, never an extrapolation.
"""

import numpy as np

STEPS_PER_NINE = 20
NINES = 8
PROBABILITIES = 1.0 - 10.0 ** -(np.arange(0, NINES * STEPS_PER_NINE + 1) / STEPS_PER_NINE)
TAILS = (0.99, 0.9)
BEYOND = 10
ROUNDING = 1e-12  # of the whole weight: 0.9 * 1000 is a little more than 900


def allowed(n: int) -> float:
    """The highest quantile that n values support; negative when they support none."""
    return 1.0 - BEYOND / n if n else -1.0


def quantile(values: np.ndarray, p: float, weights: np.ndarray | None = None) -> float:
    """Quantile p of the values, or NaN when their number does not allow it."""
    return float(quantiles(values, np.array([p]), weights)[0])


def quantiles(
    values: np.ndarray, probabilities: np.ndarray, weights: np.ndarray | None = None
) -> np.ndarray:
    """The quantiles at rising `probabilities`, NaN beyond what the sample allows."""
    result = np.full(len(probabilities), np.nan)
    n = len(values)
    if n < BEYOND:
        return result
    order = np.argsort(values, kind="stable")
    reached = np.arange(1, n + 1) if weights is None else np.cumsum(weights[order])
    highest = reached[n - BEYOND - 1] / reached[-1] if n > BEYOND else 0.0
    possible = probabilities <= highest + ROUNDING
    wanted = (probabilities[possible] - ROUNDING) * reached[-1]
    result[possible] = values[order[np.searchsorted(reached, wanted)]]
    return result


def curve(values: np.ndarray, weights: np.ndarray | None = None) -> np.ndarray:
    """The quantiles at PROBABILITIES, NaN beyond what the sample allows."""
    return quantiles(values, PROBABILITIES, weights)


def tail(values: np.ndarray) -> tuple[float, float] | None:
    """(p, value) for the higher of p99 and p90 that the sample allows."""
    for p in TAILS:
        value = quantile(values, p)
        if not np.isnan(value):
            return p, value
    return None


def median_and_range(
    curves: list[np.ndarray], points: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(median, least, most) over invocations' curves at each of `points`, NaN where not every one has a value."""
    if not curves:
        return (np.full(points, np.nan),) * 3
    stacked = np.array(curves)
    everywhere = np.isfinite(stacked).all(axis=0)
    return tuple(
        np.where(everywhere, of(stacked, axis=0), np.nan) for of in (np.median, np.min, np.max)
    )
