"""The result table, one row a cell, grouped by workload and heap.

Purpose: the same formatted rows for the terminal and the page.
Invariants: every cell of the experiment has a row, a failed one too; a group's rows are comparable
with each other. A longest value is the least, the median and the greatest over runs. A starved
cell, or one against a starved baseline, is never marked as different.
"""

from dataclasses import dataclass

from ..read.experiment import CellResult, Experiment, heap_order
from ..statistics.quantiles import quantile
from ..statistics.quantities import ABSENT, duration, fraction, ratio, share
from .bystander import delay_text
from .table import Column

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
    longest_request: str
    unexplained: str
    mmu: str
    fallback: str
    bystander: str
    cycles: str
    status: str
    failed: bool
    starved: bool
    result: CellResult

    @property
    def state(self) -> str:
        return "failed" if self.failed else "starved" if self.starved else ""


COLUMNS = [
    Column("collector", lambda row: row.collector),
    Column("barrier", lambda row: row.barrier),
    Column(
        "throughput ratio [95 %]",
        lambda row: row.ratio + (" *" if row.differs else ""),
        "some-wrap",
    ),
    Column("cycles", lambda row: row.cycles + (", starved" if row.starved else ""), "number"),
    Column("pause p50", lambda row: row.p50, "number"),
    Column("tail", lambda row: row.tail.replace(" ", "\n", 1), "number lines"),
    Column("longest pause", lambda row: row.longest, "number lines"),
    Column("longest request", lambda row: row.longest_request, "number lines"),
    Column("MMU(10 ms)", lambda row: row.mmu, "number"),
    Column("fallback", lambda row: row.fallback, "number"),
    Column("bystander p99", lambda row: row.bystander, "number some-wrap"),
    Column("runs", lambda row: row.status.replace("_", " "), "some-wrap"),
]


@dataclass(frozen=True)
class Group:
    """Cells that differ in collector and barrier only."""

    title: str
    rows: list[Row]
    invocations: int


def groups(experiment: Experiment) -> list[Group]:
    by_setting: dict[tuple, list[CellResult]] = {}
    for result in experiment.results:
        extra = tuple(
            f"{key} {result.cell.parameters.get(key, ABSENT)}" for key in experiment.extra_keys
        )
        by_setting.setdefault((result.cell.workload, result.cell.heap, *extra), []).append(result)
    order = {workload: place for place, workload in enumerate(experiment.workloads)}
    settings = sorted(by_setting, key=lambda s: (order[s[0]], heap_order(s[1]), s[2:]))
    return [
        Group(
            ", ".join([setting[0], f"heap {setting[1]}", *setting[2:]]),
            [_row(experiment, result) for result in by_setting[setting]],
            max(len(result.digests) for result in by_setting[setting]),
        )
        for setting in settings
    ]


def _row(experiment: Experiment, result: CellResult) -> Row:
    pooled = result.pooled_pauses()
    tail = result.tail
    return Row(
        collector=result.cell.collector,
        barrier=result.cell.barrier,
        ratio=BASELINE if result.is_baseline and result.digests else ratio(result.ratio()),
        differs=bool(
            not result.is_baseline
            and result.fairly_compared
            and result.ratio()
            and result.ratio().differs
        ),
        p50=duration(quantile(pooled, 0.5)),
        tail=ABSENT if tail is None else f"p{100 * tail[0]:g} {duration(tail[1])}",
        longest=over_runs(result, "pause_max"),
        longest_request=over_runs(result, "request_max"),
        unexplained=over_runs(result, "unexplained_max"),
        mmu=fraction(result.told("mmu_10ms")),
        fallback=share(result.fallback_share) if _can_fall_back(result) else ABSENT,
        bystander=delay_text(experiment, result),
        cycles=cycles_text(result),
        status=_status(result),
        failed=bool(result.failures) or not result.digests,
        starved=result.starved,
        result=result,
    )


def over_runs(result: CellResult, metric: str) -> str:
    """`54.1 µs · 1.14 ms · 1.27 ms`: least, median and greatest over runs."""
    found = result.over_runs(metric)
    return (
        " · ".join(map(duration, (found.least, found.median, found.greatest))) if found else ABSENT
    )


def cycles_text(result: CellResult) -> str:
    """Of one run, from the fewest to the most."""
    fewest, most = result.cycles
    if not result.digests:
        return ABSENT
    return f"{fewest}" if fewest == most else f"{fewest}–{most}"


def cycles_said(result: CellResult) -> str:
    text = cycles_text(result)
    return f"{text} cycle{'' if text == '1' else 's'}"


def _can_fall_back(result: CellResult) -> bool:
    kinds = {kind for digest in result.digests for kind in digest.pauses}
    return bool(kinds & {"cycle_begin", "termination", "quantum", "fallback"})


def _status(result: CellResult) -> str:
    parts = [
        f"{count} {status}"
        for status, count in sorted(result.statuses.items(), key=lambda s: s[0] != "ok")
    ]
    if result.never_ran:
        parts.append(f"{result.never_ran} missing")
    return ", ".join(parts) or "none readable"
