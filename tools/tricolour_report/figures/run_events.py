"""One run as it passed: its threads, cycles and heap, from the tables that it wrote.

Invariants: times are ns from the begin of the measured region. Only cycles wholly inside the
region. All runs of a page together show about BARS and SAMPLES, so that the page of a long sweep
stays small: cycles are left out (the one of the longest pause, the longest, the one of median
length and those of the worst moments never are), and bars closer together than `closed_ns` are one.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Iterable

import numpy as np
import pandas as pd

from ..read import schema
from ..read.counted_pauses import read_counted_pauses
from ..read.experiment import CellResult
from ..read.sweep_folder import Run
from ..read.tables import read_table
from ..statistics.interval_union import merge
from .moments import ALL_MUTATORS, PAUSE, Moment, worst_pause, worst_request

BARS = 90_000
SAMPLES = 60_000
FEWEST = 200
MOST_SAMPLES = 2_000
VISIBLE = 1 / 2000  # of a cycle's length: a gap smaller than that is no pixel wide
FELL_BACK = f"{PAUSE}fallback"
NO_ROW = -2  # of a workload's own children


@dataclass(frozen=True)
class Cycle:
    """`bars` are (thread, ALL_MUTATORS or NO_ROW, name, begins, ends); `events` is how many there
    were, `shown` how many bars they became, and `longest` its longest pause. `fell_back`: it began
    beside running mutators and ended with all of them stopped."""

    number: int
    begin: int
    span: int
    bars: list[tuple[int, str, np.ndarray, np.ndarray]]
    events: int
    shown: int
    closed_ns: int
    longest: int
    fell_back: bool


@dataclass(frozen=True)
class RunEvents:
    """`of` counts all cycles in the region, `cycles` are those that are shown. `table` has every
    phase and pause, `heap` every sample with `time` from the region's begin; no figure of it is to
    show more than `samples`. `moments` has the worst `pause` and `request`, as far as there are
    any.
    """

    result: CellResult
    block: int
    length: int
    threads: list[str]
    table: pd.DataFrame
    heap: pd.DataFrame
    cycles: list[Cycle]
    of: int
    samples: int
    moments: dict[str, Moment]

    @property
    def median_cycle(self) -> Cycle | None:
        """The one of median length."""
        ordered = sorted(self.cycles, key=lambda cycle: cycle.span)
        return ordered[len(ordered) // 2] if ordered else None

    @property
    def mutators(self) -> tuple[str, ...]:
        return tuple(name for name in self.threads if name.startswith("mutator "))


def budget(runs: int) -> tuple[int, int]:
    """Bars and samples of each of so many runs."""
    samples = min(MOST_SAMPLES, max(FEWEST, SAMPLES // max(1, runs)))
    return max(FEWEST, BARS // max(1, runs)), samples


def read_events(result: CellResult, run: Run, bars: int, samples: int) -> RunEvents:
    """Raises DamagedRun when a table cannot be read."""
    start, length = run.record["start_ns"], run.record["end_ns"] - run.record["start_ns"]
    threads, table = _events(run, start, length)
    heap = read_table(run.folder, "heap")
    heap = heap[heap["t_ns"].between(start, start + length)].sort_values("t_ns", kind="stable")
    moments = _moments(run, table, length)
    worst = {moment.cycle for moment in moments.values()}
    return RunEvents(
        result,
        run.block,
        length,
        [f"{role} {index}" for role, index in threads],
        table,
        heap.assign(time=heap["t_ns"] - start),
        [_cycle(number, group, bars // 4) for number, group in _chosen(table, length, bars, worst)],
        int(table["cycle"].nunique()),
        samples,
        moments,
    )


def _moments(run: Run, table: pd.DataFrame, length: int) -> dict[str, Moment]:
    """Those that begin inside the measured region."""
    inside = table[table["begin"].between(0, length)]
    found = {
        "pause": worst_pause(inside),
        "request": worst_request(table, run.block, run.record),
    }
    return {name: moment for name, moment in found.items() if moment}


def one_of_each_collector(results: list[CellResult]) -> list[RunEvents]:
    """Of each collector the first timed run of a cell: with the barrier that most collectors have
    here, so that they can be compared; of several such cells that of median throughput."""
    timed = [result for result in results if result.digests]
    by_collector: dict[str, list[CellResult]] = {}
    for result in timed:
        by_collector.setdefault(result.cell.collector, []).append(result)
    common = Counter(
        barrier
        for _, barrier in dict.fromkeys((one.cell.collector, one.cell.barrier) for one in timed)
    ).most_common(1)
    found = []
    for group in by_collector.values():
        alike = [one for one in group if one.cell.barrier == common[0][0]] or group
        middle = sorted(alike, key=lambda one: one.middle("throughput"))[len(alike) // 2]
        block = middle.digests[0].block
        run = next(run for run in middle.runs if run.block == block)
        found.append(read_events(middle, run, BARS, MOST_SAMPLES))
    return found


def _events(run: Run, start: int, length: int) -> tuple[list[tuple[str, int]], pd.DataFrame]:
    """Threads as (role, index), and phases and pauses by cycle; `row` is a thread's place."""
    mutators = run.record["parameters"]["mutators"]
    pauses = read_counted_pauses(run.folder)
    phases = read_table(run.folder, "phases")
    phases = phases[(phases["end_ns"] > start) & (phases["begin_ns"] < start + length)]
    phases = phases[(phases["role"] != "mutator") | (phases["thread"] < mutators)]
    others = phases[phases["role"] != "mutator"]
    threads = [("mutator", index) for index in range(mutators)]
    threads += sorted(set(zip(others["role"].astype(str), others["thread"].tolist())))
    rows = {thread: row for row, thread in enumerate(threads)}
    worked = pd.DataFrame(
        {
            "cycle": phases["cycle"],
            "row": _places(
                rows[thread] for thread in zip(phases["role"].astype(str), phases["thread"])
            ),
            "name": phases["phase"].astype(str),
            "begin": phases["begin_ns"] - start,
            "end": phases["end_ns"] - start,
            "pause": False,
        }
    )
    stopped = pd.DataFrame(
        {
            "cycle": pauses["cycle"],
            "row": _places(
                ALL_MUTATORS if which == "all" else rows.get(("mutator", int(which)), NO_ROW)
                for which in pauses["mutator"]
            ),
            "name": PAUSE + pauses["kind"].astype(str),
            "begin": pauses["begin_ns"] - start,
            "end": pauses["resume_ns"] - start,
            "pause": True,
        }
    )
    table = pd.concat([worked, stopped]).sort_values(["cycle", "begin"], kind="stable")
    return threads, table


def _places(rows: Iterable[int]) -> np.ndarray:
    """Whole numbers, also where there are none: a list of none would make all floats."""
    return np.fromiter(rows, dtype=np.int64)


def _chosen(
    table: pd.DataFrame, length: int, bars: int, worst: set[int | None]
) -> list[tuple[int, pd.DataFrame]]:
    """(number, events) of the cycles that are shown: the remarkable ones, those of the worst
    moments, and evenly spread ones as far as `bars` go."""
    longest = table["end"].sub(table["begin"]).where(table["pause"], 0)
    spans = (
        table.assign(stop=longest)
        .groupby("cycle")
        .agg(
            begin=("begin", "min"), end=("end", "max"), bars=("begin", "size"), stop=("stop", "max")
        )
    )
    spans = spans[(spans["begin"] >= 0) & (spans["end"] <= length)]
    if spans.empty:
        return []
    span = spans["end"] - spans["begin"]
    remarkable = {span.idxmax(), span.sort_values().index[len(span) // 2], spans["stop"].idxmax()}
    remarkable |= worst & set(spans.index)
    typical = min(float(spans["bars"].median()), bars / 4)
    spread = (
        np.linspace(0, len(spans) - 1, min(len(spans), max(4, int(bars / typical))))
        .round()
        .astype(int)
    )
    numbers = sorted(remarkable | set(spans.index[spread]))
    first, last = (np.searchsorted(table["cycle"], numbers, side) for side in ("left", "right"))
    return [(int(number), table.iloc[low:high]) for number, low, high in zip(numbers, first, last)]


def _cycle(number: int, events: pd.DataFrame, most: int) -> Cycle:
    """With gaps closed until there are at most `most` bars, or one of each kind."""
    begins, ends = events["begin"].to_numpy(), events["end"].to_numpy()
    begin, span = int(begins.min()), int(ends.max() - begins.min())
    kinds = sorted(set(zip(events["row"].tolist(), events["name"])), key=_order)
    row, name = events["row"].to_numpy(), events["name"].to_numpy()
    members = [(row == one) & (name == what) for one, what in kinds]
    closed = span * VISIBLE
    while True:
        bars = [close_gaps(begins[own], ends[own], closed) for own in members]
        shown = sum(len(low) for low, _ in bars)
        if shown <= max(most, len(kinds)):
            break
        closed *= 2
    stops = (ends - begins)[events["pause"].to_numpy()]
    return Cycle(
        number,
        begin,
        span,
        [(*kind, *bar) for kind, bar in zip(kinds, bars)],
        len(events),
        shown,
        round(closed),
        int(stops.max(initial=0)),
        bool((events["name"] == FELL_BACK).any()),
    )


def _order(kind: tuple[int, str]) -> tuple:
    """Pauses last, so that they are over what they stop."""
    row, name = kind
    phases = schema.table_words("phases")["phase"]
    known = phases.index(name) if name in phases else len(phases)
    return name.startswith(PAUSE), row, known, name


def close_gaps(begins: np.ndarray, ends: np.ndarray, gap: float) -> tuple[np.ndarray, np.ndarray]:
    """The union of intervals, gaps of at most `gap` closed, as (begins, ends)."""
    gap = round(gap)
    low, high = merge(begins, ends + gap + 1)
    return low, high - gap - 1
