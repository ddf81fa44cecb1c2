"""The Go benchmark text format, for `benchstat`.

Purpose: `benchmarks.txt`, with a line a run:
`BenchmarkTricolour/workload=W/collector=C/barrier=B/heap=H`, so that `benchstat -col /collector
-row /workload` and its like choose what is compared.
Invariants: configuration lines hold for all that follow until they change, as the format has it.
Durations carry units that end in `ns`, which benchstat scales. A run without timings is a `---
FAIL:` line, which benchstat passes over. A metric that a run lacks is left out.
"""

from pathlib import Path
from typing import Callable

from ..read.digest import Digest
from ..read.experiment import Experiment
from ..read.sweep_folder import Run
from ..statistics.metrics import METRICS
from .runs import coordinates

FILE = "benchmarks.txt"
PER_OPERATION = {"ns/op": "wall_time", "cpu-ns/op": "cpu_total"}
SUFFIXES = {
    "ns": "-ns",
    "bytes": "-bytes",
    "share": "",
    "count": "",
    "operations/s": "-op/s",
    "bytes/s": "-B/s",
}
CONFIGURATION = ("host", "kernel", "cpu", "cores", "governor", "compiler", "build_type", "commit")


def write(experiment: Experiment, out: Path, progress: Callable[[str], None]) -> None:
    lines = ["pkg: tricolour", f"sweep: {experiment.sweep.name}"]
    lines += [f"Unit {unit} better=lower" for unit in PER_OPERATION]
    lines += [f"Unit {_unit(name)} better={metric.better}" for name, metric in METRICS.items()]
    stated: dict[str, str] = {}
    for result in experiment.results:
        digests = {digest.block: digest for digest in result.digests}
        name = "BenchmarkTricolour/" + "/".join(
            f"{key}={value}" for key, value in coordinates(experiment, result).items()
        )
        for run in (run for run in result.runs if not run.verified):
            lines += _configuration(run, stated)
            lines += _result(name, run, digests.get(run.block))
    (out / FILE).write_text("\n".join(lines) + "\n", encoding="utf-8")


def _unit(metric: str) -> str:
    return metric.replace("_", "-") + SUFFIXES[METRICS[metric].unit]


def _configuration(run: Run, stated: dict[str, str]) -> list[str]:
    """Lines for what differs from what was stated last; they are remembered in `stated`."""
    now = {
        key: " ".join(str(value).split())
        for key, value in (run.record or {}).get("provenance", {}).items()
        if key in CONFIGURATION
    }
    changed = {key: value for key, value in now.items() if stated.get(key) != value}
    stated.update(changed)
    return [f"{key.replace('_', '-')}: {value}" for key, value in changed.items()]


def _result(name: str, run: Run, digest: Digest | None) -> list[str]:
    if digest is None or not digest.record["operations"]:
        return [f"--- FAIL: {name} {run.status}"]
    operations = digest.record["operations"]
    values = [(unit, digest.metrics[metric] / operations) for unit, metric in PER_OPERATION.items()]
    values += [(_unit(metric), value) for metric, value in digest.metrics.items() if value == value]
    return [f"{name}\t{operations}\t" + "\t".join(f"{value:.10g} {unit}" for unit, value in values)]
