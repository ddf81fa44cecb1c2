"""Figures of several runs against their definitions, by brute force, on random lists.

Purpose: lower-bound overhead is computed by clever code and defined by simple words. The tests of
the report compare the two on a few lists; here the same comparison runs on as many more, with other
seeds. A run's own figures (MMU, BMU, metered latency, explicit cost) are the harness's, and its
tests compare them.
Invariant: a list agrees when the test of that name passes on it. There is one brute-force
definition of each figure, the test's.
"""

from itertools import product
from typing import Callable

from tricolour_report.compare import lower_bound_overhead_test

from .checks import Check

FIRST_SEED = 100_000  # beyond those of the tests themselves

COMPARISONS: dict[str, tuple[Callable, tuple]] = {
    "lower-bound overhead": (
        lower_bound_overhead_test.test_overhead_is_total_over_the_least_distilled,
        (1, 2),
    ),
}


def agreement(lists: int) -> dict[str, tuple[int, int]]:
    """For each figure, how many of how many random lists agree; `lists` seeds each, with every
    variant of the comparison."""
    return {
        name: _agreeing(comparison, variants, lists)
        for name, (comparison, variants) in COMPARISONS.items()
    }


def check(found: dict[str, tuple[int, int]]) -> Check:
    return Check(
        name="definitions",
        what="Lower-bound overhead computed by the report equals its definition, by brute force on "
        "random lists of runs.",
        expected="every list agrees",
        measured=", ".join(
            f"{name} {agreeing} of {lists}" for name, (agreeing, lists) in found.items()
        ),
        passes=all(agreeing == lists for agreeing, lists in found.values()),
    )


def _agreeing(comparison: Callable, variants: tuple, lists: int) -> tuple[int, int]:
    cases = (
        list(product(range(FIRST_SEED, FIRST_SEED + lists), variants))
        if variants
        else [(s,) for s in range(FIRST_SEED, FIRST_SEED + lists)]
    )
    return sum(_agrees(comparison, case) for case in cases), len(cases)


def _agrees(comparison: Callable, case: tuple) -> bool:
    try:
        comparison(*case)
    except AssertionError:
        return False
    return True
