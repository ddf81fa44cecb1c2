"""What a page cannot show, and why.

Purpose: sentences for the reader, so that nothing is missing in silence.
"""

import numpy as np

from ..compare.bystander import machine_floor
from ..compare.explicit_free import FILE as EXPLICIT_FREE
from ..compare.memory import memory
from ..figures.barrier_cost import FILE as COST
from ..read.digest import Digest
from ..read.experiment import Experiment
from ..read.published import RECORDS
from ..read.tables import TABLES


def absences(experiment: Experiment) -> list[str]:
    folder = experiment.sweep.folder
    digests = [digest for result in experiment.results for digest in result.digests]
    found = []
    if experiment.sweep.published:
        tables = ", ".join(f"{name}.csv" for name in TABLES)
        curves = "" if any(np.isfinite(digest.mmu).any() for digest in digests) else "MMU curves, "
        found.append(
            f"Distributions, {curves}timelines and heap over time: this folder keeps the runs' "
            f"records ({RECORDS}) and metrics (summary.csv), but lacks the tables of single events "
            f"({tables}). A new sweep with its experiment.toml has them."
        )
        if (folder / "plots").is_dir():
            found[-1] += " plots/ has the pictures that were drawn when the tables were there."
        if not any(digest.metrics["wall_gc"] >= 0 for digest in digests):
            found.append(
                "Lower-bound overhead in wall time: summary.csv is older than the metric wall_gc, "
                "from which it is computed."
            )
    elif digests:
        found += _without_events(experiment, digests)
    if digests and not memory(experiment):
        found.append(
            "What memory buys: no workload with a throughput of its own ran at several heaps. An "
            'experiment with heap = ["1.5x", "2x", "3x"] shows it.'
        )
    if not (folder / COST).exists():
        found.append(
            f"Cost of a store: the folder lacks {COST}, the output of the benchmark of stores."
        )
    if not (folder / EXPLICIT_FREE).exists():
        found.append(
            f"malloc and free, to compare with the lower-bound overhead: the folder lacks "
            f"{EXPLICIT_FREE}, the output of tools/compare_malloc."
        )
    return found


def _without_events(experiment: Experiment, digests: list[Digest]) -> list[str]:
    quiet = [
        workload
        for workload in experiment.workloads
        if not any(d.request_count for d in digests if d.cell.workload == workload)
    ]
    found = [f"Request latency of {', '.join(quiet)}: no request was recorded."] if quiet else []
    if not any(len(digest.bystander) for digest in digests):
        found.append("Bystander delay: no run recorded it.")
    for why in dict.fromkeys(d.record["run_delay"]["why"] for d in digests if d.record["requests"]):
        if why:
            found.append(f"Explained share of slow requests: run delay could not be read: {why}")
    if machine_floor(experiment) is None:
        found.append(
            "The machine's own floor: index.json has no machine_floor, so pauses are shown "
            "without it."
        )
    return found
