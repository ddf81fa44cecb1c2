"""A known time in every global pause must come out again, as pause and as nothing else.

Purpose: pairs of runs that do the same work (one mutator, a fixed number of operations: the same
collections at the same allocations), one of each with `inject.pause_ns`. What was injected is
measured in the same process by itself.

About noise: pairs are interleaved, in an order that alternates; every figure is the median over
pairs. Of a run's pauses the median counts, which no descheduled pause moves. Wall time has no such
shield: it needs a quiet machine.
"""

from pathlib import Path

import numpy as np

from tricolour_report.program.progress import Progress

from .bounds import STRICT, Bounds
from .checks import Check, percent, within
from .runs import run

INJECTED_NS = 100_000
RUN_NOMINAL_S = 0.3
# Half a thousand short collections a run, so that what is injected is a third of its time.
WORK = [
    "--workload",
    "fifo",
    "--param",
    "elements=1000",
    "--heap",
    "1M",
    "--operations",
    4_000_000,
    "--barrier",
    "yuasa",
]


def measure(binary: Path, pairs: int, progress: Progress) -> list[tuple[dict, dict]]:
    """(without, with) for each pair."""
    found = []
    for pair in range(pairs):
        both = {}
        for injected in (0, INJECTED_NS) if pair % 2 == 0 else (INJECTED_NS, 0):
            both[injected] = run(binary, [*WORK, "--set", f"inject.pause_ns={injected}"])
            progress.advance(RUN_NOMINAL_S, "a pause made longer")
        found.append((both[0], both[INJECTED_NS]))
    return found


def recovered(pairs: list[tuple[dict, dict]]) -> dict[str, float]:
    """Each difference as a share of what was injected: per pause into `pause`, in total into the
    others."""
    shares: dict[str, list[float]] = {
        "pause": [],
        "wall": [],
        "outside": [],
        "mutator_cpu": [],
        "pause_cpu": [],
    }
    for without, injected in pairs:
        if without["pauses"]["count"] != injected["pauses"]["count"]:
            raise ValueError("the two runs of a pair did not make the same collections")
        each = injected["injected_ns"]["pause"]
        total = each * injected["pauses"]["count"]
        shares["pause"].append((injected["pauses"]["p50_ns"] - without["pauses"]["p50_ns"]) / each)
        shares["wall"].append((injected["wall_ns"] - without["wall_ns"]) / total)
        shares["outside"].append((_outside(injected) - _outside(without)) / total)
        for role in ("mutator", "pause"):
            shares[f"{role}_cpu"].append(
                (injected["cpu_ns"][role] - without["cpu_ns"][role]) / total
            )
    return {name: float(np.median(values)) for name, values in shares.items()}


def checks(pairs: list[tuple[dict, dict]], bounds: Bounds = STRICT) -> list[Check]:
    tolerance = bounds.injected
    found = recovered(pairs)
    alone = float(np.median([injected["injected_ns"]["pause"] for _, injected in pairs]))
    count = pairs[0][0]["pauses"]["count"]
    source = (
        f"{INJECTED_NS // 1000} us are injected into each of {count} pauses of a run "
        f"({alone / 1000:.2f} us by themselves)"
    )
    pause = Check(
        name="injected pause, recovered",
        what=f"{source}: the median pause is longer by that.",
        expected=f"100 % of it, within {percent(tolerance, 0)}",
        measured=f"{percent(found['pause'])} by the clock, {percent(found['pause_cpu'])} in CPU "
        f"time of pauses; median of {len(pairs)} pairs",
        passes=within(found["pause"], 1, tolerance) and within(found["pause_cpu"], 1, tolerance),
    )
    elsewhere = Check(
        name="injected pause, attributed",
        what="The run is longer by the sum of what was injected, and nothing but its pauses is.",
        expected="wall time 100 % of the sum, time outside pauses and the mutator's CPU time 0 %, "
        f"each within {percent(tolerance, 0)}",
        measured=f"wall time {percent(found['wall'])}, outside pauses {percent(found['outside'])}, "
        f"mutator's CPU time {percent(found['mutator_cpu'])}",
        passes=within(found["wall"], 1, tolerance)
        and within(found["outside"], 0, tolerance)
        and within(found["mutator_cpu"], 0, tolerance),
    )
    return [pause, elsewhere]


def _outside(record: dict) -> float:
    return record["wall_ns"] - record["pauses"]["total_ns"]
