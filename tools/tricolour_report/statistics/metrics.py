"""The metrics of one invocation.

Purpose: one list of every metric, with unit, direction and how it is put together over invocations.
Invariants: a value is read from run.json, where the run computed it, and is NaN when the run has no
such thing (no requests, too few pauses for a quantile), never 0 in its place. An extreme has no
interval. A longest value is told over runs by the least (what the collector can do), with the
median and the greatest (what it does) beside it; an MMU by the median run.
"""

from dataclasses import dataclass
from typing import Callable, Iterable

import numpy as np

from . import quantiles
from .quantiles import allowed

MMU_WINDOWS = {"mmu_1ms": "1ms", "mmu_10ms": "10ms", "mmu_100ms": "100ms"}
COUNTERS = ("instructions", "cpu_cycles", "cache_misses", "context_switches", "page_faults")
FINAL_PAUSE = "termination"  # the kind of a pause
GC_ROLES = ("mark", "sweep", "pause", "assist")


LONGEST, WORST_WINDOW = "longest", "worst window"


@dataclass(frozen=True)
class Metric:
    """`better` is `higher` or `lower`; `extreme` is empty for a metric that gets an interval."""

    name: str
    unit: str
    better: str
    meaning: str
    extreme: str = ""

    @property
    def longest(self) -> bool:
        return self.extreme == LONGEST

    @property
    def best(self) -> Callable:
        return max if self.better == "higher" else min

    @property
    def told(self) -> str:
        """How runs are put together where there is room for one value."""
        return "least" if self.longest else "median"

    def over_runs(self, values: Iterable[float]) -> float:
        """The value that is told of some runs; NaN without any."""
        found = list(values)
        if not found:
            return float("nan")
        return float(min(found) if self.longest else np.median(found))


METRICS = {
    metric.name: metric
    for metric in [
        Metric(
            "throughput", "operations/s", "higher", "operations per second of the measured region"
        ),
        Metric(
            "allocation_while_marking",
            "bytes/s",
            "higher",
            "bytes that all mutators allocated per second in which a cycle marked",
        ),
        Metric("wall_time", "ns", "lower", "length of the measured region"),
        Metric("pause_p50", "ns", "lower", "median pause (needs 20 pauses in each run)"),
        Metric("pause_p99", "ns", "lower", "99th percentile of pauses (needs 1000 in each run)"),
        Metric("pause_max", "ns", "lower", "longest pause", LONGEST),
        Metric(
            "pause_cpu_max",
            "ns",
            "lower",
            "longest CPU time of the stopping thread in a pause",
            LONGEST,
        ),
        Metric("pause_total", "ns", "lower", "sum of all pauses"),
        Metric(
            "pause_final",
            "ns",
            "lower",
            "mean of the pauses that end marking which ran while mutators ran",
        ),
        Metric(
            "time_to_safepoint_max",
            "ns",
            "lower",
            "longest time from a stop's request to the last mutator's stop",
            LONGEST,
        ),
        Metric(
            "held_p999",
            "ns",
            "lower",
            "99.9th percentile of the times for which a collector held one mutator, by a pause or "
            "a handshake (needs 10000 in each run)",
        ),
        Metric(
            "held_max",
            "ns",
            "lower",
            "longest time for which a collector held one mutator, by a pause or a handshake",
            LONGEST,
        ),
        Metric(
            "mmu_1ms",
            "share",
            "higher",
            "minimum mutator utilisation over windows of 1 ms",
            WORST_WINDOW,
        ),
        Metric(
            "mmu_10ms",
            "share",
            "higher",
            "minimum mutator utilisation over windows of 10 ms",
            WORST_WINDOW,
        ),
        Metric(
            "mmu_100ms",
            "share",
            "higher",
            "minimum mutator utilisation over windows of 100 ms",
            WORST_WINDOW,
        ),
        Metric(
            "request_p50",
            "ns",
            "lower",
            "median request latency, from the scheduled start where there is one",
        ),
        Metric("request_p99", "ns", "lower", "99th percentile of request latency"),
        Metric("request_p999", "ns", "lower", "99.9th percentile of request latency"),
        Metric(
            "request_p9999",
            "ns",
            "lower",
            "99.99th percentile of request latency (from 10^5 " "requests)",
        ),
        Metric(
            "request_p99999",
            "ns",
            "lower",
            "99.999th percentile of request latency (from 10^6 " "requests)",
        ),
        Metric("request_max", "ns", "lower", "longest request", LONGEST),
        Metric(
            "request_metered_p99",
            "ns",
            "lower",
            "99th percentile of metered latency, window 100 ms",
        ),
        Metric(
            "requests_unserved",
            "count",
            "lower",
            "requests of an open loop that were due and never served",
        ),
        Metric(
            "request_explained_share",
            "share",
            "higher",
            "named time of all requests of 1 ms or more, of their time",
        ),
        Metric(
            "unexplained_max",
            "ns",
            "lower",
            "longest gap between two operations without a name",
            LONGEST,
        ),
        Metric("stall_total", "ns", "lower", "mutators waiting for memory, summed"),
        Metric("assist_total", "ns", "lower", "marking done by mutators, summed"),
        Metric(
            "fallback_share",
            "share",
            "lower",
            "cycles that fell back to a stopped one, of all cycles",
        ),
        Metric(
            "wall_gc",
            "ns",
            "lower",
            "wall time in which every mutator was paused, stalled or assisting",
        ),
        Metric("cpu_total", "ns", "lower", "CPU time of all roles"),
        Metric("cpu_gc", "ns", "lower", "CPU time of marking, sweeping, pauses and assists"),
        Metric("heap_peak", "bytes", "lower", "most heap in use"),
        Metric("peak_resident", "bytes", "lower", "most resident memory of the process"),
        Metric(
            "bystander_p99",
            "ns",
            "lower",
            "99th percentile of the delay of a thread that only " "sleeps and wakes",
        ),
        Metric(
            "bystander_max",
            "ns",
            "lower",
            "longest delay of a thread that only sleeps and wakes",
            LONGEST,
        ),
        Metric("instructions", "count", "lower", "instructions in user space, of all threads"),
        Metric("cpu_cycles", "count", "lower", "processor cycles in user space, of all threads"),
        Metric("cache_misses", "count", "lower", "cache misses in user space, of all threads"),
        Metric("context_switches", "count", "lower", "context switches of all threads"),
        Metric("page_faults", "count", "lower", "page faults of all threads"),
    ]
}


def measure(record: dict) -> dict[str, float]:
    """Every metric of a run, as its record states it."""
    nan = float("nan")
    pauses, exact = record["pauses"], record["requests"] or {}
    held = record.get("held") or {}  # the first records of this schema version lack it
    cpu = record["cpu_ns"]
    return {
        "throughput": float(record["operations_per_s"]),
        "allocation_while_marking": _or_nan(
            record.get("while_marking", {}).get("allocated_bytes_per_s")
        ),
        "wall_time": float(record["wall_ns"]),
        "pause_p50": _allowed(pauses, "p50_ns", 0.5),
        "pause_p99": _allowed(pauses, "p99_ns", 0.99),
        "pause_max": _longest(pauses, "max_ns"),
        "pause_cpu_max": _longest(pauses, "max_thread_cpu_ns"),
        "pause_total": float(pauses["total_ns"]),
        "pause_final": _mean((pauses["by_kind"] or {}).get(FINAL_PAUSE)),
        "time_to_safepoint_max": _longest(pauses, "max_time_to_safepoint_ns"),
        "held_p999": _allowed(held, "p999_ns", 0.999),
        "held_max": _longest(held, "max_ns"),
        **{name: _or_nan(record["mmu"].get(window)) for name, window in MMU_WINDOWS.items()},
        "request_p50": _allowed(exact, "p50_ns", 0.5),
        "request_p99": _allowed(exact, "p99_ns", 0.99),
        "request_p999": _allowed(exact, "p999_ns", 0.999),
        "request_p9999": _allowed(exact, "p9999_ns", 0.9999),
        "request_p99999": _allowed(exact, "p99999_ns", 0.99999),
        "request_max": float(exact.get("max_ns", nan)),
        "request_metered_p99": _metered_p99(exact),
        "requests_unserved": _or_nan(exact.get("unserved")),
        "request_explained_share": _or_nan(exact.get("explained_share")),
        "unexplained_max": _or_nan(record["longest_unexplained_ns"]),
        "stall_total": float(record["stalls"]["total_ns"]),
        "assist_total": float(record["assists"]["total_ns"]),
        "fallback_share": record["fallbacks"] / record["cycles"] if record["cycles"] else nan,
        "wall_gc": _or_nan(record["explicit_wall_ns"]),
        "cpu_total": float(sum(cpu.values())),
        "cpu_gc": float(sum(cpu[role] for role in GC_ROLES)),
        "heap_peak": float(record["heap"]["peak"]),
        "peak_resident": float(record["heap"]["peak_resident"]),
        "bystander_p99": _or_nan(record.get("bystander", {}).get("p99_ns")),
        "bystander_max": _or_nan(record.get("bystander", {}).get("max_ns")),
        **{name: _counted(record, name) for name in COUNTERS},
    }


def _counted(record: dict, name: str) -> float:
    return _or_nan(record.get("counters", {}).get(name))


def _or_nan(value: float | None) -> float:
    return float("nan") if value is None else float(value)


def _allowed(exact: dict, name: str, p: float) -> float:
    """A percentile over all pauses, requests or stretches of the run, as it counted them itself;
    NaN where there are too few."""
    return _or_nan(exact[name]) if exact and p <= allowed(exact["count"]) + 1e-12 else float("nan")


def _mean(tally: dict | None) -> float:
    return tally["total_ns"] / tally["count"] if tally and tally["count"] else float("nan")


def _longest(figures: dict, name: str) -> float:
    """NaN where there was no pause, or nothing was held."""
    return _or_nan(figures[name]) if figures.get("count") else float("nan")


def _metered_p99(requests: dict) -> float:
    """NaN where the run kept no rows of requests, or too few."""
    found = quantiles.by_nines((requests.get("latencies") or {}).get("metered_100ms"))
    return float(found[quantiles.PROBABILITIES == 0.99][0])
