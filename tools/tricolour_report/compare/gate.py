"""The verdict of `compare --fail-on`.

Purpose: for each figure of a comparison whether it regressed, did not, or cannot be decided; and
the exit code of all together.
Invariants: what cannot be decided is never told as "no", and always with its reason. A regression
is shown by an interval that excludes 1 on the bad side, with a ratio worse than the tolerance; that
there is none, by an interval of ENOUGH_INVOCATIONS that is wholly within the tolerance. An extreme
has no interval: of ENOUGH_INVOCATIONS on each side it regressed when every run of OTHER is worse
than every run of BASE by more than the tolerance, and did not when least, median and greatest are
within it. An OTHER that alone is starved or left requests unserved never proves to be no worse.
"""

from dataclasses import dataclass, field

import numpy as np

from ..statistics.intervals import ENOUGH_INVOCATIONS
from ..statistics.metrics import Metric
from .compare import Comparison, Finding

REGRESSION, NO_REGRESSION, UNDECIDED = "regression", "no regression", "undecided"
EXIT_CODES = {NO_REGRESSION: 0, REGRESSION: 6, UNDECIDED: 8}


@dataclass(frozen=True)
class Decision:
    """`why` it is undecided."""

    verdict: str
    why: str = ""


@dataclass
class Gate:
    """`decisions` are as the comparison's findings; `undecided` and `not_judged` are sentences."""

    tolerance: float
    decisions: list[Decision | None] = field(default_factory=list)
    regressions: list[Finding] = field(default_factory=list)
    undecided: list[str] = field(default_factory=list)
    not_judged: list[str] = field(default_factory=list)
    newly_failed: bool = False

    @property
    def verdict(self) -> str:
        if self.regressions or self.newly_failed:
            return REGRESSION
        return UNDECIDED if self.undecided else NO_REGRESSION

    @property
    def exit_code(self) -> int:
        return EXIT_CODES[self.verdict]


def judge(comparison: Comparison, tolerance: float, asked: bool) -> Gate:
    """`asked`: the metrics were asked for by name. Else one that neither side of a pair has is not
    judged there. A mean can show a regression; that it shows none is for its workloads to say."""
    gate = Gate(tolerance, newly_failed=bool(comparison.newly_failed))
    for finding in comparison.findings:
        if finding.absent and not asked:
            gate.decisions.append(None)
            gate.not_judged.append(f"{finding.name}: no run of either side has one")
            continue
        decision = decide(finding, tolerance)
        gate.decisions.append(decision)
        if decision.verdict == REGRESSION:
            gate.regressions.append(finding)
        elif decision.verdict == UNDECIDED and not finding.workloads:
            gate.undecided.append(f"{finding.name}: {decision.why}")
    gate.undecided += comparison.unmatched
    return gate


def decide(finding: Finding, tolerance: float) -> Decision:
    if finding.ratio is None:
        return _without_ratio(finding)
    by = _by_runs if finding.metric.extreme else _by_interval
    decision = by(finding, tolerance)
    if decision.verdict == NO_REGRESSION and finding.doubt:
        return Decision(UNDECIDED, f"it is not worse, but {finding.doubt}")
    return decision


def _without_ratio(finding: Finding) -> Decision:
    """Where all runs of both sides have 0, nothing became worse."""
    fewest = min(len(finding.base_runs), len(finding.other_runs))
    if not fewest or any(finding.base_runs) or any(finding.other_runs):
        return Decision(UNDECIDED, finding.why_not.removeprefix("no ratio: "))
    if fewest < ENOUGH_INVOCATIONS:
        return Decision(UNDECIDED, _too_few(fewest))
    return Decision(NO_REGRESSION)


def _by_interval(finding: Finding, tolerance: float) -> Decision:
    metric, ratio = finding.metric, finding.ratio
    if ratio.differs and _is_worse(metric, ratio.value, tolerance):
        return Decision(REGRESSION)
    if ratio.exploratory:
        return Decision(UNDECIDED, _too_few(ratio.invocations))
    end = ratio.low if metric.better == "higher" else ratio.high
    if _is_worse(metric, end, tolerance):
        return Decision(UNDECIDED, f"the interval reaches {end:.3f}; more runs make it shorter")
    return Decision(NO_REGRESSION)


def _by_runs(finding: Finding, tolerance: float) -> Decision:
    metric, base, other = finding.metric, finding.base_runs, finding.other_runs
    fewest = min(len(base), len(other))
    if fewest < ENOUGH_INVOCATIONS:
        return Decision(UNDECIDED, _too_few(fewest))
    nearest = max(other) / min(base) if metric.better == "higher" else min(other) / max(base)
    if _is_worse(metric, nearest, tolerance):
        return Decision(REGRESSION)
    ratios = {
        name: of(other) / of(base)
        for name, of in (("least", min), ("median", np.median), ("greatest", max))
    }
    if not any(_is_worse(metric, ratio, tolerance) for ratio in ratios.values()):
        return Decision(NO_REGRESSION)
    told = ", ".join(f"{name} {ratio:.3f}" for name, ratio in ratios.items())
    return Decision(
        UNDECIDED, f"it has no interval, and runs of both sides overlap: {told} times BASE's"
    )


def _is_worse(metric: Metric, ratio: float, tolerance: float) -> bool:
    return ratio < 1.0 - tolerance if metric.better == "higher" else ratio > 1.0 + tolerance


def _too_few(invocations: int) -> str:
    return f"too few runs: {invocations}, and a claim needs {ENOUGH_INVOCATIONS}"
