"""What the benchmark of barriers writes, invented."""

import json
from pathlib import Path

import numpy as np

from ..figures.barrier_cost import FILE as BARRIER_COST_FILE

GUARDS_LOADS = "hybrid"  # it does not, but one of them has to


def write_barrier_cost(folder: Path, repetitions: int = 8) -> None:
    """A Google Benchmark file of the four arms; `none` has only one that means anything."""
    rng = np.random.default_rng(1)
    benchmarks = []
    for barrier, slow in {"none": 0.0, "dijkstra": 3.0, "yuasa": 4.0, "hybrid": 6.0}.items():
        arms = (
            {"off": 0.5, "test": 0.8, "filtered": 1.2 + slow / 4, "full": 1.5 + slow}
            if slow
            else {"off": 0.5}
        )
        names = {f"store/{barrier}/{arm}": cost for arm, cost in arms.items()}
        if barrier == GUARDS_LOADS:
            names |= {f"load/{barrier}/{arm}": cost + 1 for arm, cost in arms.items()}
        for name, cost in names.items():
            for repetition in range(repetitions):
                time = cost * rng.lognormal(0, 0.03)
                benchmarks.append(
                    {
                        "name": name,
                        "run_name": name,
                        "run_type": "iteration",
                        "repetitions": repetitions,
                        "repetition_index": repetition,
                        "iterations": 1000,
                        "real_time": time,
                        "cpu_time": time,
                        "time_unit": "ns",
                        "instructions": 2 + 4 * cost,
                    }
                )
            benchmarks.append(
                {
                    "name": f"{name}_mean",
                    "run_name": name,
                    "run_type": "aggregate",
                    "aggregate_name": "mean",
                    "real_time": cost,
                    "cpu_time": cost,
                    "time_unit": "ns",
                }
            )
    (folder / BARRIER_COST_FILE).write_text(
        json.dumps({"context": {"num_cpus": 2}, "benchmarks": benchmarks}), encoding="utf-8"
    )
