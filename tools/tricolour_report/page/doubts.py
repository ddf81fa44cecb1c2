"""Which figures of a page must not be trusted, and why.

Purpose: one list of all that limits what these runs show, so that a reader need not find it in the
figures.
Invariant: a sentence is there only where what it warns of is so in these runs.
"""

from ..compare import run_delay
from ..compare.bystander import floor_sentence, machine_floor
from ..compare.unserved import sentences as unserved
from ..read.experiment import ENOUGH_CYCLES, CellResult, Experiment
from ..statistics.intervals import ENOUGH_INVOCATIONS
from ..statistics.quantities import duration
from .answers import starved
from .provenance import provenance

MUCH_FALLBACK = 0.1  # of a cell's cycles


def doubts(experiment: Experiment) -> list[str]:
    timed = [result for result in experiment.results if result.digests]
    if not timed:
        return []
    return [
        *_few(timed),
        *_floor(experiment, timed),
        *filter(None, [run_delay.sentence(experiment)]),
        *_starved(experiment),
        *unserved(experiment),
        *_open_loops(timed),
        *_fallen_back(experiment, timed),
        *_failed(experiment),
        *_differing(experiment),
    ]


def _few(timed: list[CellResult]) -> list[str]:
    fewest = min(len(result.digests) for result in timed)
    if fewest >= ENOUGH_INVOCATIONS:
        return []
    return [
        f"Every ratio: the smallest cell has {fewest} of the {ENOUGH_INVOCATIONS} invocations from "
        "which an interval is a claim."
    ]


def _floor(experiment: Experiment, timed: list[CellResult]) -> list[str]:
    floor = machine_floor(experiment)
    if floor is None:
        return [floor_sentence(floor)]
    near = [one for one in timed if 0 < one.middle("pause_max") <= floor.longest]
    if not near:
        return []
    return [
        f"The longest pause of {len(near)} of {len(timed)} cells: its median over runs is no more "
        f"than the {duration(floor.longest)} that a thread which only sleeps was late with nothing "
        "else running, so it may be the machine's doing."
    ]


def _starved(experiment: Experiment) -> list[str]:
    settings = starved(experiment)
    if not settings:
        return []
    return [
        f"Starved cells: a run had fewer than {ENOUGH_CYCLES} cycles. Such a cell hardly "
        "collected, so it is not ranked, and ratios to a starved baseline claim nothing. "
        f"{'; '.join(settings)}."
    ]


def _open_loops(timed: list[CellResult]) -> list[str]:
    workloads = dict.fromkeys(result.cell.workload for result in timed if result.open_loop)
    if not workloads:
        return []
    return [
        f"Throughput of {', '.join(workloads)}: its requests come at a rate that was asked for, so "
        "it is no result."
    ]


def _fallen_back(experiment: Experiment, timed: list[CellResult]) -> list[str]:
    fell = [one for one in timed if one.fallback_share > MUCH_FALLBACK]
    if not fell:
        return []
    most = max(fell, key=lambda one: one.fallback_share)
    return [
        f"Figures of {len(fell)} of {len(timed)} cells are in part those of a stopped collection, "
        f"which finished more than {100 * MUCH_FALLBACK:.0f} % of their cycles; most, "
        f"{100 * most.fallback_share:.0f} %, of {experiment.label(most.cell)}, "
        f"{most.cell.workload}, heap {most.cell.heap}."
    ]


def _failed(experiment: Experiment) -> list[str]:
    failed = sum(bool(result.failures) for result in experiment.results)
    if not failed:
        return []
    cells = "1 cell has" if failed == 1 else f"{failed} cells have"
    return [f"{cells} failed runs; figures are of the others alone."]


def _differing(experiment: Experiment) -> list[str]:
    fields = [one["name"] for one in provenance(experiment) if one["differs"]]
    if not fields:
        return []
    return [
        f"Runs differ in {', '.join(fields)}, which may be part of any difference between them."
    ]
