"""A comparison as text and as JSON.

Purpose: what `compare` prints.
Invariant: both forms come from the same `Comparison` and `Gate`; JSON has null where there is no
number. Without a gate nothing is judged.
"""

import json
import shlex
from collections import Counter
from math import isfinite, isnan

import numpy as np

from ..program.columns import fitted
from ..program.process import shown
from ..read.experiment import ENOUGH_CYCLES
from ..statistics.intervals import CONFIDENCE, ENOUGH_INVOCATIONS
from ..statistics.quantities import measured, ratio
from ..statistics.several_pairs import SMALL_DIFFERENCE
from .compare import Comparison, Finding
from .family_text import interaction_lines, interaction_object, needed_text
from .gate import NO_REGRESSION, REGRESSION, UNDECIDED, Decision, Gate

REGRESSIONS = {REGRESSION: True, NO_REGRESSION: False}


def as_text(comparison: Comparison, gate: Gate | None) -> str:
    how = (
        "paired by block"
        if comparison.paired
        else "unpaired: two folders, independent runs (Welch)"
    )
    lines = [
        f"BASE  {comparison.base.text}",
        f"OTHER {comparison.other.text}",
        f"{how}; ratio = OTHER / BASE, 95 % t interval on log ratios; values: geometric means of "
        f"the runs behind a ratio",
    ]
    lines += comparison.notes
    current = None
    width = max(len(finding.where) for finding in comparison.findings)
    for finding in comparison.findings:
        if finding.metric is not current:
            current = finding.metric
            lines += ["", f"{current.name} ({current.better} is better)"]
        lines += [*_lines(finding, width), *_members(finding)]
    lines += [*interaction_lines(comparison), "", *_conclusion(comparison, gate)]
    lines += [f"What this shows: {_summary(comparison)}.", f"What to do next: {_next(comparison)}."]
    return fitted(lines)


def _lines(finding: Finding, width: int) -> list[str]:
    """The ratio with its verdict, and below it what is behind them."""
    if finding.ratio is None:
        return [f"  {finding.where:<{width}} {finding.why_not}"]
    label = ", exploratory" if finding.ratio.exploratory else ""
    below = "; ".join(filter(None, [_values(finding), _needed(finding), finding.starved]))
    return [
        f"  {finding.where:<{width}} {ratio(finding.ratio):<22} {finding.verdict}"
        f" (n={finding.ratio.invocations}{label})",
        *([f"    {below}"] if below else []),
    ]


def _needed(finding: Finding) -> str:
    """Where no difference is shown."""
    if finding.ratio.differs or finding.runs_needed is None:
        return ""
    return needed_text(finding.runs_needed)


def _summary(comparison: Comparison) -> str:
    """What became of each metric, over all pairs of cells; means are made of these."""
    counts: dict[str, Counter] = {}
    for finding in comparison.findings:
        if not finding.workloads:
            said = "no ratio" if finding.ratio is None else finding.verdict.split(":")[0]
            counts.setdefault(finding.metric.name, Counter())[said] += 1
    return "; ".join(
        f"{name}: {', '.join(f'{count} {said}' for said, count in found.items())}"
        for name, found in counts.items()
    )


def _next(comparison: Comparison) -> str:
    compared = [finding.ratio for finding in comparison.findings if finding.ratio is not None]
    if any(found.exploratory for found in compared) or not compared:
        return f"run both sides with {ENOUGH_INVOCATIONS} or more invocations"
    folder = shlex.quote(shown(comparison.other.folder))
    return f"`tricolour report {folder}` shows the distributions behind the ratios"


def _members(finding: Finding) -> list[str]:
    """Of a mean."""
    if not finding.workloads:
        return []
    without = [f"; without {name}: {why}" for name, why in finding.left_out.items()]
    return [f"    of {', '.join(finding.workloads)}{''.join(without)}"]


def _values(finding: Finding) -> str:
    """What the ratio divides; of a longest value also the median and the greatest over the same
    runs."""
    if isnan(finding.base):
        return ""
    arrow = lambda base, other: " -> ".join(
        measured(value, finding.metric.unit) for value in (base, other)
    )
    if not finding.metric.longest:
        return arrow(finding.base, finding.other)
    return ", ".join(
        f"{name} {arrow(of(finding.base_runs), of(finding.other_runs))}"
        for name, of in (("least", min), ("median", np.median), ("greatest", max))
    )


def _conclusion(comparison: Comparison, gate: Gate | None) -> list[str]:
    lines = [f"failed: {text}" for text in comparison.newly_failed]
    if any(f.ratio is not None and f.ratio.exploratory for f in comparison.findings):
        lines.append(f"exploratory: fewer than {ENOUGH_INVOCATIONS} invocations claim nothing")
    if any(finding.starved for finding in comparison.findings):
        lines.append(
            f"starved: a run had fewer than {ENOUGH_CYCLES} cycles; such a side never comes out "
            f"better"
        )
    return lines + (_verdict(gate) if gate else [])


def _verdict(gate: Gate) -> list[str]:
    lines = [f"not judged: {text}" for text in gate.not_judged]
    lines += [f"regression: {one.name}: {ratio(one.ratio)}" for one in gate.regressions]
    lines += [f"undecided: {text}" for text in gate.undecided]
    if gate.verdict == NO_REGRESSION:
        lines.append(f"no regression beyond {100 * gate.tolerance:g} %")
    elif gate.verdict == UNDECIDED:
        lines.append(
            f"whether there is a regression beyond {100 * gate.tolerance:g} % cannot be decided"
        )
    return lines


def as_json(comparison: Comparison, gate: Gate | None) -> str:
    decisions = gate.decisions if gate else [None] * len(comparison.findings)
    document = {
        "base": comparison.base.text,
        "other": comparison.other.text,
        "paired": comparison.paired,
        "confidence": CONFIDENCE,
        "runs_needed_for": SMALL_DIFFERENCE,
        "notes": comparison.notes,
        "failed": comparison.newly_failed,
        "fail_on": gate.tolerance if gate else None,
        "verdict": gate.verdict if gate else None,
        "undecided": gate.undecided if gate else [],
        "not_judged": gate.not_judged if gate else [],
        "over": comparison.over,
        "interactions": [interaction_object(one) for one in comparison.interactions],
        "findings": [_as_object(*one) for one in zip(comparison.findings, decisions)],
    }
    return json.dumps(document, indent=2) + "\n"


def _as_object(finding: Finding, decision: Decision | None) -> dict:
    found = finding.ratio
    return {
        "metric": finding.metric.name,
        "unit": finding.metric.unit,
        "better": finding.metric.better,
        "where": finding.where,
        "base": _number(finding.base),
        "other": _number(finding.other),
        "base_runs": list(finding.base_runs),
        "other_runs": list(finding.other_runs),
        "starved": finding.starved,
        "ratio": _number(found.value) if found else None,
        "low": _number(found.low) if found else None,
        "high": _number(found.high) if found else None,
        "invocations": found.invocations if found else 0,
        "exploratory": found.exploratory if found else True,
        "runs_needed": finding.runs_needed,
        "verdict": finding.verdict,
        "workloads": list(finding.workloads),
        "left_out": finding.left_out,
        "decision": decision.verdict if decision else None,
        "undecided_because": decision.why if decision else "",
        "regression": REGRESSIONS.get(decision.verdict) if decision else None,
    }


def _number(value: float) -> float | None:
    return value if isfinite(value) else None
