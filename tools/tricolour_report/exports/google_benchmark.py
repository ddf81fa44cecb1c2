"""Google Benchmark's JSON, for its `compare.py` and for tools that read it.

Purpose: `benchmarks.json`, with one entry a run: a repetition of the benchmark that the cell is,
named `workload/collector:C/barrier:B/heap:H`, and every metric as a counter.
Invariants: times are nanoseconds per operation, `real_time` by the wall, `cpu_time` over all
threads. A run without timings is in a list of its own, `failures`: among the benchmarks
compare.py would take it for one that took no time. A metric that a run lacks is left out:
JSON has no NaN.
"""

import json
from pathlib import Path
from typing import Callable

from ..read.digest import Digest
from ..read.experiment import CellResult, Experiment
from ..read.sweep_folder import Run
from .runs import coordinates

FILE = "benchmarks.json"


def write(experiment: Experiment, out: Path, progress: Callable[[str], None]) -> None:
    document = {"context": _context(experiment), "benchmarks": [], "failures": []}
    for family, result in enumerate(experiment.results):
        digests = {digest.block: digest for digest in result.digests if digest.record["operations"]}
        name = name_of(experiment, result)
        for run in (run for run in result.runs if not run.verified):
            if run.block in digests:
                document["benchmarks"].append(
                    _repetition(name, family, experiment.sweep.invocations, digests[run.block])
                )
            else:
                document["failures"].append(_failure(name, run))
    (out / FILE).write_text(
        json.dumps(document, indent=1, allow_nan=False) + "\n", encoding="utf-8"
    )


def name_of(experiment: Experiment, result: CellResult) -> str:
    return "/".join(
        value if key == "workload" else f"{key}:{value}"
        for key, value in coordinates(experiment, result).items()
    )


def _context(experiment: Experiment) -> dict:
    provenance = next(
        digest.record["provenance"] for result in experiment.results for digest in result.digests
    )
    return {
        "date": experiment.sweep.created_utc,
        "host_name": provenance["host"],
        "executable": "tricolour",
        "num_cpus": provenance["cores"],
        "cpu_scaling_enabled": provenance["governor"] not in ("performance", "none"),
        "caches": [],
        "library_build_type": "release" if provenance["build_type"] == "Release" else "debug",
        "sweep": experiment.sweep.name,
        "commit": provenance["commit"],
        "cpu": provenance["cpu"],
        "kernel": provenance["kernel"],
    }


def _repetition(name: str, family: int, repetitions: int, digest: Digest) -> dict:
    operations = digest.record["operations"]
    return {
        "name": name,
        "family_index": family,
        "per_family_instance_index": 0,
        "run_name": name,
        "run_type": "iteration",
        "repetitions": repetitions,
        "repetition_index": digest.block,
        "threads": digest.record["parameters"]["mutators"],
        "iterations": operations,
        "real_time": digest.metrics["wall_time"] / operations,
        "cpu_time": digest.metrics["cpu_total"] / operations,
        "time_unit": "ns",
        **{metric: value for metric, value in digest.metrics.items() if value == value},
    }


def _failure(name: str, run: Run) -> dict:
    return {
        "name": name,
        "repetition_index": run.block,
        "status": run.status,
        "error_message": (run.record or {}).get("error", ""),
    }
