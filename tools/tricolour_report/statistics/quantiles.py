"""Quantiles of values of several runs, only as far as the sample allows.

Purpose: quantiles of the pauses of all runs together, and the axis of nines, which is that of the
curves of each run in run.json.
Invariant: quantile p is the least value that at least the share p of the values does not exceed. It
exists only where ten values lie beyond it, which is 1 - 10/n for n values. What that does not allow
is NaN, never an extrapolation.
"""

import numpy as np

STEPS_PER_NINE = 20
NINES = 8
PROBABILITIES = 1.0 - 10.0 ** -(np.arange(0, NINES * STEPS_PER_NINE + 1) / STEPS_PER_NINE)
TAILS = (0.99, 0.9)
BEYOND = 10
ROUNDING = 1e-12  # of the number of values: 0.9 * 1000 is a little more than 900


def allowed(n: int) -> float:
    """The highest quantile that n values support; negative when they support none."""
    return 1.0 - BEYOND / n if n else -1.0


def quantile(values: np.ndarray, p: float) -> float:
    """Quantile p of the values, or NaN when their number does not allow it."""
    return float(quantiles(values, np.array([p]))[0])


def quantiles(values: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """The quantiles at rising `probabilities`, NaN beyond what the sample allows."""
    result = np.full(len(probabilities), np.nan)
    n = len(values)
    if n < BEYOND:
        return result
    possible = probabilities <= allowed(n) + ROUNDING
    ranks = np.ceil((probabilities[possible] - ROUNDING) * n).astype(int)
    result[possible] = np.sort(values)[np.maximum(ranks, 1) - 1]
    return result


def curve(values: np.ndarray) -> np.ndarray:
    """The quantiles at PROBABILITIES, NaN beyond what the sample allows."""
    return quantiles(values, PROBABILITIES)


def by_nines(figures: dict | None) -> np.ndarray:
    """The curve that a run states in `quantiles_ns`, NaN beyond its end; all NaN where there is
    none."""
    stated = (figures or {}).get("quantiles_ns") or []
    return np.pad(
        np.array(stated, dtype=float),
        (0, len(PROBABILITIES) - len(stated)),
        constant_values=np.nan,
    )


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
    """(median, least, most) over invocations' curves at each of `points`, NaN where not every one
    has a value."""
    if not curves:
        return (np.full(points, np.nan),) * 3
    stacked = np.array(curves)
    everywhere = np.isfinite(stacked).all(axis=0)
    return tuple(
        np.where(everywhere, of(stacked, axis=0), np.nan) for of in (np.median, np.min, np.max)
    )
