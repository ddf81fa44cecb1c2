"""The result table, one row a cell, grouped by workload and heap.

Purpose: the same formatted rows for the terminal and the page.
Invariants: every cell of the experiment has a row, a failed one too; a group's rows are comparable with each other.
"""

from dataclasses import dataclass

from .experiment import CellResult, Experiment, heap_order
from .quantiles import quantile
from .quantities import ABSENT, duration, fraction, ratio, share

BASELINE = "1 (baseline)"


@dataclass(frozen=True)
class Row:
    collector: str
    barrier: str
    ratio: str
    differs: bool
    p50: str
    tail: str
    longest: str
    mmu: str
    fallback: str
    floor: str
    status: str
    failed: bool
    result: CellResult


@dataclass(frozen=True)
class Group:
    """Cells that differ in collector and barrier only."""

    title: str
    rows: list[Row]
    invocations: int


def groups(experiment: Experiment) -> list[Group]:
    by_setting: dict[tuple, list[CellResult]] = {}
    for result in experiment.results:
        extra = tuple(f"{key} {result.cell.parameters.get(key, ABSENT)}" for key in experiment.extra_keys)
        by_setting.setdefault((result.cell.workload, result.cell.heap, *extra), []).append(result)
    order = {workload: place for place, workload in enumerate(experiment.workloads)}
    settings = sorted(by_setting, key=lambda s: (order[s[0]], heap_order(s[1]), s[2:]))
    return [
        Group(
            ", ".join([setting[0], f"heap {setting[1]}", *setting[2:]]),
            [_row(result) for result in by_setting[setting]],
            max(len(result.digests) for result in by_setting[setting]),
        )
        for setting in settings
    ]


def _row(result: CellResult) -> Row:
    pooled = result.pooled_pauses()
    tail = result.tail
    return Row(
        collector=result.cell.collector,
        barrier=result.cell.barrier,
        ratio=BASELINE if result.is_baseline and result.digests else ratio(result.ratio()),
        differs=bool(not result.is_baseline and result.ratio() and result.ratio().differs),
        p50=duration(quantile(pooled, 0.5)),
        tail=ABSENT if tail is None else f"p{100 * tail[0]:g} {duration(tail[1])}",
        longest=duration(result.least_disturbed("pause_max")),
        mmu=fraction(result.middle("mmu_10ms")),
        fallback=share(result.fallback_share) if _can_fall_back(result) else ABSENT,
        floor=duration(_floor(result)),
        status=_status(result),
        failed=bool(result.failures) or not result.digests,
        result=result,
    )


def _floor(result: CellResult) -> float:
    """The machine's own longest hiccup, the minimum over runs, as for the longest pause."""
    longest = [digest.hiccups.max() for digest in result.digests if len(digest.hiccups)]
    return float(min(longest)) if longest else float("nan")


def _can_fall_back(result: CellResult) -> bool:
    kinds = {kind for digest in result.digests for kind in digest.pauses}
    return bool(kinds & {"cycle_begin", "termination", "quantum", "fallback"})


def _status(result: CellResult) -> str:
    parts = [f"{count} {status}" for status, count in sorted(result.statuses.items(), key=lambda s: s[0] != "ok")]
    if result.never_ran:
        parts.append(f"{result.never_ran} missing")
    return ", ".join(parts) or "none readable"
