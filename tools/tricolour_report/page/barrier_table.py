"""The rows of "Which barrier?": what each barrier costs under one collector.

Purpose: texts of a row, and the files of a sweep's folder from which columns come that no run
states: the benchmark of stores and loads, and floating garbage on identical work.
Invariants: the cost of a store is of a loop that does nothing else, in one process; where an
operation tests no flag, its cost is the same in every arm. A ratio is to the best of the table by
that figure, on the same blocks; a longest value is least, median and greatest over blocks, each the
longest of all workloads in it.
"""

from dataclasses import dataclass
from math import exp, isnan
from pathlib import Path
from typing import Callable

import numpy as np

from ..compare.ranking import Pair
from ..compare.table import Column, Table
from ..compare.unserved import counted
from ..compare.which_barrier import Garbage, Judgement, Setting, garbage_of, marks_meanwhile
from ..figures.barrier_cost import FILE as STORES
from ..figures.barrier_cost import LOAD, Costs, read_costs
from ..read.experiment import CellResult, Experiment
from ..statistics.intervals import mean_with_interval
from ..statistics.quantities import ABSENT, duration, ratio, share
from .precision import read_cycles, summarise

STORES_COMMAND = "tools/barrier_cost DIR"
GARBAGE = "precision"  # the folder within the sweep's
GARBAGE_COMMAND = f"tools/precision DIR/{GARBAGE}"
SEE_COMMAND = "see below"
PLAIN = "a plain load"


@dataclass(frozen=True)
class Sources:
    """None where the folder has no such file; `garbage` by barrier and allocation colour."""

    stores: Costs | None
    loads: Costs | None
    garbage: dict[tuple[str, str], Garbage] | None


@dataclass(frozen=True)
class Row:
    barrier: str
    store: str
    load: str
    throughput: str
    while_marking: str
    tail: str
    final_pause: str
    garbage: str
    fallbacks: str
    worst_request: str


COLUMNS = [
    Column("barrier", lambda row: row.barrier),
    Column("store", lambda row: row.store, "lines"),
    Column("load", lambda row: row.load, "lines"),
    Column("throughput / best", lambda row: row.throughput, "some-wrap"),
    Column("while marking / best", lambda row: row.while_marking, "some-wrap"),
    Column("tail latency / best", lambda row: row.tail, "some-wrap"),
    Column("final pause", lambda row: row.final_pause, "number"),
    Column("floating garbage", lambda row: row.garbage, "some-wrap"),
    Column("fallbacks", lambda row: row.fallbacks, "some-wrap"),
    Column("worst request", lambda row: row.worst_request, "number lines"),
]


def read_sources(folder: Path) -> dict[str, Callable[[], object]]:
    """What reads each of Sources; one that is there and unreadable raises."""
    costs, cycles = folder / STORES, folder / GARBAGE / "cycles.csv"
    return {
        "stores": lambda: read_costs(costs) if costs.exists() else None,
        "loads": lambda: read_costs(costs, LOAD) if costs.exists() else None,
        "garbage": lambda: _garbage(cycles) if cycles.exists() else None,
    }


def _garbage(cycles: Path) -> dict[tuple[str, str], Garbage]:
    found: dict[tuple[str, str], Garbage] = {}
    for row in summarise(read_cycles(cycles)).itertuples():
        found.setdefault((row.barrier, row.allocate), {})[row.workload] = row.black + row.retained
    return found


def table(experiment: Experiment, setting: Setting, sources: Sources) -> Table:
    """In the program's order of barriers."""
    place = lambda name: experiment.sweep.place("barriers", name)
    names = sorted(setting.barriers, key=place)
    return Table(COLUMNS, [_row(setting, name, sources) for name in names])


def _row(setting: Setting, name: str, sources: Sources) -> Row:
    cells = setting.barriers[name]
    meanwhile = marks_meanwhile(cells)
    return Row(
        name,
        _cost(sources.stores, name, meanwhile),
        _load(sources, name, meanwhile),
        _beside_best(setting.judged("throughput"), name),
        _beside_best(setting.while_marking, name) if meanwhile else ABSENT,
        _beside_best(setting.judged("tail latency"), name),
        _final_pause(cells),
        _floating(cells, sources) if meanwhile else ABSENT,
        _fallbacks(cells) if meanwhile else ABSENT,
        _worst_request(cells),
    )


def _cost(costs: Costs | None, barrier: str, meanwhile: bool) -> str:
    """Of marking only where it runs while mutators do."""
    if costs is None:
        return SEE_COMMAND
    arms = {arm: found["ns"] for arm, found in costs.get(barrier, {}).items() if found["ns"]}
    idle = next((arms[arm] for arm in ("test", "filtered", "off") if arm in arms), None)
    if idle is None:
        return ABSENT
    marking = [arms[arm] for arm in ("filtered", "full") if arm in arms and meanwhile]
    texts = list(dict.fromkeys(map(_mean, sorted(marking, key=np.mean))))
    return f"idle {_mean(idle)} ns" + ("\nmarking " + "\nto ".join(texts) + " ns" if texts else "")


def _mean(repetitions: list[float]) -> str:
    mean, low, high = mean_with_interval(repetitions)
    return f"{mean:.2f}" + ("" if isnan(low) else f" ±{(high - low) / 2:.2f}")


def _load(sources: Sources, barrier: str, meanwhile: bool) -> str:
    """Of a barrier that guards no load it is a plain one, which is known where any is measured."""
    if not sources.loads:
        return SEE_COMMAND
    return _cost(sources.loads, barrier, meanwhile) if barrier in sources.loads else PLAIN


def _beside_best(judgement: Judgement, barrier: str) -> str:
    """`0.953 [0.934, 0.973] *` times the best; the star where the difference is shown."""
    ranking = judgement.ranking
    if ranking is None:
        return ABSENT
    if barrier == ranking.best:
        return "1 (best)"
    pair: Pair | None = next((one for one in ranking.against if one.other == barrier), None)
    return f"{ratio(pair.ratio)}{' *' if pair.shown else ''}" if pair else "takes no part"


def _final_pause(cells: list[CellResult]) -> str:
    """The geometric mean over workloads and runs of each run's mean."""
    values = [value for cell in cells for value in cell.values("pause_final").values()]
    values = [value for value in values if value > 0]
    return duration(exp(np.mean(np.log(values)))) if values else ABSENT


def _floating(cells: list[CellResult], sources: Sources) -> str:
    """Least to greatest over the recorded workloads."""
    if sources.garbage is None:
        return SEE_COMMAND
    shares = garbage_of(cells, sources.garbage).values()
    if not shares:
        return ABSENT
    return f"{share(min(shares))} to {share(max(shares))}"


def _fallbacks(cells: list[CellResult]) -> str:
    fallbacks, cycles = fallen_back(cells)
    return f"{fallbacks} of {cycles} cycles" if cycles else ABSENT


def fallen_back(cells: list[CellResult]) -> tuple[int, int]:
    """(cycles that fell back to a stopped one, all cycles) of the timed runs."""
    records = [digest.record for cell in cells for digest in cell.digests]
    return sum(one["fallbacks"] for one in records), sum(one["cycles"] for one in records)


def _worst_request(cells: list[CellResult]) -> str:
    worst: dict[int, float] = {}
    for cell in cells:
        for block, value in cell.values("request_max").items():
            worst[block] = max(value, worst.get(block, 0.0))
    if not worst:
        return ABSENT
    found = list(worst.values())
    text = "\n".join(duration(of(found)) for of in (min, np.median, max))
    missed = sum(counted(cell)[0] for cell in cells)
    return text + (f"\n{missed} never served" if missed else "")
