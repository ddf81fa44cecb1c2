"""The testbed against other allocators and collectors: peers.json read, and its tables.

Purpose: `peers.json` of a sweep's folder, else the one that the project publishes, for the page's
appendix; and the tables that the page and the README of tools/peers share.
Invariants: a ratio is paired by round, with a 95 % t interval on its logarithm; a maximum has none.
A program that did not run in every round is shown with its status. A file that is there is shown or
named as damaged, never ignored.
"""

import base64
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from statistics import median

from ..program.errors import DamagedRun
from ..program.regular import regular
from ..read import schema
from ..read.experiment import ENOUGH_CYCLES
from ..statistics.intervals import ENOUGH_INVOCATIONS, Ratio, paired, ratio
from ..statistics.quantities import ABSENT, duration, measured
from ..statistics.quantities import ratio as ratio_text
from ..statistics.quantities import size
from .table import Column, Table

FILE = "peers.json"
FIGURE = Path("plots") / "peers.png"
SCHEMA_VERSION = 1
PUBLISHED = schema.FOLDER.parent / "reference" / "peers"
ABSENT_TEXT = f"There is no {FILE}, neither in the sweep's folder nor in results/reference/peers."

# By the beginning of a contest's name: the figures of which ratios are shown, and whether more of
# it is better.
COMPARED = {
    "latency-closed": (("operations_per_s", "requests/s"), ("p9999_ns", "p99.99")),
    "latency-open": (("p999_ns", "p99.9"), ("p9999_ns", "p99.99")),
    "gcbench": (("pass_ns", "time of a pass"),),
}
OTHERS_COMPARED = (("operations_per_s", "operations/s"),)


@dataclass(frozen=True)
class PeerCell:
    name: str
    contest: str
    program: str
    kind: str
    heap: str
    heap_bytes: int | None
    base: bool
    status: str
    why: str
    runs: list[dict]

    def by_round(self, figure: str) -> dict[int, float]:
        """Of the runs that are ok and have the figure."""
        found = {}
        for run in self.runs:
            value = _figure(run["measured"], figure) if run["status"] == "ok" else None
            if value is not None:
                found[run["round"]] = value
        return found

    def values(self, figure: str) -> list[float]:
        return list(self.by_round(figure).values())

    @property
    def label(self) -> str:
        return f"{self.program} {self.heap}".strip()

    @property
    def starved(self) -> bool:
        """Whether a collector collected too seldom in a run for its figures to say
        anything of collecting.
        """
        collections = self.values("collections")
        return bool(collections) and min(collections) < ENOUGH_CYCLES


def _figure(one: dict, figure: str) -> float | None:
    if figure == "pass_ns":
        return one["wall_ns"] / one["operations"]
    return one.get(figure)


@dataclass(frozen=True)
class Peers:
    own: bool
    document: dict
    cells: list[PeerCell]
    picture: str  # a data URI, or empty

    @property
    def same(self) -> str:
        return same_text(self.document["same_against_same"])

    @property
    def targets(self) -> Table:
        looks = {"figure": "some-wrap", "verdict": "wrap"}
        columns = [
            Column(title, itemgetter(place), looks.get(title, ""))
            for place, title in enumerate(("cell", "figure", "measured", "target", "verdict"))
        ]
        return Table(columns, [target_text(target) for target in self.document["targets"]])

    @property
    def tables(self) -> dict[str, Table]:
        """By contest. A row is its texts and the cell."""
        return {contest: self._table(contest) for contest in self.contests}

    def _table(self, contest: str) -> Table:
        base = self.base(contest)
        return Table(
            [
                Column(title, itemgetter(place), "some-wrap")
                for place, title in enumerate(columns(contest, base))
            ],
            [[*row(cell, base), cell] for cell in self.of(contest)],
            lambda row: "" if row[-1].status in ("ok", "missing") else "failed",
        )

    @property
    def contests(self) -> list[str]:
        return list(dict.fromkeys(cell.contest for cell in self.cells))

    def of(self, contest: str) -> list[PeerCell]:
        return [cell for cell in self.cells if cell.contest == contest]

    def base(self, contest: str) -> PeerCell | None:
        return next((cell for cell in self.of(contest) if cell.base), None)

    @property
    def exploratory(self) -> bool:
        return self.document["rounds"] < ENOUGH_INVOCATIONS


def cells_of(document: dict) -> list[PeerCell]:
    return [PeerCell(**cell) for cell in document["cells"]]


def read_peers(folder: Path) -> Peers | None:
    """That of the sweep's folder (`own`) before the published one; None where there is neither.
    Raises DamagedRun.
    """
    home = next((home for home in (folder, PUBLISHED) if (home / FILE).exists()), None)
    if home is None:
        return None
    document = schema.parse(home / FILE, FILE)
    version = document.get("schema_version") if isinstance(document, dict) else None
    if version != SCHEMA_VERSION:
        raise DamagedRun(
            f"{FILE}: schema version {version!r}, this program reads version {SCHEMA_VERSION}"
        )
    violation = first_violation(document)
    if violation:
        raise DamagedRun(f"{FILE}: {violation}")
    return Peers(home == folder, document, cells_of(document), _inline(home / FIGURE))


def _inline(picture: Path) -> str:
    """A data URI; empty where there is no picture."""
    try:
        image = regular(picture).read_bytes()
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise DamagedRun(f"{FIGURE}: {error.strerror}") from error
    return "data:image/png;base64," + base64.b64encode(image).decode("ascii")


def appendix(folder: Path) -> tuple[Peers | None, str]:
    """(the comparison, why there is none)."""
    try:
        return read_peers(folder), ABSENT_TEXT
    except DamagedRun as damage:
        return None, f"The comparison with others is damaged: {damage}"


def first_violation(document: dict) -> str | None:
    violation = next(
        iter(schema.Validator(schema.load("peers.schema.json")).iter_errors(document)), None
    )
    if violation is None:
        return None
    return (
        f"{'.'.join(str(step) for step in violation.absolute_path) or 'top level'}:"
        f" {violation.message[:160]}"
    )


def compared(contest: str) -> tuple[tuple[str, str], ...]:
    return next(
        (figures for begin, figures in COMPARED.items() if contest.startswith(begin)),
        OTHERS_COMPARED,
    )


def paired_ratio(base: PeerCell | None, other: PeerCell, figure: str) -> Ratio | None:
    """other / base over the rounds in which both have the figure and it is not 0."""
    if base is None:
        return None
    values = [
        {at: value for at, value in cell.by_round(figure).items() if value > 0}
        for cell in (base, other)
    ]
    estimate = paired(*values)
    return ratio(estimate) if estimate else None


def columns(contest: str, base: PeerCell | None) -> list[str]:
    over = [f"{name} / {base.label}" for _, name in compared(contest)] if base else []
    speed = "time of a pass" if contest.startswith("gcbench") else "operations/s"
    tail = (
        []
        if contest.startswith("gcbench")
        else ["p99.9", "p99.99", "worst: least", "median", "greatest"]
    )
    return ["program", "heap", "status", *over, speed, *tail, "collections", "peak resident"]


def row(cell: PeerCell, base: PeerCell | None) -> list[str]:
    """The texts of `columns`: medians over runs, where no other word is said."""
    over = (
        [
            ABSENT if cell is base else ratio_text(paired_ratio(base, cell, figure))
            for figure, _ in compared(cell.contest)
        ]
        if base
        else []
    )
    speed = [
        (
            _median(cell, "pass_ns", duration)
            if cell.contest.startswith("gcbench")
            else _median(cell, "operations_per_s", _per_second)
        )
    ]
    tail = []
    if not cell.contest.startswith("gcbench"):
        worst = cell.values("max_ns") or cell.values("longest_gap_ns")
        extremes = [duration(take(worst)) for take in (min, median, max)] if worst else [ABSENT] * 3
        tail = [_median(cell, "p999_ns", duration), _median(cell, "p9999_ns", duration), *extremes]
    collections = _median(cell, "collections", lambda count: f"{count:g}") + (
        " (starved)" if cell.starved else ""
    )
    heap = f"{cell.heap} ({size(cell.heap_bytes)})" if cell.heap_bytes else "no limit"
    return [
        cell.program,
        heap,
        status(cell),
        *over,
        *speed,
        *tail,
        collections,
        _median(cell, "peak_resident", size),
    ]


def status(cell: PeerCell) -> str:
    """Of the runs, and how many requests the figures leave out."""
    good = sum(run["status"] == "ok" for run in cell.runs)
    text = f"{cell.status}: {good} of {len(cell.runs)} runs are ok"
    if cell.status in ("ok", "missing", "not_run"):
        text = cell.status.replace("_", " ")
    return "; ".join(filter(None, (text, unserved(cell))))


def unserved(cell: PeerCell) -> str:
    """Empty where every request that was due was served, or no run says."""
    missed = sum(cell.values("unserved"))
    if not missed:
        return ""
    due = missed + sum(cell.values("operations"))
    return f"{missed} of {due} requests unserved"


def _median(cell: PeerCell, figure: str, text) -> str:
    values = cell.values(figure)
    return text(median(values)) if values else ABSENT


def _per_second(value: float) -> str:
    return measured(value, "/s")


def target_text(target: dict) -> list[str]:
    """cell, figure, what was measured, target, verdict."""
    value = _in_unit(target["value"], target["unit"])
    if target["low"] is not None:
        value += f" [{target['low']:.3f}, {target['high']:.3f}]"
    verdict = {True: "met", False: "missed", None: "not decided"}[target["met"]]
    if target["missed_by"] is not None:
        verdict += f" by {_in_unit(target['missed_by'], target['unit'])}"
    return [
        target["cell"],
        target["figure"],
        value,
        target["target"],
        verdict + (f"; {target['note']}" if target["note"] else ""),
    ]


def _in_unit(value: float | None, unit: str) -> str:
    if value is None:
        return ABSENT
    if unit == "ns":
        return duration(value)
    return (
        f"{100 * value:.2f} %"
        if unit == "share"
        else f"{value:.3f}"
        if unit == "ratio"
        else f"{value:g}"
    )


def same_text(found: dict | None) -> str:
    if found is None:
        return "No program ran under two names."
    if found["low"] is None:
        return (
            f"{found['again']} over {found['cell']}, the same program: {found['ratio']:.3f}, one"
            " round, no interval."
        )
    verdict = (
        "includes 1, as it should"
        if found["includes_1"]
        else "does NOT include 1: take no difference of this size for one"
    )
    return (
        f"The same program under two names: requests/s of {found['again']} over {found['cell']} is"
        f" {found['ratio']:.3f} [{found['low']:.3f}, {found['high']:.3f}] over"
        f" {found['rounds']} rounds; the interval {verdict}. One in twenty such intervals misses 1"
        " by chance."
    )
