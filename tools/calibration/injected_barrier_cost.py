"""Known nanoseconds in a barrier's flag test, or in its shades, must come out again in the arms
that execute them, and in no other.

Purpose: whole runs in the four arms of barrier cost, each three times: as a base, with more
multiplications in every flag test (the fast path), with more in every shade (the slow path). What
is injected is the difference between two numbers of multiplications, measured by itself in the same
processes. Arm `off` executes neither; `test` the flag test; `filtered` and `full` both.

Why whole runs and not tricolour_bench: its store loop is a few instructions that an out-of-order
processor overlaps with anything, and the multiplications wait for all that is before them
(core/seams/injected_costs.hpp), so there the waiting would be what is measured. In a whole run both
members of a difference wait alike.

About noise: CPU time of the mutator per barrier executed, not wall time. The twelve cells are
interleaved in random blocks, differences are taken within a block, and the median over blocks
counts.
"""

import random
from pathlib import Path

import numpy as np

from tricolour_report.program.progress import Progress

from .bounds import STRICT, Bounds
from .checks import Check, percent, within
from .runs import run

ARMS = ("off", "test", "filtered", "full")
BASE, MORE = 10, 20  # multiplications; ten of them take some 8 ns
PLACES = {"test": "fast path", "shade": "slow path"}
EXECUTED_IN = {"test": ("test", "filtered", "full"), "shade": ("filtered", "full")}
RUN_NOMINAL_S = 0.37
# Three stores an operation and little else, in the near cache; dijkstra shades once a store.
WORK = ["--workload", "fifo", "--param", "elements=1000", "--heap", "16M", "--barrier", "dijkstra"]


def measure(binary: Path, blocks: int, seconds: float, progress: Progress) -> list[dict]:
    """For each block, run.json by (arm, place); place None is the base."""
    cells = [(arm, place) for arm in ARMS for place in (None, *PLACES)]
    order = random.Random(42)
    found = []
    for _ in range(blocks):
        block = {}
        for arm, place in order.sample(cells, len(cells)):
            words = [*WORK, "--seconds", seconds, "--barrier-arm", arm]
            for one in PLACES:
                words += ["--set", f"inject.{one}_multiplications={MORE if one == place else BASE}"]
            block[arm, place] = run(binary, words)
            progress.advance(RUN_NOMINAL_S, "barriers made slower")
        found.append(block)
    return found


def known_ns(blocks: list[dict], place: str) -> float:
    """What was injected each time, measured by itself in the same processes: the difference of
    medians over runs."""
    by_number = {BASE: [], MORE: []}
    for block in blocks:
        for (_, injected), record in block.items():
            by_number[MORE if injected == place else BASE].append(record["injected_ns"][place])
    return float(np.median(by_number[MORE]) - np.median(by_number[BASE]))


def recovered(blocks: list[dict], place: str) -> dict[str, float]:
    """By arm, the cost of a store above the base's as a share of what was injected."""
    known = known_ns(blocks, place)
    return {
        arm: float(
            np.median(
                [
                    _per_barrier(block[arm, place]) - _per_barrier(block[arm, None])
                    for block in blocks
                ]
            )
        )
        / known
        for arm in ARMS
    }


def checks(blocks: list[dict], bounds: Bounds = STRICT) -> list[Check]:
    return [_check(blocks, place, bounds.injected) for place in PLACES]


def _check(blocks: list[dict], place: str, tolerance: float) -> Check:
    found = recovered(blocks, place)
    expected = {arm: float(arm in EXECUTED_IN[place]) for arm in ARMS}
    per = "flag test" if place == "test" else "shade"
    return Check(
        name=f"injected barrier cost, {PLACES[place]}",
        what=f"{known_ns(blocks, place):.1f} ns are injected into every {per}: a store costs that "
        "much more in the arms that execute it.",
        expected=", ".join(f"{arm} {percent(share, 0)}" for arm, share in expected.items())
        + f" of it, within {percent(tolerance, 0)}",
        measured=", ".join(f"{arm} {percent(share)}" for arm, share in found.items())
        + f"; median of {len(blocks)} blocks",
        passes=all(within(found[arm], expected[arm], tolerance) for arm in ARMS),
    )


def _per_barrier(record: dict) -> float:
    return record["cpu_ns"]["mutator"] / record["barrier_counts"]["executed"]
