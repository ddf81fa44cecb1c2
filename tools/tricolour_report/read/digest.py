"""One run, boiled down to what figures and statistics need.

Purpose: take the run's own figures from its record, read its tables once for what is pooled over
runs, and let the tables go, so that a sweep of any length fits into memory.
Invariant: a digest exists only for a run whose every table was read whole, otherwise `DamagedRun`;
or for a run of a published sweep, which has its metrics, the curves of its record, and nothing that
needs single events.
"""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd

from ..program.errors import DamagedRun
from ..statistics import quantiles
from ..statistics.metrics import METRICS, measure
from .counted_pauses import counted
from .sweep_folder import Cell, Run
from .tables import TABLES, read_table

UTC = "%Y-%m-%dT%H:%M:%SZ"  # of a run's provenance
# Of `utilisation` in run.json, in ns: 10 microseconds to 100 s.
WINDOWS = np.rint(np.logspace(4, 11, 71))


@dataclass(frozen=True)
class Digest:
    """`pauses`: lengths in ns by kind, `bystander`: delays in ns, to be pooled. `pause_curve`, of
    all kinds, and `request_curves`: at quantiles.PROBABILITIES, `request_longest`: the ends of
    these, at one of `request_count` requests. `mmu`, `bmu`: at WINDOWS, NaN beyond the run."""

    cell: Cell
    block: int
    record: dict
    metrics: dict[str, float]
    pauses: dict[str, np.ndarray]
    pause_curve: np.ndarray
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
    pauses = counted(tables["pauses"])
    if len(pauses) != record["pauses"]["count"]:
        raise DamagedRun(
            f"pauses.csv: {len(pauses)} pauses count, run.json has {record['pauses']['count']}"
        )
    _check_requests(tables["requests"], record["requests"])
    bystander = tables["bystander"]
    return _digest(
        run,
        measure(record),
        pauses={
            str(kind): group["length_ns"].to_numpy("int64")
            for kind, group in pauses.groupby("kind")
        },
        bystander=bystander.loc[bystander["t_ns"].between(start, end), "gap_ns"].to_numpy("int64"),
    )


def _digest(
    run: Run, metrics: dict[str, float], pauses: dict[str, np.ndarray], bystander: np.ndarray
) -> Digest:
    record = run.record
    forms = (record["requests"] or {}).get("latencies") or {}
    return Digest(
        cell=run.cell,
        block=run.block,
        record=record,
        metrics=metrics,
        pauses=pauses,
        pause_curve=quantiles.by_nines(record["pauses"]),
        bystander=bystander,
        mmu=_at_windows(record, "mmu"),
        bmu=_at_windows(record, "bmu"),
        request_count=record["requests"]["count"] if forms else 0,
        request_curves={name: quantiles.by_nines(form) for name, form in forms.items()},
        request_longest={name: float(form["max_ns"]) for name, form in forms.items()},
    )


def _at_windows(record: dict, kind: str) -> np.ndarray:
    """NaN beyond the run's length, and everywhere where the run has no such curve."""
    stated = (record["utilisation"] or {}).get(kind, [])
    return np.pad(
        np.array(stated, dtype=float), (0, len(WINDOWS) - len(stated)), constant_values=np.nan
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
    known = {name: metrics.get(name, float("nan")) for name in METRICS}
    return _digest(run, known, pauses={}, bystander=np.zeros(0, dtype="int64"))
