"""One run as it passed: some of its cycles thread by thread, and its heap.

Purpose: what the page's drill-down shows of each run, from the tables that the run wrote.
Invariants: times are ns from the begin of the measured region, heap times microseconds, sizes KiB. Only cycles wholly
inside the region. All runs together hold about BARS and SAMPLES, so that the page of a long sweep stays small: cycles are left
out (the one of the longest pause, the longest and the one of median length never are), bars closer together than `closed_ns`
are one, and of the heap stand the extremes of equal stretches.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ...program.errors import DamagedRun
from ...program.parallel import share_out
from ...read.sweep_folder import Run
from ...read.tables import read_table
from ...statistics.lost_time import SLOW_PATHS, merge, pauses_in_region
from .compact import steps

BARS = 90_000
SAMPLES = 60_000
FEWEST = 200
MOST_SAMPLES = 2_000
VISIBLE = 1 / 2000  # of a cycle's length: a gap smaller than that is no pixel wide
PHASES = (
    "begin",
    "marking",
    "termination",
    "sweeping",
    "paused",
    "stall",
    "assist",
    "handshake",
    *SLOW_PATHS,
)
ALL_MUTATORS = -1


@dataclass(frozen=True)
class Events:
    """Phases and pauses of a run as parallel arrays sorted by cycle; `row` indexes threads, `what` indexes the names."""

    threads: list[tuple[str, int]]
    names: list[str]
    table: pd.DataFrame


def details(runs: list[Run]) -> list[dict | None]:
    """The detail of each run, None where its tables cannot be read."""
    bars = max(FEWEST, BARS // max(1, len(runs)))
    samples = min(MOST_SAMPLES, max(FEWEST, SAMPLES // max(1, len(runs))))
    return share_out(lambda run: _attempt(run, bars, samples), runs)


def _attempt(run: Run, bars: int, samples: int) -> dict | None:
    try:
        return detail(run, bars, samples)
    except DamagedRun:
        return None


def detail(run: Run, bars: int, samples: int) -> dict:
    start, length = run.record["start_ns"], run.record["end_ns"] - run.record["start_ns"]
    events = _events(run, start, length)
    table = events.table
    cycles = [_cycle(number, group, bars // 4) for number, group in _chosen(table, length, bars)]
    stops = table[table["pause"]]
    return {
        "length": length,
        "threads": [f"{role} {index}" for role, index in events.threads],
        "names": events.names,
        "cycles": cycles,
        "of": int(table["cycle"].nunique()),
        "heap": _heap(run, start, length, samples),
        "pauses": _closed(
            stops["begin"].to_numpy().clip(0, length),
            stops["end"].to_numpy().clip(0, length),
            length / 400,
        ),
    }


def _events(run: Run, start: int, length: int) -> Events:
    mutators = run.record["parameters"]["mutators"]
    pauses = pauses_in_region(read_table(run.folder, "pauses"), start, start + length)
    phases = read_table(run.folder, "phases")
    phases = phases[(phases["end_ns"] > start) & (phases["begin_ns"] < start + length)]
    phases = phases[
        (phases["role"] != "mutator") | (phases["thread"] < mutators)
    ]  # a workload's own children have no row
    others = phases[phases["role"] != "mutator"]
    threads = [("mutator", index) for index in range(mutators)]
    threads += sorted(set(zip(others["role"].astype(str), others["thread"].tolist())))
    rows = {thread: row for row, thread in enumerate(threads)}
    worked = pd.DataFrame(
        {
            "cycle": phases["cycle"],
            "row": [rows[thread] for thread in zip(phases["role"].astype(str), phases["thread"])],
            "name": phases["phase"].astype(str),
            "begin": phases["begin_ns"] - start,
            "end": phases["end_ns"] - start,
            "pause": False,
        }
    )
    stopped = pd.DataFrame(
        {
            "cycle": pauses["cycle"],
            "row": [ALL_MUTATORS if who == "all" else int(who) for who in pauses["mutator"]],
            "name": "pause: " + pauses["kind"].astype(str),
            "begin": pauses["begin_ns"] - start,
            "end": pauses["resume_ns"] - start,
            "pause": True,
        }
    )
    table = pd.concat([worked, stopped]).sort_values(["cycle", "begin"], kind="stable")
    names = [name for name in PHASES if (table["name"] == name).any()]
    names += sorted(set(table["name"]) - set(names))
    return Events(
        threads,
        names,
        table.assign(what=table["name"].map({name: place for place, name in enumerate(names)})),
    )


def _chosen(table: pd.DataFrame, length: int, bars: int) -> list[tuple[int, pd.DataFrame]]:
    """(number, events) of the cycles that are shown: the remarkable ones, and evenly spread ones as far as `bars` go."""
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
    typical = min(float(spans["bars"].median()), bars / 4)
    spread = (
        np.linspace(0, len(spans) - 1, min(len(spans), max(4, int(bars / typical))))
        .round()
        .astype(int)
    )
    numbers = sorted(remarkable | set(spans.index[spread]))
    first, last = (np.searchsorted(table["cycle"], numbers, side) for side in ("left", "right"))
    return [(int(number), table.iloc[low:high]) for number, low, high in zip(numbers, first, last)]


def _cycle(number: int, events: pd.DataFrame, most: int) -> dict:
    """`rows`: [thread or ALL_MUTATORS, name, bars]; bars are begins and lengths in turn, each begin from the end before it."""
    row, what, begins, ends = (
        events[column].to_numpy() for column in ("row", "what", "begin", "end")
    )
    begin, span = int(begins.min()), int(ends.max() - begins.min())
    kinds = np.unique(np.column_stack([row, what]), axis=0).tolist()
    members = [(row == one) & (what == name) for one, name in kinds]
    closed = span * VISIBLE
    while True:
        bars = [_closed(begins[own] - begin, ends[own] - begin, closed) for own in members]
        shown = sum(len(one) // 2 for one in bars)
        if shown <= max(most, len(kinds)):
            break
        closed *= 2
    stops = (ends - begins)[events["pause"].to_numpy()]
    return {
        "number": number,
        "begin": begin,
        "span": span,
        "rows": [[*kind, one] for kind, one in zip(kinds, bars)],
        "events": len(events),
        "shown": shown,
        "closed_ns": round(closed),
        "longest": int(stops.max(initial=0)),
    }


def _closed(begins: np.ndarray, ends: np.ndarray, gap: float) -> list[int]:
    """The union of intervals, gaps of at most `gap` closed: gap before, length, gap before, length ..."""
    gap = round(gap)
    low, high = merge(begins, ends + gap + 1)
    return steps(np.column_stack([low, high - gap - 1]).ravel())


def _heap(run: Run, start: int, length: int, samples: int) -> dict | None:
    heap = read_table(run.folder, "heap")
    heap = heap[heap["t_ns"].between(start, start + length)].sort_values("t_ns", kind="stable")
    if heap.empty:
        return None
    time = (heap["t_ns"].to_numpy() - start) // 1000
    used, size, trigger = (
        heap[name].to_numpy() // 1024 for name in ("used", "committed", "trigger")
    )
    shown = _extremes(used, samples)
    changed = np.flatnonzero((np.diff(trigger, prepend=-1) != 0))
    begun = np.flatnonzero((heap["event"] == "trigger").to_numpy(dtype=bool))
    changed, begun = _thinned(changed, samples // 2), _thinned(begun, samples // 2)
    return {
        "samples": len(heap),
        "time": steps(time[shown]),
        "used": used[shown].tolist(),
        "size": int(size.max()),
        "trigger_time": steps(time[changed]),
        "trigger": trigger[changed].tolist() if trigger.any() else [],
        "begun_time": steps(time[begun]),
        "begun": used[begun].tolist(),
    }


def _extremes(values: np.ndarray, most: int) -> np.ndarray:
    """Indices of least and greatest in each of most / 2 equal stretches, all where there are no more than `most`."""
    if len(values) <= most:
        return np.arange(len(values))
    stretches = np.array_split(np.arange(len(values)), most // 2)
    return np.unique([own[of(values[own])] for own in stretches for of in (np.argmin, np.argmax)])


def _thinned(places: np.ndarray, most: int) -> np.ndarray:
    return (
        places[
            np.unique(np.linspace(0, len(places) - 1, min(len(places), most)).round().astype(int))
        ]
        if len(places)
        else places
    )
