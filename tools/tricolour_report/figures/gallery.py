"""All figures of an experiment, in the order of the page.

Purpose: decide which figures a sweep gets and what a reader is told about each.
Invariants: distributions are shown at one heap size a workload (REFERENCE_HEAP, else the middle one), which the caption
names. A figure that has nothing to show does not exist.
"""

from dataclasses import dataclass
from typing import Callable, Iterator

from matplotlib.figure import Figure

from ..compare.explicit_free import FILE as EXPLICIT_FREE
from ..compare.explicit_free import read_explicit_free
from ..program.errors import DamagedRun
from ..read.experiment import CellResult, Experiment, heap_order
from . import (
    barrier_cost,
    bystander_delay,
    heap_over_time,
    lower_bound_overhead,
    pauses,
    percentiles,
    slowest_requests,
    throughput,
    time_spent,
    timeline,
    utilisation,
)
from .style import Style

REFERENCE_HEAP = "2x"
OVERVIEW = "Overview"


@dataclass(frozen=True)
class Picture:
    """`name` becomes the file name; `reading` tells in a sentence how to read it."""

    name: str
    section: str
    title: str
    reading: str
    figure: Figure


PER_WORKLOAD = [
    (
        "pause_histogram",
        "Pause histogram",
        pauses.histogram,
        "How often pauses of each length came, all invocations together; both axes are logarithmic, so a long"
        " tail stays visible. Further left is better.",
    ),
    (
        "pause_distribution",
        "Pauses, complementary distribution",
        pauses.complementary,
        "The share of pauses longer than x. The grey line is the machine's own floor: by how much a "
        "thread that only sleeps woke"
        " late with nothing else running, before and after the sweep. What is on it says nothing about"
        " a collector.",
    ),
    (
        "pause_percentiles",
        "Pauses by nines",
        percentiles.pause_percentiles,
        "Each step to the right is ten times rarer. Thick lines: median over invocations, bands their range, "
        "as far as a run's number of pauses allows (1 - 10/n); thin lines: all runs' pauses together. Lower "
        "is better.",
    ),
    (
        "utilisation",
        "Mutator utilisation",
        utilisation.utilisation,
        "For each window length, the least share of any such window in which the mutator ran. Where a line "
        "leaves 0 is the longest time the mutator was kept from running. Higher and further left is better.",
    ),
    (
        "request_latency",
        "Request latency",
        percentiles.request_percentiles,
        "Latency of requests by nines, as far as their number allows, and to the longest. In an open "
        "loop, intended latency is the "
        "one to compare. In a closed loop, metered latency also charges a pause to the requests that "
        "would have queued behind it; "
        "where there are several pauses, and over the whole run, a later pause can lower what "
        "earlier requests are charged, and "
        "drift of the rate shows as latency.",
    ),
    (
        "slowest_requests",
        "What the slowest requests waited for",
        slowest_requests.slowest_requests,
        "Requests of 1 ms or more of all invocations, by what they waited for, as runs timed it; "
        "unexplained is time without a "
        "name. n requests took the time that is printed, of which a share is explained; the longest "
        "gap without a name between two "
        "operations is the least, the median and the greatest over runs.",
    ),
    (
        "bystander",
        "Bystander delay",
        bystander_delay.bystander_delay,
        "By how much a thread that only sleeps woke late while the cell ran: the machine, the "
        "mutators and the collector's threads "
        "together. The grey line is the machine's own floor, with nothing else running. A "
        "collector's part is the excess over a cell "
        "without a cycle; the table states it where there is one and mutators are fewer than cores.",
    ),
    (
        "timeline",
        "One cycle, thread by thread",
        timeline.timeline,
        "A cycle of median length of one run of each collector: what each thread did, and when the mutators "
        "stood still (black). Time axes differ between panels.",
    ),
    (
        "heap",
        "Heap over time",
        heap_over_time.heap_over_time,
        "Memory in use through some cycles of the same runs. The next cycle is to begin where the "
        "use reaches the trigger (dashed), "
        "and has to end before it reaches the size of the heap (solid). Shaded: pauses.",
    ),
    (
        "time_spent",
        "Where the time went",
        time_spent.time_spent,
        "Left: CPU seconds by role, which background marking raises even where the wall time falls. Right: "
        "what the mutators' wall time was spent on.",
    ),
]


def reference_results(experiment: Experiment, workload: str) -> tuple[str, list[CellResult]]:
    """(heap, cells) of the heap size at which distributions are shown."""
    own = [result for result in experiment.results if result.cell.workload == workload]
    heaps = sorted({result.cell.heap for result in own}, key=heap_order)
    heap = REFERENCE_HEAP if REFERENCE_HEAP in heaps else heaps[len(heaps) // 2]
    return heap, [result for result in own if result.cell.heap == heap]


def pictures(experiment: Experiment, progress: Callable[[str], None]) -> Iterator[Picture]:
    """Draw one figure after the other; the caller closes each."""
    style = Style(experiment)
    if experiment.timed_runs:
        yield Picture(
            "throughput",
            OVERVIEW,
            "Throughput against the baseline",
            "Operations per second over those of the baseline in the same block; bars are 95 % intervals. An "
            "interval that holds 1 shows no difference; one that leaves the picture goes on. "
            "Crosses: cells that failed. Hollow: a "
            "run had fewer than 3 cycles, so the ratio ranks nothing.",
            throughput.throughput(experiment, style),
        )
        yield from _overhead_picture(experiment, style, progress)
    yield from _cost_picture(experiment, progress)
    for workload in experiment.workloads:
        heap, results = reference_results(experiment, workload)
        if not any(result.digests for result in results):
            continue
        paused = any(len(result.pooled_pauses()) for result in results)
        for name, title, draw, reading in PER_WORKLOAD:
            if name.startswith("pause") and not paused:
                continue
            figure = draw(experiment, results, style)
            if figure is not None:
                yield Picture(
                    f"{name}_{workload}", f"{workload} at heap {heap}", title, reading, figure
                )


def _overhead_picture(
    experiment: Experiment, style: Style, progress: Callable[[str], None]
) -> Iterator[Picture]:
    explicit = None
    try:
        explicit = read_explicit_free(experiment.sweep.folder)
    except DamagedRun as damage:
        progress(f"skipped {experiment.sweep.folder / EXPLICIT_FREE}: {damage}")
    figure = lower_bound_overhead.lower_bound_overhead(experiment, style, explicit)
    if figure is not None:
        yield Picture(
            "lower_bound_overhead",
            OVERVIEW,
            "Lower-bound overhead",
            "What an operation costs, over the least that any cell of the same work cost without its explicit collection: "
            "collecting costs at least this much. Barriers' fast paths and slower allocation are in it. Bars are 95 % "
            "intervals, which do not know that the floor was chosen for being the least. Lower is better.",
            figure,
        )


def _cost_picture(experiment: Experiment, progress: Callable[[str], None]) -> Iterator[Picture]:
    path = experiment.sweep.folder / barrier_cost.FILE
    if not path.exists():
        return
    try:
        costs = barrier_cost.read_costs(path)
    except DamagedRun as damage:
        progress(f"skipped {path}: {damage}")
        return
    yield Picture(
        "barrier_cost",
        OVERVIEW,
        "Cost of a reference store",
        "Time per store in four arms, which part the cost: flag test, filter, shading. Intervals are over "
        "repetitions in one process.",
        barrier_cost.barrier_cost(costs),
    )
