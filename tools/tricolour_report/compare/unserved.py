"""Requests of an open loop that were due and never served.

Purpose: say how many there were, next to the figures that are of the served ones alone.
Invariant: a run that does not say counts as one that served all, and a cell of such runs is silent.
"""

from ..read.experiment import CellResult, Experiment


def counted(result: CellResult) -> tuple[int, int]:
    """(not served, due) over all timed runs of a cell."""
    told = [digest.record["requests"] or {} for digest in result.digests]
    missed = sum(one.get("unserved", 0) for one in told)
    return missed, missed + sum(one.get("count", 0) for one in told)


def told_of_side(side: str, result: CellResult) -> str:
    """A sentence about a cell that left requests unserved, else empty."""
    missed, due = counted(result)
    if not missed:
        return ""
    percent = 100 * missed / due
    shown = "less than 0.1" if percent < 0.1 else f"{percent:.1f}"
    return (
        f"{side} never served {missed} of {due} requests that were due "
        f"({shown} %); latencies are of the others"
    )


def sentences(experiment: Experiment) -> list[str]:
    """One for each cell that left requests unserved."""
    return [
        f"{result.cell.workload}, heap {result.cell.heap}: {text}."
        for result in experiment.results
        if (text := told_of_side(experiment.label(result.cell), result))
    ]
