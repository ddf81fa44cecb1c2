"""What the slowest requests waited for.

Purpose: the causes that runs recorded of their requests of SLOW or more, put together by cell.
Invariants: the parts of a cell add up to the time of all its slow requests; what has no name is
`unexplained`, never shared out among causes. The explained share of a cell is unknown when that of
any of its runs with slow requests is.
"""

from dataclasses import dataclass
from math import isnan

from ..read.experiment import CellResult
from ..statistics.quantities import ABSENT, duration, share

SLOW = "1 ms"
UNEXPLAINED = "unexplained"
CAUSES = {
    "paused": "#222222",
    "handshake": "#8C6D31",
    "assist": "#7A5195",
    "stall": "#B00020",
    "lazy_sweeping": "#E69F00",
    "search": "#D55E00",
    "large_object_search": "#CC79A7",
    "registry_lock": "#0072B2",
    "page_fault": "#56B4E9",
    "allocation_slow_path": "#009E73",
    "run_delay": "#999999",
    "steal": "#332288",
    "blocked": "#F0E442",
}
COLOURS = CAUSES | {UNEXPLAINED: "#E4E4E4"}


@dataclass(frozen=True)
class Request:
    """One slow request; `start` in ns from the begin of the measured region."""

    block: int
    thread: int
    start: int
    length: int
    parts: dict[str, int]

    @property
    def text(self) -> str:
        """Its causes, the longest first."""
        return parts_text(self.parts)


@dataclass(frozen=True)
class Waits:
    """Of all timed runs of a cell: its slow requests, and `parts` of their time in ns by cause."""

    count: int
    total: int
    parts: dict[str, int]
    explained: float
    slowest: Request | None


def slow_requests(block: int, record: dict, most: int) -> list[Request]:
    """The slowest of a run, slowest first."""
    return [
        Request(
            block,
            one["thread"],
            one["start_ns"] - record["start_ns"],
            one["duration_ns"],
            _parts(one["causes"], one["duration_ns"]),
        )
        for one in (record["requests"] or {"slow": []})["slow"][:most]
    ]


def waits(result: CellResult) -> Waits | None:
    """None where no run of the cell has requests."""
    told = [digest.record["requests"] for digest in result.digests if digest.record["requests"]]
    if not told:
        return None
    total = sum(one["slow_total_ns"] for one in told)
    named = {cause: sum(one["slow_causes"].get(cause, 0) for one in told) for cause in CAUSES}
    known = all(one["explained_share"] is not None for one in told if one["slow_count"])
    slowest = [
        one for digest in result.digests for one in slow_requests(digest.block, digest.record, 1)
    ]
    return Waits(
        count=sum(one["slow_count"] for one in told),
        total=total,
        parts=_parts(named, total),
        explained=sum(named.values()) / total if total and known else float("nan"),
        slowest=max(slowest, key=lambda one: one.length, default=None),
    )


def _parts(causes: dict[str, int], length: int) -> dict[str, int]:
    """The causes that took time in the order of CAUSES, and the rest."""
    named = {cause: causes[cause] for cause in CAUSES if causes.get(cause)}
    rest = length - sum(named.values())
    return named | ({UNEXPLAINED: rest} if rest else {})


def parts_text(parts: dict[str, int], most: int = 0) -> str:
    """`pause 12.1 ms, search 3.02 ms`, the longest first; at most `most` of them where that is
    given."""
    longest = sorted(parts.items(), key=lambda part: -part[1])
    return ", ".join(
        f"{cause.replace('_', ' ')} {duration(spent)}" for cause, spent in longest[: most or None]
    )


def explained_text(one: Waits) -> str:
    return f"{ABSENT} (run delay unknown)" if isnan(one.explained) else share(one.explained)


def shares_text(one: Waits, most: int) -> str:
    """`pause 92.0 %, unexplained 8.0 %`: the greatest parts of the time of slow requests."""
    greatest = sorted(one.parts.items(), key=lambda part: -part[1])[:most]
    return ", ".join(
        f"{cause.replace('_', ' ')} {share(spent / one.total)}" for cause, spent in greatest
    )
