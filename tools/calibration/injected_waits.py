"""A known wait in each place where a mutator can wait must come out under its own name.

Purpose: for each place one run of requests in which a few waits of 5 ms are injected below whatever
times that place. The run says by another reading of the clock when each began and ended. Every one
of them must be a row of its phase, the named cause of the request in which it happened, lost time
in utilisation, and a line of the table of what slow requests waited for.

Invariant: a wait is found only where all of it is. What a request says of it is compared with the
rows of its phase in that request, which hold the wait and what it would have taken anyway: more
would be counted twice.
"""

import csv
import json
import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from tricolour_report.program.progress import Progress

from .checks import Check, percent
from .runs import execute

INJECTED_NS = 5_000_000
WINDOW, WINDOW_NS = "10ms", 10_000_000
MOST_SHARE = 1.1  # of the rows in that request
RUN_NOMINAL_S = 2.5


@dataclass(frozen=True)
class Place:
    """`activity`: how phases.csv and a request name it."""

    activity: str
    words: list


LAZY = ["--collector", "stop_the_world", "--sweep", "lazy", "--heap", "32M"]
CONCURRENT = ["--collector", "concurrent", "--barrier", "yuasa", "--heap", "19M"]
LARGE = [
    "--collector",
    "stop_the_world",
    "--heap",
    "64M",
    "--param",
    "large_every=2000",
    "--param",
    "large_kb=1024",
]
PLACES = {
    "search": Place("search", LAZY),
    "sweep": Place("lazy_sweeping", LAZY),
    "large_object_search": Place("large_object_search", LARGE),
    "assist": Place("assist", CONCURRENT),
    "registry_lock": Place("registry_lock", LAZY),
    "page_fault": Place("page_fault", LARGE),
    "pause": Place("paused", LAZY),
    "handshake": Place("handshake", CONCURRENT),
    "stall": Place("stall", [*CONCURRENT, "--set", "pacer.assist=off"]),
}


@dataclass
class Found:
    """Of one place: the waits in the measured region, and where each was found."""

    waits: int
    in_requests: int
    in_phases: int
    # What the request says it took, of what the rows around its waits say.
    share: list[float] = field(default_factory=list)
    utilisation: float = 1.0
    in_table: bool = False

    @property
    def passes(self) -> bool:
        return (
            0 < self.waits == self.in_requests == self.in_phases
            and float(np.median(self.share)) <= MOST_SHARE
            and self.utilisation <= 1 - INJECTED_NS / WINDOW_NS
            and self.in_table
        )


def measure(binary: Path, scratch: Path, seconds: float, progress: Progress) -> dict[str, Found]:
    return {name: measure_one(binary, scratch, name, seconds, progress) for name in PLACES}


def measure_one(
    binary: Path, scratch: Path, name: str, seconds: float, progress: Progress
) -> Found:
    place = PLACES[name]
    folder = scratch / "waits"
    words = [
        "run",
        "--workload",
        "latency",
        "--param",
        "live_mb=16",
        "--warmup",
        0,
        "--seconds",
        seconds,
        *place.words,
        "--out",
        folder,
        "--set",
        f"inject.{name}_ns={INJECTED_NS}",
    ]
    text = execute(binary, words).stdout
    record = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    tables = [
        list(csv.DictReader((folder / name).read_text(encoding="utf-8").splitlines()))
        for name in ("phases.csv", "pauses.csv")
    ]
    found = find(place, record, *tables, text)
    shutil.rmtree(folder)
    progress.advance(RUN_NOMINAL_S, "a wait made longer")
    return found


def find(place: Place, record: dict, phases: list[dict], pauses: list[dict], text: str) -> Found:
    """Where the waits of a run, which are all at one place, come out."""
    if place.activity == "paused":  # every pause has it, in the work for which the world is stopped
        waits = [(int(row["stopped_ns"]), int(row["resume_ns"])) for row in pauses]
    else:
        waits = [(wait["begin_ns"], wait["end_ns"]) for wait in record["injected_waits"]]
    region = record["start_ns"], record["end_ns"]
    waits = [(begin, end) for begin, end in waits if region[0] <= begin and end <= region[1]]
    rows = [
        (int(row["begin_ns"]), int(row["end_ns"]))
        for row in phases
        if row["role"] == "mutator" and row["phase"] == place.activity
    ]
    requests = [
        (
            one["start_ns"],
            one["start_ns"] + one["duration_ns"],
            one["causes"].get(place.activity, 0),
        )
        for one in record["requests"]["slow"]
    ]
    found = Found(len(waits), 0, 0, utilisation=record["mmu"][WINDOW])
    known: dict[tuple, int] = {}  # by request, what the waits in it say of themselves
    in_rows: dict[tuple, int] = {}  # by request, what the rows around them say
    for begin, end in waits:
        row = next((row for row in rows if row[0] <= begin and end <= row[1]), None)
        found.in_phases += row is not None and end - begin >= INJECTED_NS
        around = next((one for one in requests if one[0] <= begin and end <= one[1]), None)
        if around is not None:
            known[around] = known.get(around, 0) + end - begin
            found.in_requests += around[2] >= known[around]
            in_rows[around] = in_rows.get(around, 0) + (row[1] - row[0] if row else end - begin)
    found.share = [request[2] / in_rows[request] for request in known]
    line = rf"^ +{place.activity.replace('_', ' ')} +[0-9.]+ .?s +[0-9.]+ %$"
    found.in_table = re.search(line, text, re.MULTILINE) is not None
    return found


def checks(found: dict[str, Found]) -> list[Check]:
    return [_check(name, one) for name, one in found.items()]


def _check(name: str, found: Found) -> Check:
    place = PLACES[name]
    share = percent(float(np.median(found.share))) if found.share else "nothing"
    return Check(
        name=f"injected wait, {name.replace('_', ' ')}",
        what=f"Waits of {INJECTED_NS // 1_000_000} ms come out as {place.activity}, a phase and a "
        "cause of their request.",
        expected=f"every wait, the request's cause at most {percent(MOST_SHARE, 0)} of its rows, "
        f"MMU({WINDOW}) at most {percent(1 - INJECTED_NS / WINDOW_NS, 0)}, a line in "
        "the table of slow requests",
        measured=f"of {found.waits} waits {found.in_phases} in phases and {found.in_requests} in "
        f"requests, the cause {share}, MMU({WINDOW}) {percent(found.utilisation)}, "
        f"{'a' if found.in_table else 'no'} line in the table",
        passes=found.passes,
    )
