"""The data of the page's charts as one JSON document.

Purpose: cells, metrics of every run, curves, overheads, barrier cost and the detail of every run, with the looks that
the figures of `figures/` have.
Invariants: cells are referred to by their place in `cells`; what a sweep does not have is null or empty.
"""

import json
from math import isnan
from pathlib import Path

import numpy as np

from ...compare import waits
from ...compare.bystander import machine_floor
from ...compare.explicit_free import read_explicit_free
from ...compare.lower_bound_overhead import overheads
from ...figures import barrier_cost, percentiles, time_spent, timeline
from ...figures.style import FAILED, Style
from ...program.errors import DamagedRun
from ...read.digest import WINDOWS
from ...read.experiment import CellResult, Experiment
from ...read.sweep_folder import Run
from ...statistics.intervals import Ratio, mean_with_interval
from ...statistics.metrics import METRICS
from . import distributions
from .compact import number, numbers
from .run_detail import details

FULL_DIGITS = 6
SLOWEST = 10  # requests of a run


def document(experiment: Experiment) -> dict:
    style = Style(experiment)
    places = {result.cell.hash: place for place, result in enumerate(experiment.results)}
    edges = {
        _setting(result): distributions.edges_of(group)
        for group in _by_setting(experiment)
        for result in group
    }
    return {
        "workloads": experiment.workloads,
        "heaps": experiment.heaps,
        "published": experiment.sweep.published,
        "metrics": _metrics(experiment),
        "cells": [
            _cell(experiment, result, style, edges[_setting(result)])
            for result in experiment.results
        ],
        "settings": [
            {
                "workload": group[0].cell.workload,
                "heap": group[0].cell.heap,
                **distributions.of_setting(group),
            }
            for group in _by_setting(experiment)
        ],
        "nines": numbers(percentiles.X, FULL_DIGITS),
        "windows": numbers(WINDOWS, FULL_DIGITS),
        "latencies": percentiles.LATENCY_TITLES,
        "roles": time_spent.ROLES,
        "states": time_spent.STATES,
        "phases": timeline.PHASES,
        "causes": waits.COLOURS,
        "floor": _floor(experiment),
        "looks": {"pause": timeline.PAUSE, "running": timeline.RUNNING, "failed": FAILED},
        "overheads": [
            {
                "cell": places[one.result.cell.hash],
                "resource": one.resource,
                "ratio": _ratio(one.ratio),
            }
            for one in overheads(experiment)
        ],
        "explicit_free": _explicit_free(experiment),
        "barrier_cost": _barrier_cost(experiment.sweep.folder),
        "runs": _runs(experiment, places),
    }


def as_script(data: dict) -> str:
    """JSON that may stand inside a script element."""
    return json.dumps(data, separators=(",", ":"), ensure_ascii=False, allow_nan=False).replace(
        "<", "\\u003c"
    )


def _setting(result: CellResult) -> tuple[str, str]:
    return result.cell.workload, result.cell.heap


def _by_setting(experiment: Experiment) -> list[list[CellResult]]:
    groups: dict[tuple[str, str], list[CellResult]] = {}
    for result in experiment.results:
        groups.setdefault(_setting(result), []).append(result)
    return list(groups.values())


def _metrics(experiment: Experiment) -> list[dict]:
    """Those that any run has."""
    present = {
        name
        for result in experiment.results
        for digest in result.digests
        for name, value in digest.metrics.items()
        if not isnan(value)
    }
    return [
        {
            "name": metric.name,
            "unit": metric.unit,
            "better": metric.better,
            "meaning": metric.meaning,
            "extreme": metric.extreme,
            "told": metric.told,
        }
        for metric in METRICS.values()
        if metric.name in present
    ]


def _cell(experiment: Experiment, result: CellResult, style: Style, edges: np.ndarray) -> dict:
    dashes = style.line(result)["linestyle"]
    values = {name: [number(digest.metrics[name]) for digest in result.digests] for name in METRICS}
    return {
        "label": experiment.label(result.cell),
        "workload": result.cell.workload,
        "heap": result.cell.heap,
        "colour": style.colour(result.cell.collector),
        "dash": [] if isinstance(dashes, str) else [1.5 * length for length in dashes[1]],
        "marker": style.marker(result.cell.barrier),
        "is_baseline": result.is_baseline,
        "starved": result.starved,
        "fair": result.fairly_compared,
        "failures": ", ".join(result.failures).replace("_", " "),
        "blocks": [d.block for d in result.digests],
        "values": {
            name: found
            for name, found in values.items()
            if any(value is not None for value in found)
        },
        "ratios": {
            name: _ratio(ratio) for name in METRICS if (ratio := result.ratio(name)) is not None
        },
        **(distributions.of_cell(result, edges) if result.digests else {}),
    }


def _ratio(ratio: Ratio) -> list:
    """[value, low, high, invocations]."""
    return [*numbers([ratio.value, ratio.low, ratio.high]), ratio.invocations]


def _floor(experiment: Experiment) -> list[list] | None:
    """The machine's: [delays, P(delay > x)]."""
    floor = machine_floor(experiment)
    return [numbers(values) for values in floor.points] if floor else None


def _slow(run: Run) -> list[list] | None:
    """[start, length, causes] of the slowest requests of a run; null where it has none."""
    if not run.record or not run.record.get("requests"):
        return None
    return [
        [one.start, one.length, one.text]
        for one in waits.slow_requests(run.block, run.record, SLOWEST)
    ]


def _explicit_free(experiment: Experiment) -> dict | None:
    """What malloc and free cost over the floor of the same work, in wall time."""
    try:
        explicit = read_explicit_free(experiment.sweep.folder)
    except DamagedRun:
        return None
    over = explicit.over_floor(overheads(experiment)) if explicit else None
    return {"workload": explicit.workload, "ratio": number(over)} if over else None


def _barrier_cost(folder: Path) -> list[dict] | None:
    """A dictionary for each arm and barrier; null without a readable file."""
    path = folder / barrier_cost.FILE
    try:
        costs = barrier_cost.read_costs(path) if path.exists() else {}
    except DamagedRun:
        return None
    return [
        {
            "barrier": barrier,
            "arm": title,
            "colour": colour,
            **{
                quantity: numbers(mean_with_interval(values))
                for quantity, values in arms[arm].items()
                if values
            },
        }
        for (arm, title), colour in zip(barrier_cost.ARMS.items(), barrier_cost.ARM_COLOURS)
        for barrier, arms in costs.items()
        if arm in arms
    ] or None


def _runs(experiment: Experiment, places: dict[str, int]) -> list[dict]:
    """Every run that was read, failed ones too; `detail` is null without tables of events."""
    runs = [run for result in experiment.results for run in result.runs]
    timed = [run for run in runs if run.timed] if not experiment.sweep.published else []
    found = dict(zip(timed, details(timed)))
    return [
        {
            "cell": places[run.cell.hash],
            "block": run.block,
            "status": run.status,
            "error": (run.record or {}).get("error", ""),
            "command": (run.record or {}).get("command", ""),
            "utc": (run.record or {}).get("provenance", {}).get("utc", ""),
            "verified": run.verified,
            "detail": found.get(run),
            "slow": _slow(run),
        }
        for run in runs
    ]
