"""Quantiles, only as far as the sample allows.

Purpose: quantiles of pauses and latencies, and the axis of nines.
Invariant: a sample of n never yields a quantile above 1 - 10/n; what it does not allow is NaN, never an extrapolation.
"""

import numpy as np

STEPS_PER_NINE = 20
NINES = 6
PROBABILITIES = 1.0 - 10.0 ** -(np.arange(0, NINES * STEPS_PER_NINE + 1) / STEPS_PER_NINE)
TAILS = (0.99, 0.9)


def allowed(n: int) -> float:
    """The highest quantile that n values support; negative when they support none."""
    return 1.0 - 10.0 / n if n else -1.0


def quantile(values: np.ndarray, p: float) -> float:
    """Quantile p of the values, or NaN when their number does not allow it."""
    if p > allowed(len(values)) + 1e-12:
        return float("nan")
    return float(np.quantile(values, p))


def curve(values: np.ndarray) -> np.ndarray:
    """The quantiles at PROBABILITIES, NaN beyond what the sample allows."""
    result = np.full(len(PROBABILITIES), np.nan)
    possible = PROBABILITIES <= allowed(len(values)) + 1e-12
    if possible.any():
        result[possible] = np.quantile(values, PROBABILITIES[possible])
    return result


def tail(values: np.ndarray) -> tuple[float, float] | None:
    """(p, value) for the higher of p99 and p90 that the sample allows."""
    for p in TAILS:
        value = quantile(values, p)
        if not np.isnan(value):
            return p, value
    return None


def median_and_range(curves: list[np.ndarray], points: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(median, least, most) over invocations' curves at each of `points`, NaN where not every one has a value."""
    if not curves:
        return (np.full(points, np.nan),) * 3
    stacked = np.array(curves)
    everywhere = np.isfinite(stacked).all(axis=0)
    return tuple(np.where(everywhere, of(stacked, axis=0), np.nan) for of in (np.median, np.min, np.max))
