"""The runs of an experiment, and what they are called in other tools' files.

Invariant: no two cells share a name; names hold letters, digits, `.`, `_`, `-` and `=` only, which
every format and file system takes.
"""

import re
from typing import Callable, Iterator

from ..read.digest import Digest
from ..read.experiment import CellResult, Experiment
from ..read.sweep_folder import MAIN_KEYS, Run


def coordinates(experiment: Experiment, result: CellResult) -> dict[str, str]:
    """What tells the cell from all others of the experiment, workload first."""
    parameters = result.cell.parameters
    keys = ("workload", *(key for key in MAIN_KEYS if key != "workload"), *experiment.extra_keys)
    return {
        key: re.sub(r"[^A-Za-z0-9._-]", "_", parameters[key]) for key in keys if key in parameters
    }


def file_stem(experiment: Experiment, result: CellResult) -> str:
    """`gcbench-concurrent-yuasa-2x-<cell>`."""
    main = coordinates(experiment, result)
    return "-".join(
        [*(main[key] for key in ("workload", "collector", "barrier", "heap")), result.cell.hash]
    )


def timed_runs(
    experiment: Experiment, progress: Callable[[str], None]
) -> Iterator[tuple[CellResult, Run, Digest]]:
    """Every run with timings; each failed one is told instead."""
    for result in experiment.results:
        digests = {digest.block: digest for digest in result.digests}
        for run in result.runs:
            if run.timed:
                yield result, run, digests[run.block]
            elif run.status != "ok":
                progress(
                    f"left out {file_stem(experiment, result)}, block {run.block}: {run.status}"
                )
