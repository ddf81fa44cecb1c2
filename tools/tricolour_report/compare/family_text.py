"""Families of comparisons as text and as JSON: all pairs, and ratios along an axis.

Purpose: what `compare --pairwise` prints, and the part of `compare` that `--over` adds.
Invariant: intervals are of one ratio each, and verdicts are corrected for the family; both forms
say so and have both.
"""

import json
from math import isfinite

from ..program.columns import fitted
from ..statistics.intervals import CONFIDENCE, ENOUGH_INVOCATIONS, Ratio
from ..statistics.quantities import ratio
from ..statistics.several_pairs import POWER, SMALL_DIFFERENCE, runs_needed
from .compare import Comparison
from .interaction import Interaction
from .pairwise import Pairs
from .ranking import Pair

CORRECTED = "each interval is of one ratio; verdicts are Holm-corrected for all"


def needed_text(runs: int) -> str:
    return f"about {runs} runs show {100 * SMALL_DIFFERENCE:g} %"


def interaction_lines(comparison: Comparison) -> list[str]:
    """Nothing without an axis."""
    if not comparison.over:
        return []
    lines = [
        "",
        f"ratio of ratios over {comparison.over}: (OTHER / BASE there) / (OTHER / BASE at the "
        f"first)",
        f"{CORRECTED} of a metric",
    ]
    for one in comparison.interactions:
        lines.append(
            f"  {one.metric.name}, {one.where}: {one.place} / {one.first} {ratio(one.ratio)} "
            f"{one.verdict} (n={one.ratio.invocations}, p={one.corrected:.2g}"
            f"{', a cell is starved' if one.starved else ''})"
        )
    return lines if comparison.interactions else [*lines, "  no metric has an interval there"]


def interaction_object(one: Interaction) -> dict:
    return {
        "metric": one.metric.name,
        "where": one.where,
        "first": one.first,
        "place": one.place,
        **_ratio_object(one.ratio),
        "corrected_p": one.corrected,
        "starved": one.starved,
        "verdict": one.verdict,
    }


def pairwise_text(operand: str, found: list[Pairs]) -> str:
    lines = [
        operand,
        "every two combinations at one heap, paired by block; OTHER / BASE, geometric mean over "
        "workloads, 95 % t interval on log ratios",
        f"{CORRECTED} pairs of the metric and heap, which a star marks",
    ]
    for one in found:
        better = one.metric.better
        lines += ["", f"{one.metric.name}, heap {one.heap} ({better} is better)"]
        lines.append(f"  of {', '.join(one.workloads)}")
        width = max(len(_named(pair)) for pair in one.pairs)
        lines += [_line(pair, width) for pair in one.pairs]
        lines += [f"  without {name}: it {why}" for name, why in one.left_out.items()]
    lines.append("")
    if any(pair.ratio.exploratory for one in found for pair in one.pairs):
        lines.append(f"exploratory: fewer than {ENOUGH_INVOCATIONS} invocations claim nothing")
    lines.append(f"What this shows: {'; '.join(map(_summary, found))}.")
    return fitted(lines)


def _named(pair: Pair) -> str:
    return f"{pair.other} / {pair.base}"


def _line(pair: Pair, width: int) -> str:
    runs = runs_needed(pair.estimate)
    needed = f"; {needed_text(runs)}" if runs is not None and not pair.shown else ""
    label = ", exploratory" if pair.ratio.exploratory else ""
    return (
        f"  {_named(pair):<{width}} {ratio(pair.ratio):<22}{'*' if pair.shown else ' '} "
        f"(n={pair.ratio.invocations}{label}, p={pair.corrected:.2g}{needed})"
    )


def _summary(one: Pairs) -> str:
    shown = sum(pair.shown for pair in one.pairs)
    return f"{one.metric.name}, heap {one.heap}: {shown} of {len(one.pairs)} pairs differ"


def pairwise_json(operand: str, found: list[Pairs]) -> str:
    document = {
        "operand": operand,
        "confidence": CONFIDENCE,
        "correction": "holm",
        "runs_needed_for": SMALL_DIFFERENCE,
        "power": POWER,
        "families": [
            {
                "metric": one.metric.name,
                "better": one.metric.better,
                "heap": one.heap,
                "workloads": one.workloads,
                "left_out": one.left_out,
                "pairs": [_pair_object(pair) for pair in one.pairs],
            }
            for one in found
        ],
    }
    return json.dumps(document, indent=2) + "\n"


def _pair_object(pair: Pair) -> dict:
    return {
        "base": pair.base,
        "other": pair.other,
        **_ratio_object(pair.ratio),
        "corrected_p": pair.corrected,
        "shown": pair.shown,
        "runs_needed": runs_needed(pair.estimate),
    }


def _ratio_object(found: Ratio) -> dict:
    return {
        "ratio": found.value,
        "low": found.low if isfinite(found.low) else None,
        "high": found.high if isfinite(found.high) else None,
        "invocations": found.invocations,
        "exploratory": found.exploratory,
    }
