"""The data of the page's charts as one JSON document.

Purpose: the figures with their charts, and what the page's choices and tables of a run need: cells,
metrics and runs.
Invariants: cells are referred to by their place in `cells`; what a sweep does not have is null or
empty.
"""

import base64
import gzip
import json

from ...compare import waits
from ...figures.metric import present
from ...read.experiment import CellResult, Experiment
from ...read.sweep_folder import Run
from ...statistics.intervals import ENOUGH_INVOCATIONS
from ...statistics.metrics import METRICS
from .charts import RunCharts, figures, run_charts
from .compact import number
from .encoding import Pool
from .pairs import families

SLOWEST = 10  # requests of a run


def document(experiment: Experiment, live: bool = False) -> dict:
    """`live`: without what is read from single events."""
    pool = Pool()
    without = experiment.sweep.published or live
    pairs = [(result, run) for result in experiment.results for run in result.runs]
    timed = [] if without else [pair for pair in pairs if pair[1].timed]
    charts = dict(zip((run for _, run in timed), run_charts(experiment, timed)))
    places = {result.cell.hash: place for place, result in enumerate(experiment.results)}
    return {
        "workloads": experiment.workloads,
        "heaps": experiment.heaps,
        "metrics": [
            {
                "name": metric.name,
                "unit": metric.unit,
                "meaning": metric.meaning,
                "extreme": metric.extreme,
                "told": metric.told,
            }
            for metric in present(experiment)
        ],
        "figures": figures(experiment, [charts.get(run) for _, run in pairs], pool, without),
        "cells": [_cell(experiment, result, pool) for result in experiment.results],
        "runs": [_run(run, places[run.cell.hash], charts.get(run), without) for _, run in pairs],
        "enough": ENOUGH_INVOCATIONS,
        "pairs": families(experiment),
        "pool": pool.things,
    }


def packed(data: dict) -> str:
    """As JSON, compressed, in letters that may stand inside a script element: a third of the page
    that it would be in plain text. The same data are the same letters."""
    text = json.dumps(data, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return base64.b64encode(gzip.compress(text.encode(), mtime=0)).decode()


def _cell(experiment: Experiment, result: CellResult, pool: Pool) -> dict:
    """`values`: of each metric in the order of `blocks`, null where a run has none."""
    values = {name: [number(digest.metrics[name]) for digest in result.digests] for name in METRICS}
    return {
        "label": experiment.label(result.cell),
        "workload": result.cell.workload,
        "heap": result.cell.heap,
        "blocks": [digest.block for digest in result.digests],
        "values": {
            name: pool.place(found)
            for name, found in values.items()
            if any(value is not None for value in found)
        },
    }


def _run(run: Run, cell: int, charts: RunCharts | None, without: bool) -> dict:
    """Failed runs too; `events` is null without tables of events, and `absent` says why."""
    record = run.record or {}
    return {
        "cell": cell,
        "block": run.block,
        "status": run.status,
        "error": record.get("error", ""),
        "command": record.get("command", ""),
        "utc": record.get("provenance", {}).get("utc", ""),
        "events": charts.events if charts else None,
        "absent": "" if charts else _absent(run, without),
        "slow": _slow(run),
    }


def _absent(run: Run, without: bool) -> str:
    if run.status != "ok":
        return f"This run ended with {run.status.replace('_', ' ')}: it has no timeline."
    if run.verified:
        return "This run was verified: its times mean nothing."
    if without:
        return "This page was made without tables of single events, so a run has no timeline here."
    return "This run's tables could not be read."


def _slow(run: Run) -> list[list] | None:
    """[start, length, causes] of the slowest requests of a run; null where it has none."""
    if not run.record or not run.record.get("requests"):
        return None
    return [
        [one.start, one.length, one.text]
        for one in waits.slow_requests(run.block, run.record, SLOWEST)
    ]
