"""Several alternatives against each other, by one figure.

Purpose: the ratio of every pair, Holm-corrected over all pairs, and which alternatives nothing is
shown to beat.
Invariants: both sides of a ratio are from the same blocks and the same workloads, so no ratio to a
third thing takes part. An alternative is shown to be worse than another only where the corrected
p-value says so, which implies that the interval of their ratio excludes 1. The best of several is
the best by its value. One that varies so much that it is not shown to be worse, though its value is
worse than that of one that is, is not on a level with the best but unclear.
"""

from dataclasses import dataclass
from itertools import combinations

from ..statistics import intervals
from ..statistics.intervals import LogEstimate, Ratio
from ..statistics.several_pairs import SIGNIFICANCE, holm, p_value

Blocks = dict[int, float]


@dataclass(frozen=True)
class Pair:
    """`ratio` is OTHER / BASE; `corrected` is its p-value in the family of all pairs."""

    base: str
    other: str
    estimate: LogEstimate
    corrected: float

    @property
    def ratio(self) -> Ratio:
        return intervals.ratio(self.estimate)

    @property
    def shown(self) -> bool:
        return self.corrected < SIGNIFICANCE

    @property
    def inverse(self) -> "Pair":
        return Pair(self.other, self.base, intervals.negative(self.estimate), self.corrected)


@dataclass(frozen=True)
class Ranking:
    """`against` are the pairs of the best with each other alternative, as OTHER / best, nearest
    first; `family` is the number of pairs that were corrected together."""

    best: str
    against: list[Pair]
    family: int

    @property
    def worse(self) -> list[Pair]:
        return [pair for pair in self.against if pair.shown]

    @property
    def level(self) -> list[Pair]:
        """Not shown to be worse, and nearer to the best than any that is."""
        shown = [pair.shown for pair in self.against]
        return self.against[: shown.index(True) if any(shown) else len(shown)]

    @property
    def unclear(self) -> list[Pair]:
        """Not shown to be worse, though further from the best than one that is."""
        return [pair for pair in self.against[len(self.level) :] if not pair.shown]


def pairwise(sides: dict[str, list[Blocks]]) -> list[Pair]:
    """Every pair of alternatives that share a block; each has its values by block for the same
    workloads in the same order, and a ratio is the geometric mean over these."""
    found = []
    for (base, left), (other, right) in combinations(sides.items(), 2):
        estimate = intervals.mean_over_workloads_paired(
            [intervals.block_log_ratios(*values) for values in zip(left, right)]
        )
        if estimate:
            found.append((base, other, estimate))
    corrected = holm([p_value(estimate) for *_, estimate in found])
    return [Pair(*one, value) for one, value in zip(found, corrected)]


def rank(sides: dict[str, list[Blocks]], better: str) -> Ranking | None:
    """`better` is `higher` or `lower`; None where there are no two alternatives with a block that
    all have. What not all have is left out, so that the order of the pairs is that of the values.
    """
    pairs = pairwise(_shared(sides))
    of: dict[str, list[Pair]] = {}
    for pair in pairs:
        of.setdefault(pair.base, []).append(pair)
        of.setdefault(pair.other, []).append(pair.inverse)
    if not of:
        return None
    sign = 1 if better == "higher" else -1
    best = min(of, key=lambda name: max(sign * pair.estimate.mean for pair in of[name]))
    against = sorted(of[best], key=lambda pair: -sign * pair.estimate.mean)
    return Ranking(best, against, len(pairs))


def _shared(sides: dict[str, list[Blocks]]) -> dict[str, list[Blocks]]:
    have = [set(values) for workloads in sides.values() for values in workloads]
    blocks = sorted(set.intersection(*have)) if have else []
    return {
        name: [{block: values[block] for block in blocks} for values in workloads]
        for name, workloads in sides.items()
    }
