"""The tables of one representative run, for figures that show time as it passed.

Invariant: the run is the first complete one of the collector's combination with the median throughput; times are taken
from the measured region's start, in ms.
"""

from dataclasses import dataclass

import pandas as pd

from ..read.experiment import CellResult
from ..read.tables import read_table
from ..statistics.lost_time import merge, pauses_in_region


@dataclass(frozen=True)
class OneRun:
    result: CellResult
    block: int
    pauses: pd.DataFrame
    phases: pd.DataFrame
    heap: pd.DataFrame
    length_ms: float


INVISIBLE = 1 / 4000


def bars(begins: pd.Series, ends: pd.Series, span: float) -> list[tuple[float, float]]:
    """(begin, length) of bars for an axis that shows `span`; gaps too small to be seen are closed, so that thousands of quanta stay cheap."""
    closed = merge(begins.to_numpy(), ends.to_numpy() + INVISIBLE * span)
    return [(begin, end - begin - INVISIBLE * span) for begin, end in zip(*closed)]


def one_of_each_collector(results: list[CellResult]) -> list[OneRun]:
    by_collector: dict[str, list[CellResult]] = {}
    for result in results:
        if result.digests:
            by_collector.setdefault(result.cell.collector, []).append(result)
    return [_load(_middle(group)) for group in by_collector.values()]


def _middle(group: list[CellResult]) -> CellResult:
    return sorted(group, key=lambda result: result.middle("throughput"))[len(group) // 2]


def _load(result: CellResult) -> OneRun:
    digest = result.digests[0]
    run = next(run for run in result.runs if run.block == digest.block)
    start, end = run.record["start_ns"], run.record["end_ns"]
    pauses = pauses_in_region(read_table(run.folder, "pauses"), start, end).copy()
    phases, heap = read_table(run.folder, "phases"), read_table(run.folder, "heap")
    phases = phases[(phases["end_ns"] > start) & (phases["begin_ns"] < end)].copy()
    heap = heap[heap["t_ns"].between(start, end)].copy()
    for table, columns in (
        (pauses, ("begin_ns", "resume_ns")),
        (phases, ("begin_ns", "end_ns")),
        (heap, ("t_ns",)),
    ):
        for column in columns:
            table[column.replace("_ns", "_ms")] = (table[column] - start) / 1e6
    return OneRun(result, digest.block, pauses, phases, heap, (end - start) / 1e6)
