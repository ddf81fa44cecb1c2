"""Many comparisons at once, and how many runs a comparison takes.

Purpose: Holm's correction of the p-values of a family of comparisons, and the number of runs with
which a difference of a given size is mostly shown.
Invariants: a comparison without an interval has p = 1 and still counts as a member of its family.
The power is that of the t test that the interval inverts, with the deviation that the runs at hand
have; it is an estimate as rough as they are few.
"""

from math import ceil, isnan, log1p, sqrt

import numpy as np
from scipy import stats

from .intervals import CONFIDENCE, LogEstimate

SIGNIFICANCE = 1 - CONFIDENCE
SMALL_DIFFERENCE = 0.02
POWER = 0.8
NORMAL = 1000  # runs from which on the deviation is as good as known


def p_value(estimate: LogEstimate) -> float:
    """Two-sided, of the hypothesis that the ratio is 1; 1 where there is no interval."""
    if isnan(estimate.variance) or estimate.freedom <= 0:
        return 1.0
    if estimate.variance == 0:
        return 1.0 if estimate.mean == 0 else 0.0
    return float(2 * stats.t.sf(abs(estimate.mean) / sqrt(estimate.variance), estimate.freedom))


def holm(p_values: list[float]) -> list[float]:
    """Each p-value corrected for the family, in the order given (Holm 1979)."""
    values = np.array(p_values, dtype=float)
    order = np.argsort(values, kind="stable")
    steps = (len(values) - np.arange(len(values))) * values[order]
    corrected = np.empty_like(values)
    corrected[order] = np.minimum(np.maximum.accumulate(steps), 1.0)
    return corrected.tolist()


def runs_needed(
    estimate: LogEstimate | None, difference: float = SMALL_DIFFERENCE, paired: bool = True
) -> int | None:
    """Runs of each side with which a true `difference`, as a share, is shown in POWER of all
    experiments; None where the runs have no deviation to go by."""
    if estimate is None or isnan(estimate.variance) or difference <= 0:
        return None
    deviation = sqrt(estimate.variance * estimate.invocations)
    if deviation == 0:
        return 2
    size = log1p(difference) / deviation
    reach = stats.norm.ppf(0.5 + CONFIDENCE / 2) + stats.norm.ppf(POWER)
    runs = (reach / size) ** 2  # where the deviation is known; of few runs it is not
    if runs > NORMAL:
        return ceil(runs)
    runs = max(2, int(runs))
    while _power(size, runs, paired) < POWER:
        runs += 1
    return runs


def _power(size: float, runs: int, paired: bool) -> float:
    freedom = (runs - 1) * (1 if paired else 2)
    critical = stats.f.ppf(CONFIDENCE, 1, freedom)  # F is the square of t, on both of its sides
    with np.errstate(divide="ignore"):  # on the way to a power near 1
        return float(stats.ncf.sf(critical, 1, freedom, size**2 * runs))
