"""Every pair of combinations, for the page's choice of a baseline.

Purpose: the families of pairs as JSON, with all statistics done.
Invariant: a pair is there once, as OTHER / BASE; the script may turn it round, which turns the ends
of its interval round with it, and leaves the verdict.
"""

from ...compare.pairwise import Pairs, all_pairs
from ...read.experiment import Experiment
from ...statistics.several_pairs import runs_needed
from .compact import number

METRICS = ["throughput", "request_p99", "request_p999", "request_metered_p99", "cpu_total"]


def families(experiment: Experiment) -> list[dict]:
    return [_family(one) for one in all_pairs(experiment, METRICS, apart=True)]


def _family(one: Pairs) -> dict:
    """`pairs`: [base, other, ratio, low, high, whether shown, runs, runs needed to show 2 %], the
    sides as places in `names`."""
    return {
        "metric": one.metric.name,
        "better": one.metric.better,
        "heap": one.heap,
        "workloads": one.workloads,
        "names": one.combinations,
        "without": [f"{name}: it {why}" for name, why in one.left_out.items()],
        "pairs": [
            [
                one.combinations.index(pair.base),
                one.combinations.index(pair.other),
                *map(number, (pair.ratio.value, pair.ratio.low, pair.ratio.high)),
                pair.shown,
                pair.ratio.invocations,
                None if pair.shown else runs_needed(pair.estimate),
            ]
            for pair in one.pairs
        ],
    }
