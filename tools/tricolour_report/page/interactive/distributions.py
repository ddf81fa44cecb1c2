"""What the charts show of one cell, and of all cells of one workload and heap.

Invariant: the same numbers as in the figures of `figures/`, rounded; curves stand at the shared abscissas of the document.
"""

import numpy as np

from ...compare.waits import waits
from ...figures import percentiles
from ...figures.bystander_delay import delays
from ...figures.pauses import bin_edges, decades, kinds_of, survival
from ...figures.time_spent import ROLES, STATES
from ...read.digest import WINDOWS
from ...read.experiment import CellResult, OverRuns
from ...statistics import quantiles
from .compact import curve, number, numbers


def edges_of(results: list[CellResult]) -> np.ndarray:
    """The histogram's bins of one workload and heap, in ns."""
    return bin_edges(*decades(results))


def of_setting(results: list[CellResult]) -> dict:
    """Shared by the cells of one workload and heap: kinds of pauses in order, histogram bins."""
    return {"kinds": kinds_of(results), "edges": numbers(edges_of(results), 6)}


def of_cell(result: CellResult, edges: np.ndarray) -> dict:
    """Everything that the charts show of a cell with timed runs; `edges` are the histogram's of its workload and heap."""
    digests = result.digests
    found = {
        "pauses": {kind: _pauses(result.pooled_pauses(kind), edges) for kind in kinds_of([result])},
        "nines": None,
        "requests": _requests(result),
        "mmu": None,
        "bmu": None,
        "bystander": _steps(seen) if len(seen := delays(result)) else None,
        "waits": _waits(result),
        "cpu": [
            number(np.mean([d.record["cpu_ns"][role] for d in digests]) / 1e9) for role in ROLES
        ],
        "states": [
            number(
                np.mean([sum(m[state] for m in d.record["mutator_time_ns"]) for d in digests]) / 1e9
            )
            for state in STATES
        ],
    }
    if len(result.pooled_pauses()):
        found["nines"] = _band(
            [quantiles.curve(d.all_pauses) for d in digests], len(quantiles.PROBABILITIES)
        )
        found["nines"]["pooled"] = curve(quantiles.curve(result.pooled_pauses()))
    if any(np.isfinite(d.mmu).any() for d in digests):
        found["mmu"], found["bmu"] = (
            _band([getattr(d, kind) for d in digests], len(WINDOWS)) for kind in ("mmu", "bmu")
        )
    return found


def _pauses(values: np.ndarray, edges: np.ndarray) -> dict:
    return {
        "n": len(values),
        "most": number(values.max()),
        "counts": np.histogram(values, edges)[0].tolist(),
        "survival": _steps(values),
    }


def _steps(values: np.ndarray) -> list[list]:
    x, probability = survival(values)
    return [numbers(x), numbers(probability)]


def _requests(result: CellResult) -> dict:
    names = dict.fromkeys(name for digest in result.digests for name in digest.request_curves)
    return {
        name: {
            **_band(
                [d.request_curves[name] for d in result.digests if name in d.request_curves],
                len(quantiles.PROBABILITIES),
            ),
            "end": _end(*percentiles.longest(result, name)),
        }
        for name in names
    }


def _end(requests: float, over: OverRuns) -> list:
    """[requests, median, least, greatest] of the longest."""
    return numbers([requests, over.median, over.least, over.greatest])


def _waits(result: CellResult) -> dict | None:
    """Slow requests of all runs: their time by cause, and the slowest; null where there is none."""
    found = waits(result)
    if not found or not found.count:
        return None
    return {
        "count": found.count,
        "total": found.total,
        "explained": number(found.explained),
        "parts": found.parts,
        "slowest": found.slowest.parts,
        "length": found.slowest.length,
    }


def _band(curves: list[np.ndarray], points: int) -> dict:
    middle, low, high = quantiles.median_and_range(curves, points)
    return {"middle": curve(middle), "low": curve(low), "high": curve(high)}
