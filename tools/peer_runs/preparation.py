"""What has to be known before the first run: the minimum heaps, and how busy a marker is.

Purpose: `heaps`, the minimum heap of each contest in bytes, which the testbed finds and remembers;
`busy`, for each heap whose marker a peer runs beside, the arguments of the peer's busy thread.
Invariant: the busy thread has the period of the collector's cycles and the share of time for which
its marker and sweeper ran, both measured here in one run of concurrent/yuasa at that heap.
"""

import json
import tempfile
from pathlib import Path

from tricolour_report.program.process import captured

from .contests import Cell, Contest
from .execution import execute
from .measured import of_testbed
from .programs import Programs, workload_words

MARKED = ("concurrent-yuasa", "tricolour")
PROBE_TIMEOUT_S = 300


class PreparationFailed(Exception):
    """The testbed did not do what everything else is compared with."""


def minimum_heaps(programs: Programs, contests: list[Contest]) -> dict[str, int]:
    found = {}
    for contest in contests:
        words = [str(programs.build / "tricolour"), "minheap", *workload_words(contest), "--json"]
        finished = captured(words)
        if finished.returncode != 0:
            raise PreparationFailed(
                f"{' '.join(words)}: exit {finished.returncode}\n{finished.stderr[-2000:]}"
            )
        try:
            found[contest.name] = json.loads(finished.stdout)["bytes"]
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise PreparationFailed(f"{' '.join(words)}: no minimum heap: {error!r}") from error
    return found


def probe(
    programs: Programs, contest: Contest, heap: str, heaps: dict, seed: int
) -> tuple[dict, dict]:
    """(what a run of concurrent/yuasa measured, its provenance)."""
    program, kind = MARKED
    with tempfile.TemporaryDirectory() as scratch:
        words, environment = programs.command(
            Cell(contest, kind, program, heap), seed, heaps, {}, Path(scratch)
        )
        ended = execute(words, environment, PROBE_TIMEOUT_S, Path(scratch))
        if ended.status != "ok":
            raise PreparationFailed(f"{' '.join(words)}: {ended.status}: {ended.error}")
        return of_testbed(ended.document), ended.document["provenance"]


def busy_thread(contest: Contest, measured: dict) -> dict[str, float]:
    cycles = max(1, measured["collections"])
    return {
        "busy_mb": contest.live_mb,
        "busy_period_ms": max(1.0, measured["wall_ns"] / 1e6 / cycles),
        "busy_share": min(1.0, measured["marker_ns"] / measured["wall_ns"]),
    }


def prepare(programs: Programs, contests: list[Contest], cells: list[Cell], seed: int) -> dict:
    """`heaps`, `busy`, and the `provenance` of the testbed."""
    heaps = minimum_heaps(programs, contests)
    wanted = dict.fromkeys((cell.contest.name, cell.busy_as) for cell in cells if cell.busy_as)
    by_name = {contest.name: contest for contest in contests}
    busy, provenance = {}, None
    for name, heap in wanted:
        measured, provenance = probe(programs, by_name[name], heap, heaps, seed)
        busy[f"{name}@{heap}"] = busy_thread(by_name[name], measured)
    if provenance is None:
        _, provenance = probe(programs, contests[0], contests[0].heaps[0], heaps, seed)
    return {"heaps": heaps, "busy": busy, "provenance": provenance}
