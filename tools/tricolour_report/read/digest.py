"""One run, boiled down to what figures and statistics need.

Purpose: read a run's tables once, derive everything, and let the tables go, so that a sweep of any length fits into
memory.
Invariant: a digest exists only for a run whose every table was read whole, otherwise `DamagedRun`; or for a run of a
published sweep, which has its metrics and nothing that needs single events.
"""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd

from ..program.errors import DamagedRun
from ..statistics import mmu, quantiles
from ..statistics.explicit_cost import explicit_wall_cost
from ..statistics.lost_time import lost_intervals, pauses_in_region
from ..statistics.metrics import METRICS, MMU_WINDOWS, measure
from ..statistics.request_latency import latencies, weights_of
from .sweep_folder import Cell, Run
from .tables import TABLES, read_table

UTC = "%Y-%m-%dT%H:%M:%SZ"  # of a run's provenance
WINDOWS = np.logspace(4, 11, 71)  # 10 microseconds to 100 s, in ns


@dataclass(frozen=True)
class Digest:
    """`pauses`: lengths in ns by kind. `bystander`: delays in ns. `mmu`, `bmu`: at WINDOWS, NaN
    beyond the run. `request_curves`: at quantiles.PROBABILITIES, `request_longest`: their ends, at
    one of `request_count` requests."""

    cell: Cell
    block: int
    record: dict
    metrics: dict[str, float]
    pauses: dict[str, np.ndarray]
    bystander: np.ndarray
    mmu: np.ndarray
    bmu: np.ndarray
    request_count: int
    request_curves: dict[str, np.ndarray]
    request_longest: dict[str, float]

    @property
    def all_pauses(self) -> np.ndarray:
        return np.concatenate([np.zeros(0), *self.pauses.values()])


def digest_run(run: Run) -> Digest:
    """Digest a complete run; raises DamagedRun when any of its tables is not whole."""
    record = run.record
    start, end = record["start_ns"], record["end_ns"]
    if end <= start:
        raise DamagedRun("run.json: end_ns is not after start_ns")
    try:
        datetime.strptime(record["provenance"]["utc"], UTC)
    except ValueError as error:
        raise DamagedRun(f"run.json: provenance.utc: {error}") from error
    tables = {name: read_table(run.folder, name) for name in TABLES}
    stopped = tables["pauses"]["mutator"]
    unknown = stopped[~stopped.str.fullmatch("all|[0-9]{1,9}")]
    if len(unknown):
        raise DamagedRun(f"pauses.csv: no mutator is called '{unknown.iloc[0]}'")
    mutators = record["parameters"]["mutators"]
    if mutators != len(record["mutator_time_ns"]):
        raise DamagedRun(
            f"run.json: {mutators} mutators, and the times of {len(record['mutator_time_ns'])}"
        )
    pauses = pauses_in_region(tables["pauses"], start, end)
    if (pauses["length_ns"] < 0).any():
        raise DamagedRun("pauses.csv: a pause ends before it begins")
    requests = tables["requests"]
    _check_requests(requests, record["requests"])
    lost = [
        mmu.LostTime(*lost_intervals(pauses, tables["phases"], index, start, end), start, end)
        for index in range(mutators)
    ]
    mmu_curve, bmu_curve = mmu.least_over_mutators(lost, WINDOWS)
    mmu_metrics = {
        name: min(one.mmu(window) for one in lost) for name, window in MMU_WINDOWS.items()
    }
    wall_gc = explicit_wall_cost(pauses, tables["phases"], mutators, start, end)
    curves = latencies(requests) if len(requests) else {}
    weights = weights_of(requests)
    bystander = tables["bystander"]
    return Digest(
        cell=run.cell,
        block=run.block,
        record=record,
        metrics=measure(
            record, pauses, wall_gc, mmu_metrics, requests, curves.get("metered_100ms", np.zeros(0))
        ),
        pauses={
            str(kind): group["length_ns"].to_numpy("int64")
            for kind, group in pauses.groupby("kind")
        },
        bystander=bystander.loc[bystander["t_ns"].between(start, end), "gap_ns"].to_numpy("int64"),
        mmu=mmu_curve,
        bmu=bmu_curve,
        request_count=int(requests["weight"].sum()),
        request_curves={name: quantiles.curve(values, weights) for name, values in curves.items()},
        request_longest={name: float(values.max()) for name, values in curves.items()},
    )


def _check_requests(rows: pd.DataFrame, told: dict | None) -> None:
    """The rows stand for all requests that the record counts, and have its longest; named time is
    part of a request's."""
    if (rows["end_ns"] < rows[["intended_ns", "start_ns"]].max(axis=1)).any():
        raise DamagedRun("requests: a request ends before it begins")
    if (rows["weight"] < 1).any():
        raise DamagedRun("requests: a row stands for no request")
    count = int(rows["weight"].sum())
    if count != (told["count"] if told else 0):
        raise DamagedRun(
            f"requests: rows stand for {count} requests, run.json counts "
            f"{told['count'] if told else 0}"
        )
    if not told:
        return
    begin = rows["intended_ns"] if told["from"] == "intended" else rows["start_ns"]
    longest = int((rows["end_ns"] - begin).max())
    if longest != told["max_ns"]:
        raise DamagedRun(
            f"requests: the longest row took {longest} ns, run.json says {told['max_ns']}"
        )
    for what, causes, length in [
        ("slow_causes", told["slow_causes"], told["slow_total_ns"]),
        *(
            (f"slow.{place}", one["causes"], one["duration_ns"])
            for place, one in enumerate(told["slow"])
        ),
    ]:
        if sum(causes.values()) > length:
            raise DamagedRun(f"run.json: requests.{what} names more time than there was")


def digest_published(run: Run, metrics: dict[str, float] | None) -> Digest:
    """The digest of a run that kept its metrics only; raises DamagedRun when it has none."""
    if not metrics:
        raise DamagedRun("summary.csv has no row for it")
    nothing = np.full(len(WINDOWS), np.nan)
    return Digest(
        cell=run.cell,
        block=run.block,
        record=run.record,
        metrics={name: metrics.get(name, float("nan")) for name in METRICS},
        pauses={},
        bystander=np.zeros(0, dtype="int64"),
        mmu=nothing,
        bmu=nothing,
        request_count=0,
        request_curves={},
        request_longest={},
    )
