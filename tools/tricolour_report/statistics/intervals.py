"""Ratios with 95 % intervals.

Purpose: the ratio of two samples of invocations, paired by block or not, and geometric means of
such ratios over workloads.
Invariants: everything is a t interval on logarithms, with the invocation as the unit. Paired
differences use their own variance (n - 1 degrees of freedom); unpaired ones Welch's; a geometric
mean of paired ratios averages within each block first, so that drift common to a block cancels.
"""

from dataclasses import dataclass, replace
from math import exp, isnan, sqrt

import numpy as np
from scipy import stats

CONFIDENCE = 0.95
ENOUGH_INVOCATIONS = 10


@dataclass(frozen=True)
class LogEstimate:
    """Mean of a log ratio, the variance of that mean, its degrees of freedom, and the invocations
    behind it."""

    mean: float
    variance: float
    freedom: float
    invocations: int


@dataclass(frozen=True)
class Ratio:
    """A ratio; `low` and `high` are NaN when there is no interval (one invocation, or an
    extreme)."""

    value: float
    low: float
    high: float
    invocations: int

    @property
    def exploratory(self) -> bool:
        return self.invocations < ENOUGH_INVOCATIONS

    @property
    def differs(self) -> bool:
        """True when the interval excludes 1."""
        return self.low > 1.0 or self.high < 1.0


def paired(base: dict[int, float], other: dict[int, float]) -> LogEstimate | None:
    """Log ratio other/base over the blocks that both have; None without a common block."""
    return one_sample(block_log_ratios(base, other))


def block_log_ratios(base: dict[int, float], other: dict[int, float]) -> dict[int, float]:
    return {
        block: float(np.log(other[block] / base[block]))
        for block in sorted(base.keys() & other.keys())
    }


def one_sample(log_ratios: dict[int, float]) -> LogEstimate | None:
    values = np.array(list(log_ratios.values()))
    n = len(values)
    if n == 0:
        return None
    variance = float(values.var(ddof=1) / n) if n > 1 else float("nan")
    return LogEstimate(float(values.mean()), variance, n - 1, n)


def unpaired(base: list[float], other: list[float]) -> LogEstimate | None:
    """Log ratio other/base of two independent samples, with Welch's degrees of freedom."""
    if not base or not other:
        return None
    samples = [np.log(np.array(base)), np.log(np.array(other))]
    parts = [
        LogEstimate(
            sign * s.mean(),
            s.var(ddof=1) / len(s) if len(s) > 1 else float("nan"),
            len(s) - 1,
            len(s),
        )
        for sign, s in zip((-1.0, 1.0), samples)
    ]
    return _sum_of_independent(parts)


def mean_over_workloads_paired(by_workload: list[dict[int, float]]) -> LogEstimate | None:
    """Geometric mean over workloads: mean log ratio within each block that every workload has, then
    over blocks."""
    common = set.intersection(*(set(ratios) for ratios in by_workload)) if by_workload else set()
    return one_sample(
        {block: float(np.mean([r[block] for r in by_workload])) for block in sorted(common)}
    )


def mean_over_workloads_unpaired(estimates: list[LogEstimate]) -> LogEstimate | None:
    if not estimates:
        return None
    k = len(estimates)
    return _sum_of_independent(
        [LogEstimate(e.mean / k, e.variance / k**2, e.freedom, e.invocations) for e in estimates]
    )


def difference(before: LogEstimate, after: LogEstimate) -> LogEstimate:
    """after - before, of independent estimates: the logarithm of a ratio of ratios."""
    return _sum_of_independent([negative(before), after])


def negative(estimate: LogEstimate) -> LogEstimate:
    """Of the ratio the other way round."""
    return replace(estimate, mean=-estimate.mean)


def _sum_of_independent(parts: list[LogEstimate]) -> LogEstimate:
    """Sum of independent estimates; degrees of freedom after Satterthwaite."""
    variance = sum(p.variance for p in parts)
    weight = sum(p.variance**2 / p.freedom for p in parts if p.freedom > 0)
    freedom = variance**2 / weight if weight > 0 else float(min(p.freedom for p in parts))
    return LogEstimate(
        sum(p.mean for p in parts), variance, freedom, min(p.invocations for p in parts)
    )


def ratio(estimate: LogEstimate) -> Ratio:
    """The estimate as a ratio with its 95 % interval."""
    if isnan(estimate.variance) or estimate.freedom <= 0:
        return Ratio(exp(estimate.mean), float("nan"), float("nan"), estimate.invocations)
    reach = stats.t.ppf(0.5 + CONFIDENCE / 2, estimate.freedom) * sqrt(estimate.variance)
    with np.errstate(over="ignore"):  # an interval may reach beyond every number
        low, high = np.exp([estimate.mean - reach, estimate.mean + reach])
    return Ratio(exp(estimate.mean), float(low), float(high), estimate.invocations)


def mean_with_interval(values: list[float]) -> tuple[float, float, float]:
    """(mean, low, high) of repetitions, on the plain scale; low and high are NaN for fewer than
    two."""
    sample = np.array(values, dtype=float)
    if len(sample) < 2:
        return float(sample.mean()), float("nan"), float("nan")
    reach = stats.t.ppf(0.5 + CONFIDENCE / 2, len(sample) - 1) * stats.sem(sample)
    return float(sample.mean()), float(sample.mean() - reach), float(sample.mean() + reach)
