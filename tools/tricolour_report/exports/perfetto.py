"""A timeline of each run in the Trace Event Format, which Perfetto (ui.perfetto.dev) and Chrome's
trace viewer open.

Purpose: what `tricolour run --trace` writes from memory, from a run's tables: same names, arguments
and units, and `origin_ns`, the moment at which `ts` is 0. Two things are missing. The tables do not
say which thread stopped the world, and which traced, so pauses of all mutators and phases of the
collector's threads are in rows called `collector`, where `--trace` has one row per thread. And they
have no row for a mutator in a system call or a wait of its own, so `blocked` is absent.
A pause is drawn from the request on, as `--trace` draws it, however many mutators there were; its
argument `time_to_safepoint_ns` is the part that the length of a single mutator's pause leaves out.
Invariant: slices of one row nest. A slice that would cross another is in a further row of the same
name, so both are visible.
Source: Trace Event Format, Google; complete ("X"), counter ("C") and metadata ("M") events; times
in microseconds, with nanoseconds behind the point.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable, Iterable

import pandas as pd

from ..read.experiment import Experiment
from ..read.sweep_folder import Run
from ..read.tables import read_table
from .runs import file_stem, timed_runs

RUN, COLLECTOR = "run", "collector"


@dataclass(frozen=True)
class Slice:
    """One bar of row `row`; times in ns, on the tables' time base."""

    row: str
    name: str
    begin: int
    end: int
    arguments: dict = field(default_factory=dict)


def write(experiment: Experiment, out: Path, progress: Callable[[str], None]) -> None:
    for result, run, _ in timed_runs(experiment, progress):
        (out / f"{file_stem(experiment, result)}-{run.block}.json").write_text(
            timeline(run), encoding="utf-8"
        )


def timeline(run: Run) -> str:
    slices = [
        Slice(RUN, "measured region", run.record["start_ns"], run.record["end_ns"]),
        *_pauses(run),
        *_phases(run),
    ]
    counts = list(_heap(run))
    origin = min([one.begin for one in slices] + [at for _, at, _ in counts])
    lines = []
    for thread, (name, members) in enumerate(nested_rows(slices)):
        lines.append(_event("M", thread, "thread_name", "", {"name": name}))
        lines += [
            _event("X", thread, one.name, _span(one, origin), one.arguments) for one in members
        ]
    lines += [
        _event("C", None, name, f'"ts":{_microseconds(at - origin)},', {"bytes": value})
        for name, at, value in counts
    ]
    other = _json({"command": run.record["command"], "origin_ns": origin})
    return (
        f'{{"displayTimeUnit":"ns","otherData":{other},"traceEvents":[\n'
        + ",\n".join(lines)
        + "\n]}\n"
    )


def nested_rows(slices: Iterable[Slice]) -> list[tuple[str, list[Slice]]]:
    """(name, slices) of each row: the run's, the mutators', the collector's; as few as there can be
    without slices that cross."""
    rows: dict[str, list[tuple[list[Slice], list[int]]]] = {}
    for one in sorted(slices, key=lambda one: (one.begin, -one.end)):
        of_name = rows.setdefault(one.row, [])
        for members, open_ends in of_name:
            while open_ends and open_ends[-1] <= one.begin:
                open_ends.pop()
            if not open_ends or one.end <= open_ends[-1]:
                break
        else:
            members, open_ends = [], []
            of_name.append((members, open_ends))
        members.append(one)
        open_ends.append(one.end)
    return [(name, members) for name in sorted(rows, key=_place) for members, _ in rows[name]]


def _place(row: str) -> tuple[int, int]:
    if row.startswith("mutator "):
        return 1, int(row.split()[1])
    return (0 if row == RUN else 2), 0


def _pauses(run: Run) -> Iterable[Slice]:
    for one in read_table(run.folder, "pauses").itertuples():
        row = COLLECTOR if one.mutator == "all" else f"mutator {one.mutator}"
        yield Slice(
            row,
            f"pause: {one.kind}",
            one.request_ns,
            one.resume_ns,
            {
                "cycle": one.cycle,
                "cause": one.cause,
                "time_to_safepoint_ns": one.stopped_ns - one.request_ns,
                "heap_before": one.heap_before,
                "heap_after": one.heap_after,
            },
        )


def _phases(run: Run) -> Iterable[Slice]:
    for one in read_table(run.folder, "phases").itertuples():
        if one.role == "mutator":
            yield Slice(
                f"mutator {one.thread}", one.phase, one.begin_ns, one.end_ns, {"cycle": one.cycle}
            )
        else:
            yield Slice(
                COLLECTOR,
                one.phase,
                one.begin_ns,
                one.end_ns,
                {"cycle": one.cycle, "role": one.role, "bytes": one.bytes, "objects": one.objects},
            )


def _heap(run: Run) -> Iterable[tuple[str, int, int]]:
    """(counter, moment in ns, bytes)."""
    table: pd.DataFrame = read_table(run.folder, "heap")
    for one in table.itertuples():
        if one.event == "new trigger":
            yield "heap trigger", one.t_ns, one.trigger
        else:
            yield "heap in use", one.t_ns, one.used


def _span(one: Slice, origin: int) -> str:
    return f'"ts":{_microseconds(one.begin - origin)},"dur":{_microseconds(one.end - one.begin)},'


def _event(kind: str, thread: int | None, name: str, times: str, arguments: dict) -> str:
    row = "" if thread is None else f'"tid":{thread},'
    return f'{{"ph":"{kind}","pid":1,{row}"name":{_json(name)},{times}"args":{_json(arguments)}}}'


def _microseconds(ns: int) -> str:
    return f"{ns // 1000}.{ns % 1000:03}"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
