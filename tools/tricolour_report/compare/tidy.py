"""summary.csv: one row a run and metric.

Purpose: the experiment as a tidy table for other tools.
Invariants: every run that was read has at least one row; a run without timings (failed or verified)
has one with empty metric and value.
"""

import pandas as pd

from ..read.experiment import Experiment
from ..read.sweep_folder import Run
from ..statistics.metrics import METRICS


def tidy_table(experiment: Experiment) -> pd.DataFrame:
    rows = []
    for result in experiment.results:
        measured = {digest.block: digest.metrics for digest in result.digests}
        for run in result.runs:
            rows += _run_rows(run, measured.get(run.block, {}) if run.timed else {})
    keys = sorted({key for result in experiment.results for key in result.cell.parameters})
    return pd.DataFrame(
        rows, columns=["cell", "block", "status", *keys, "metric", "value", "unit", "better"]
    )


def _run_rows(run: Run, values: dict[str, float]) -> list[dict]:
    common = {
        "cell": run.cell.hash,
        "block": run.block,
        "status": run.status,
        **run.cell.parameters,
    }
    if not values:
        return [common]
    return [
        {
            **common,
            "metric": name,
            "value": value,
            "unit": METRICS[name].unit,
            "better": METRICS[name].better,
        }
        for name, value in values.items()
        if value == value
    ]
