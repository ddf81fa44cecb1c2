"""The metrics of one invocation.

Purpose: one list of every metric, with unit, direction and how it is put together over invocations.
Invariants: a value is NaN when the run has no such thing (no requests, too few pauses for a quantile), never 0 in its
place. An extreme (a longest pause, an MMU) has no interval: over runs it is told by the run that the machine disturbed
least.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from .quantiles import allowed, quantile

MMU_WINDOWS = {"mmu_1ms": 1e6, "mmu_10ms": 1e7, "mmu_100ms": 1e8}
COUNTERS = ("instructions", "cpu_cycles", "cache_misses", "context_switches", "page_faults")
GC_ROLES = ("mark", "sweep", "pause", "assist")


@dataclass(frozen=True)
class Metric:
    """`better` is `higher` or `lower`; `extreme` marks a metric that never gets an interval."""

    name: str
    unit: str
    better: str
    meaning: str
    extreme: bool = False

    @property
    def least_disturbed(self):
        """How runs of an extreme are put together: the best run, which the machine disturbed least."""
        return max if self.better == "higher" else min


METRICS = {
    metric.name: metric
    for metric in [
        Metric("throughput", "operations/s", "higher", "operations per second of the measured region"),
        Metric("wall_time", "ns", "lower", "length of the measured region"),
        Metric("pause_p50", "ns", "lower", "median pause (needs 20 pauses in each run)"),
        Metric("pause_p99", "ns", "lower", "99th percentile of pauses (needs 1000 in each run)"),
        Metric("pause_max", "ns", "lower", "longest pause; over runs, the minimum of each run's longest", True),
        Metric("pause_cpu_max", "ns", "lower", "longest CPU time of the stopping thread in a pause", True),
        Metric("pause_total", "ns", "lower", "sum of all pauses"),
        Metric("time_to_safepoint_max", "ns", "lower", "longest time from a stop's request to the last mutator's stop", True),
        Metric("mmu_1ms", "share", "higher", "minimum mutator utilisation over windows of 1 ms", True),
        Metric("mmu_10ms", "share", "higher", "minimum mutator utilisation over windows of 10 ms", True),
        Metric("mmu_100ms", "share", "higher", "minimum mutator utilisation over windows of 100 ms", True),
        Metric("request_p50", "ns", "lower", "median request latency, from the scheduled start where there is one"),
        Metric("request_p99", "ns", "lower", "99th percentile of request latency"),
        Metric("request_p999", "ns", "lower", "99.9th percentile of request latency"),
        Metric("request_max", "ns", "lower", "longest request", True),
        Metric("request_metered_p99", "ns", "lower", "99th percentile of metered latency, window 100 ms"),
        Metric("stall_total", "ns", "lower", "mutators waiting for memory, summed"),
        Metric("assist_total", "ns", "lower", "marking done by mutators, summed"),
        Metric("fallback_share", "share", "lower", "cycles that fell back to a stopped one, of all cycles"),
        Metric("wall_gc", "ns", "lower", "wall time in which every mutator was paused, stalled or assisting"),
        Metric("cpu_total", "ns", "lower", "CPU time of all roles"),
        Metric("cpu_gc", "ns", "lower", "CPU time of marking, sweeping, pauses and assists"),
        Metric("heap_peak", "bytes", "lower", "most heap in use"),
        Metric("peak_resident", "bytes", "lower", "most resident memory of the process"),
        Metric("hiccup_max", "ns", "lower", "longest hiccup of the control thread, the machine's own", True),
        Metric("instructions", "count", "lower", "instructions in user space, of all threads"),
        Metric("cpu_cycles", "count", "lower", "processor cycles in user space, of all threads"),
        Metric("cache_misses", "count", "lower", "cache misses in user space, of all threads"),
        Metric("context_switches", "count", "lower", "context switches of all threads"),
        Metric("page_faults", "count", "lower", "page faults of all threads"),
    ]
}


def measure(
    record: dict, pauses: pd.DataFrame, wall_gc: int, mmu: dict[str, float], requests: dict[str, np.ndarray]
) -> dict[str, float]:
    """Every metric of a run: from its record, its pauses in the region, explicit wall cost, MMU by metric name, and latencies by name."""
    nan = float("nan")
    lengths = pauses["length_ns"].to_numpy()
    safepoint = (pauses["stopped_ns"] - pauses["request_ns"]).to_numpy()
    exact = record["requests"] or {}
    cpu = record["cpu_ns"]
    return {
        "throughput": float(record["operations_per_s"]),
        "wall_time": float(record["wall_ns"]),
        "pause_p50": quantile(lengths, 0.5),
        "pause_p99": quantile(lengths, 0.99),
        "pause_max": _largest(lengths),
        "pause_cpu_max": _largest(pauses["thread_cpu_ns"].to_numpy()),
        "pause_total": float(lengths.sum()),
        "time_to_safepoint_max": _largest(safepoint),
        **mmu,
        "request_p50": _allowed(exact, "p50_ns", 0.5),
        "request_p99": _allowed(exact, "p99_ns", 0.99),
        "request_p999": _allowed(exact, "p999_ns", 0.999),
        "request_max": float(exact.get("max_ns", nan)),
        "request_metered_p99": quantile(requests.get("metered_100ms", np.zeros(0)), 0.99),
        "stall_total": float(record["stalls"]["total_ns"]),
        "assist_total": float(record["assists"]["total_ns"]),
        "fallback_share": record["fallbacks"] / record["cycles"] if record["cycles"] else nan,
        "wall_gc": float(wall_gc),
        "cpu_total": float(sum(cpu.values())),
        "cpu_gc": float(sum(cpu[role] for role in GC_ROLES)),
        "heap_peak": float(record["heap"]["peak"]),
        "peak_resident": float(record["heap"]["peak_resident"]),
        "hiccup_max": float(record.get("bystander", {}).get("max_ns", nan)),
        **{name: _counted(record, name) for name in COUNTERS},
    }


def _counted(record: dict, name: str) -> float:
    value = record.get("counters", {}).get(name)
    return float("nan") if value is None else float(value)


def _allowed(exact: dict, name: str, p: float) -> float:
    """A percentile over all requests of the run, as it counted them itself (the table holds a sample); NaN where there are too few."""
    return float(exact[name]) if exact and p <= allowed(exact["count"]) + 1e-12 else float("nan")


def _largest(values: np.ndarray) -> float:
    return float(values.max()) if len(values) else float("nan")
