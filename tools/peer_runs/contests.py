"""What is compared: contests, and the cells that take part in each.

Purpose: a contest is one program with its parameters (`latency-closed`); a cell is one memory
manager in it at one heap size (`latency-closed/concurrent-yuasa@2x`).
Invariant: every cell of a contest does the same work. `heap` is the multiple of the testbed's
minimum heap, in bytes for all who take a limit; it is empty where there is no limit to set.
"""

import re
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

AGAIN = "-again"
BARRIERS = ("yuasa", "hybrid", "dijkstra", "steele", "boehm_cards")
COLLECTED = (("stop_the_world", "none"), *(("concurrent", barrier) for barrier in BARRIERS))
BOUNDED = tuple(("concurrent", barrier) for barrier in BARRIERS[:3])
ALLOCATORS = ("glibc", "jemalloc", "mimalloc")
JAVA_COLLECTORS = ("serial", "parallel", "g1", "zgc", "shenandoah")
NEWER_JAVA_COLLECTORS = ("g1", "zgc")
PEERS, PRESSURE = "peers", "pressure"


@dataclass(frozen=True)
class Contest:
    """`live_mb`: the live heap of one mutator, in 10^6 bytes. `seconds` or `passes` is the length
    of the measured region.
    """

    name: str
    workload: str
    parameters: dict[str, float]
    heaps: tuple[str, ...]
    peer_heaps: tuple[str, ...]
    live_mb: float
    seconds: float = 0.0
    passes: int = 0
    mutators: int = 1
    base: str = ""
    again: str = ""
    busy: dict[str, tuple[str, ...]] = field(
        default_factory=dict
    )  # allocator: heaps whose marker it runs beside


@dataclass(frozen=True)
class Cell:
    """`kind` is tricolour, malloc, boehm, java or go; `busy_as` is the heap whose marker a busy
    thread takes the place of.
    """

    contest: Contest
    kind: str
    program: str
    heap: str = ""
    busy_as: str = ""

    @property
    def name(self) -> str:
        return f"{self.contest.name}/{self.program}" + (f"@{self.heap}" if self.heap else "")

    def chosen(self, names: list[str]) -> bool:
        """By its name, a pattern of it, or one part of it alone: the contest, the program or the
        kind.
        """
        parts = (self.contest.name, self.program, self.program.removesuffix(AGAIN), self.kind)
        return any(name in parts or fnmatchcase(self.name, name) for name in names)


def contests(mode: str, smoke: bool) -> list[Contest]:
    if mode == PRESSURE:
        return _pressure(smoke)
    live, live_open, rate = (2, 2, 20_000) if smoke else (400, 100, 300_000)
    # The rate of an open loop decides how often a heap fills: in 3 s only twice, on a slow machine.
    seconds, seconds_open = (0.1, 0.1) if smoke else (2.8, 5.0)
    passes = 1 if smoke else 2
    found = [
        Contest(
            "latency-closed",
            "latency",
            {"live_mb": live, "rate": 0},
            ("2x", "1.5x"),
            ("2x",),
            live,
            seconds,
            base="jemalloc",
            again="jemalloc",
            busy={"mimalloc": ("2x",)},
        ),
        Contest(
            "latency-open",
            "latency",
            {"live_mb": live_open, "rate": rate},
            ("2x", "1.5x"),
            ("2x",),
            live_open,
            seconds_open,
            base="mimalloc",
            busy={"mimalloc": ("2x", "1.5x")},
        ),
    ]
    for scale in (0, 2):
        depth = scale - 4 if smoke else scale
        found.append(
            Contest(
                f"gcbench-{scale}",
                "gcbench",
                {"scale": depth},
                ("2x", "4x"),
                ("2x", "4x"),
                17 * 2.0**depth,
                passes=passes,
                base="mimalloc",
            )
        )
    return found


def _pressure(smoke: bool) -> list[Contest]:
    shrink, seconds = (0.01, 0.1) if smoke else (1, 3.0)

    def long_enough(live_mb: float) -> float:
        """For several cycles: gigabytes take longer to fill."""
        return seconds * max(1, live_mb / 1000)

    found = [
        Contest(
            f"pauses-{live}mb",
            "latency",
            {"live_mb": live * shrink, "rate": 0},
            ("2x",),
            (),
            live * shrink,
            long_enough(live * shrink),
        )
        for live in (100, 400, 1600, 4000)
    ]
    found.append(
        Contest(
            "mutators-16",
            "latency",
            {"live_mb": 200 * shrink, "rate": 0},
            ("2x",),
            (),
            200 * shrink,
            long_enough(16 * 200 * shrink),
            mutators=16,
        )
    )
    found.append(
        Contest(
            "graph-64",
            "graph",
            {"nodes": 2000} if smoke else {},
            ("2x",),
            (),
            12,
            seconds,
            mutators=64,
        )
    )
    return found


def cells_of(contest: Contest, java_versions: list[int]) -> list[Cell]:
    """`java_versions`: 17, and a newer one if there is such."""
    pressed = not contest.peer_heaps
    collected = [COLLECTED[0], *BOUNDED] if pressed and contest.mutators == 1 else COLLECTED
    found = [
        Cell(contest, "tricolour", f"{collector}-{barrier}", heap)
        for heap in contest.heaps
        for collector, barrier in collected
    ]
    if pressed:
        return found
    for allocator in ALLOCATORS:
        found.append(Cell(contest, "malloc", allocator))
        if contest.again == allocator:
            found.append(Cell(contest, "malloc", allocator + AGAIN))
        found += [
            Cell(contest, "malloc", f"{allocator}-busy-as-{heap}", busy_as=heap)
            for heap in contest.busy.get(allocator, ())
        ]
    found.append(Cell(contest, "boehm", "boehm"))
    for heap in contest.peer_heaps:
        found.append(Cell(contest, "go", "go", heap))
        for place, version in enumerate(java_versions):
            for collector in NEWER_JAVA_COLLECTORS if place else JAVA_COLLECTORS:
                found.append(Cell(contest, "java", f"java{version}-{collector}", heap))
    return found


def multiple(heap: str) -> float:
    return float(heap.removesuffix("x"))


def allocator_of(cell: Cell) -> str:
    return re.sub(rf"-busy-as-.*|{AGAIN}$", "", cell.program)


def warmup(cell: Cell) -> float:
    """Seconds of a `latency`, passes of a `gcbench`, before the measured region. The testbed
    touches its pages before instead.
    """
    if cell.kind == "tricolour":
        return 0
    if cell.contest.workload == "gcbench":
        return 2 if cell.kind == "java" else 1
    return (0.8 if cell.kind == "java" else 0.3) * min(1, cell.contest.seconds)


# Seconds to start and end a run; seconds for each GB of live heap to build and check it; and
# seconds of a pass for each
# GB that lives, all by kind. Measured on a virtual machine with two cores, for the estimate alone.
START_S = {"tricolour": 0.1, "malloc": 0.1, "boehm": 0.1, "java": 0.4, "go": 0.1}
BUILD_S_PER_GB = {"tricolour": 1.5, "malloc": 1.5, "boehm": 3.0, "java": 2.5, "go": 3.0}
PASS_S_PER_GB = {"tricolour": 5.0, "malloc": 10.0, "boehm": 15.0, "java": 9.0, "go": 20.0}


def nominal_seconds(cell: Cell) -> float:
    live_gb = cell.contest.live_mb * cell.contest.mutators / 1000
    if cell.contest.workload == "gcbench":
        passes = cell.contest.passes + warmup(cell)
        return START_S[cell.kind] + passes * PASS_S_PER_GB[cell.kind] * live_gb
    return (
        START_S[cell.kind]
        + cell.contest.seconds
        + warmup(cell)
        + BUILD_S_PER_GB[cell.kind] * live_gb
    )
