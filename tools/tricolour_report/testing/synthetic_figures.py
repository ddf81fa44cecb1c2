"""The figures that a synthetic run states of its own tables.

Purpose: records of synthetic runs that agree with their tables, also after a test has changed one.
Invariant: a model, not a definition: utilisation is that of a single pause as long as the longest,
mutators are held by pauses alone, as one would be, and metered latency is intended latency. The
definitions are those of `tricolour run`.
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd

from ..read.digest import WINDOWS
from ..statistics import quantiles

NAMED_WINDOWS = {"1ms": 10**6, "10ms": 10**7, "100ms": 10**8, "1s": 10**9}


def restate(run_folder: Path) -> None:
    """Puts into run.json what its tables of pauses and requests say."""
    path = run_folder / "run.json"
    record = json.loads(path.read_text(encoding="utf-8"))
    pauses, requests = (pd.read_csv(run_folder / f"{name}.csv") for name in ("pauses", "requests"))
    record.update(of_pauses(pauses, record["wall_ns"]))
    if record["requests"] and len(requests):
        record["requests"].update(of_requests(requests))
    path.write_text(json.dumps(record), encoding="utf-8")


def of_pauses(pauses: pd.DataFrame, wall: int) -> dict:
    counted = pauses[pauses["counted"] == 1]
    lengths = (counted["resume_ns"] - counted["begin_ns"]).to_numpy()
    longest = int(lengths.max(initial=0))
    safepoints = (counted["stopped_ns"] - counted["request_ns"]).to_numpy()
    curve = [round(max(0.0, 1 - longest / window), 6) for window in WINDOWS[WINDOWS <= wall]]
    windows = {name: window for name, window in NAMED_WINDOWS.items() if window <= wall}
    return {
        "pauses": _tally(lengths)
        | {
            "p50_ns": _rank(lengths, 0.5),
            "p99_ns": _rank(lengths, 0.99),
            "max_time_to_safepoint_ns": int(safepoints.max(initial=0)),
            "max_thread_cpu_ns": int(counted["thread_cpu_ns"].max() if len(counted) else 0),
            "by_kind": {
                str(kind): _tally((group["resume_ns"] - group["begin_ns"]).to_numpy())
                for kind, group in counted.groupby("kind")
            },
            "quantiles_ns": _curve(lengths),
        },
        "held": _tally(lengths)
        | {
            "p50_ns": _rank(lengths, 0.5),
            "p99_ns": _rank(lengths, 0.99),
            "p999_ns": _rank(lengths, 0.999),
        },
        "explicit_wall_ns": int(lengths.sum()),
        "mmu": {name: max(0.0, 1 - longest / window) for name, window in windows.items()},
        "utilisation": {"mmu": curve, "bmu": curve},
    }


def of_requests(rows: pd.DataFrame) -> dict:
    """The number of requests, the longest, and latency by form."""
    forms = {
        "simple": rows["end_ns"] - rows["start_ns"],
        "intended": rows["end_ns"] - rows["intended_ns"],
        "metered_100ms": rows["metered_100ms_ns"],
        "metered_full": rows["metered_full_ns"],
    }
    longest = int(forms["intended"].max())
    if (rows["intended_ns"] == rows["start_ns"]).all():
        del forms["intended"]
    return {
        "count": int(rows["weight"].sum()),
        "max_ns": longest,
        "latencies": {
            name: {
                "max_ns": int(values.max()),
                "quantiles_ns": _curve(np.repeat(values.to_numpy(), rows["weight"])),
            }
            for name, values in forms.items()
        },
    }


def _tally(lengths: np.ndarray) -> dict:
    return {
        "count": len(lengths),
        "total_ns": int(lengths.sum()),
        "max_ns": int(lengths.max(initial=0)),
    }


def _rank(lengths: np.ndarray, p: float) -> int:
    return int(np.quantile(lengths, p, method="inverted_cdf")) if len(lengths) else 0


def _curve(values: np.ndarray) -> list[int]:
    found = quantiles.curve(values)
    return [int(value) for value in found[np.isfinite(found)]]
