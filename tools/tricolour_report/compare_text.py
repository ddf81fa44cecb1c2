"""A comparison as text and as JSON.

Purpose: what `compare` prints.
Invariant: both forms come from the same `Comparison`; JSON has null where there is no number.
"""

import json
from math import isfinite, isnan

import numpy as np

from .compare import Comparison, Finding
from .experiment import ENOUGH_CYCLES
from .intervals import CONFIDENCE, ENOUGH_INVOCATIONS
from .quantities import measured, ratio


def as_text(comparison: Comparison, tolerance: float | None) -> str:
    how = "paired by block" if comparison.paired else "unpaired: two folders, independent runs (Welch)"
    lines = [
        f"BASE  {comparison.base.text}", f"OTHER {comparison.other.text}",
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
        lines.append(_line(finding, width))
    lines += ["", *_conclusion(comparison, tolerance)]
    return "\n".join(lines) + "\n"


def _line(finding: Finding, width: int) -> str:
    if finding.ratio is None:
        return f"  {finding.where:<{width}} {finding.why_not}"
    label = ", exploratory" if finding.ratio.exploratory else ""
    starved = f"; {finding.starved}" if finding.starved else ""
    return (
        f"  {finding.where:<{width}} {ratio(finding.ratio):<22} {finding.verdict}"
        f" (n={finding.ratio.invocations}{label}) {_values(finding)}{starved}"
    ).rstrip()


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


def _conclusion(comparison: Comparison, tolerance: float | None) -> list[str]:
    lines = [f"failed: {text}" for text in comparison.newly_failed]
    if any(f.ratio is not None and f.ratio.exploratory for f in comparison.findings):
        lines.append(f"exploratory: fewer than {ENOUGH_INVOCATIONS} invocations claim nothing")
    if any(finding.starved for finding in comparison.findings):
        lines.append(
            f"starved: a run had fewer than {ENOUGH_CYCLES} cycles; such a side never comes out "
            f"better"
        )
    if tolerance is not None:
        found = comparison.regressions(tolerance)
        lines += [f"regression: {f.metric.name}, {f.where}: {ratio(f.ratio)}" for f in found]
        if not found and not comparison.newly_failed:
            lines.append(f"no regression beyond {100 * tolerance:g} %")
    return lines


def as_json(comparison: Comparison, tolerance: float | None) -> str:
    document = {
        "base": comparison.base.text,
        "other": comparison.other.text,
        "paired": comparison.paired,
        "confidence": CONFIDENCE,
        "notes": comparison.notes,
        "failed": comparison.newly_failed,
        "findings": [_as_object(finding, tolerance) for finding in comparison.findings],
    }
    return json.dumps(document, indent=2) + "\n"


def _as_object(finding: Finding, tolerance: float | None) -> dict:
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
        "verdict": finding.verdict,
        "regression": None if tolerance is None else finding.regressed(tolerance),
    }


def _number(value: float) -> float | None:
    return value if isfinite(value) else None
