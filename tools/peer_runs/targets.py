"""The targets, and whether they are met.

Purpose: for each target the figure, the target, and by how much it is missed.
Invariants: a ratio is the geometric mean over rounds, paired, and its interval is beside it; a
longest value is the least over runs, what the collector can do, and the note has the median and the
greatest. Nothing is decided for a cell that did not run in every round, that collected fewer than
three times, or of whose figure there is no value. Figures are of the requests that were served. So
a cell that left some unserved is never judged to meet a target, and against a base that did so no
cell is judged to miss one.
"""

from dataclasses import dataclass
from statistics import median

from tricolour_report.compare.peers import PeerCell, paired_ratio, unserved
from tricolour_report.read.experiment import ENOUGH_CYCLES
from tricolour_report.statistics.quantities import duration

from .contests import BARRIERS, BOUNDED, PRESSURE

MS = 1_000_000
# stop_the_world against Java's best collector, in time, before this comparison was first published;
# by contest and heap.
GCBENCH_EARLIER = {("gcbench-2", "2x"): 0.80, ("gcbench-2", "4x"): 0.74}


@dataclass(frozen=True)
class Limit:
    value: float
    unit: str
    at_least: bool = False

    @property
    def text(self) -> str:
        shown = (
            duration(self.value)
            if self.unit == "ns"
            else f"{100 * self.value:g} %"
            if self.unit == "share"
            else f"{self.value:g}"
        )
        return f"{'>=' if self.at_least else '<='} {shown}"


class Targets:
    """`cells` by name; `rounds` is how often each was to run."""

    def __init__(self, cells: list[PeerCell], rounds: int, mode: str):
        self._cells = {cell.name: cell for cell in cells}
        self._rounds = rounds
        self.found: list[dict] = []
        for rows in (
            (self._pressed,)
            if mode == PRESSURE
            else (self._closed, self._resumptions, self._open, self._gcbench)
        ):
            rows()

    # --- the rows of targets ------------------------------------------------------------------

    def _closed(self) -> None:
        jemalloc = self._cells.get("latency-closed/jemalloc")
        for heap in ("2x", "1.5x"):
            for cell in self._tricolour("latency-closed", heap, BARRIERS[:3]):
                self._ratio(
                    cell,
                    jemalloc,
                    "operations_per_s",
                    "requests/s over jemalloc's",
                    Limit(0.95, "ratio", at_least=True),
                )
                self._ratio(
                    cell, jemalloc, "p9999_ns", "p99.99 over jemalloc's", Limit(1.5, "ratio")
                )
                self._least(cell, "max_ns", "worst request, least over runs", Limit(MS, "ns"))

    def _resumptions(self) -> None:
        for cell in self._tricolour("latency-closed", "2x", BARRIERS[3:]):
            self._sum(cell, "fallbacks", "fallbacks, all runs", Limit(0, "count"))
            self._least(cell, "longest_stall_ns", "longest stall, least over runs", Limit(MS, "ns"))
            self._least(
                cell, "final_pause_ns", "longest final pause, least over runs", Limit(MS, "ns")
            )
            self._least(cell, "max_ns", "worst request, least over runs", Limit(5 * MS, "ns"))

    def _open(self) -> None:
        for heap in ("2x", "1.5x"):
            busy = self._cells.get(f"latency-open/mimalloc-busy-as-{heap}")
            for cell in self._tricolour("latency-open", heap, BARRIERS):
                for figure, name in (("p999_ns", "p99.9"), ("p9999_ns", "p99.99")):
                    self._ratio(
                        cell,
                        busy,
                        figure,
                        f"{name} over mimalloc's beside a busy thread",
                        Limit(2, "ratio"),
                    )

    def _gcbench(self) -> None:
        for contest in ("gcbench-0", "gcbench-2"):
            for heap in ("2x", "4x"):
                stopped = self._cells.get(f"{contest}/stop_the_world-none@{heap}")
                if stopped is None:
                    continue
                best = self._best_java(contest, heap)
                called = (
                    f"time over Java's best ({best.program})" if best else "time over Java's best"
                )
                earlier = GCBENCH_EARLIER.get((contest, heap))
                self._ratio(
                    stopped, best, "pass_ns", called, Limit(earlier, "ratio") if earlier else None
                )
                for cell in self._tricolour(contest, heap, BARRIERS):
                    self._ratio(
                        cell, stopped, "pass_ns", "time over stop_the_world's", Limit(1.15, "ratio")
                    )

    def _pressed(self) -> None:
        sizes = (100, 400, 1600, 4000)
        for collector, barrier in BOUNDED:
            at = {
                live: self._cells.get(f"pauses-{live}mb/{collector}-{barrier}@2x") for live in sizes
            }
            for cell in filter(None, at.values()):
                self._least(
                    cell, "longest_pause_ns", "longest pause, least over runs", Limit(25_000, "ns")
                )
            if at[4000] and at[100]:
                self._growth(at[4000], at[100])
        for contest in ("mutators-16", "graph-64"):
            stopped = self._cells.get(f"{contest}/stop_the_world-none@2x")
            for cell in self._tricolour(contest, "2x", BARRIERS):
                self._sum(cell, "fallbacks", "fallbacks, all runs", Limit(0, "count"))
                shares = [
                    run["measured"]["stalls_ns"] / run["measured"]["mutator_ns"]
                    for run in cell.runs
                    if run["status"] == "ok"
                ]
                self._judge(
                    cell,
                    "stalls, share of mutator time, median",
                    median(shares) if shares else None,
                    Limit(0.01, "share"),
                )
                self._least(
                    cell, "longest_stall_ns", "longest stall, least over runs", Limit(20 * MS, "ns")
                )
                self._ratio(
                    cell,
                    stopped,
                    "operations_per_s",
                    "operations/s over stop_the_world's",
                    Limit(0.9, "ratio", at_least=True),
                )

    # --- kinds of figures ---------------------------------------------------------------------

    def _tricolour(self, contest: str, heap: str, barriers: tuple[str, ...]) -> list[PeerCell]:
        names = [f"{contest}/concurrent-{barrier}@{heap}" for barrier in barriers]
        return [self._cells[name] for name in names if name in self._cells]

    def _best_java(self, contest: str, heap: str) -> PeerCell | None:
        """Of those that ran in every round: the least median time. The best of several is partly
        luck.
        """
        candidates = [
            cell
            for cell in self._cells.values()
            if cell.contest == contest
            and cell.heap == heap
            and cell.kind == "java"
            and cell.status == "ok"
            and cell.values("pass_ns")
        ]
        return min(candidates, key=lambda cell: median(cell.values("pass_ns")), default=None)

    def _ratio(
        self, cell: PeerCell, base: PeerCell | None, figure: str, name: str, limit: Limit | None
    ) -> None:
        if base is None:
            self._judge(cell, name, None, limit, note="what it is compared with did not run")
            return
        found = paired_ratio(base, cell, figure)
        whole = "" if base.status == "ok" else f"{base.label}: {base.status}"
        if found is None:
            self._judge(
                cell, name, None, limit, note=whole or "there is no such figure in this run length"
            )
        else:
            self._judge(
                cell,
                name,
                found.value,
                limit,
                (found.low, found.high) if found.low == found.low else None,
                whole,
                base=base,
            )

    def _least(self, cell: PeerCell, figure: str, name: str, limit: Limit) -> None:
        values = cell.values(figure)
        spread = (
            f"median {duration(median(values))}, greatest {duration(max(values))}" if values else ""
        )
        self._judge(cell, name, min(values, default=None), limit, beside=spread)

    def _sum(self, cell: PeerCell, figure: str, name: str, limit: Limit) -> None:
        values = cell.values(figure)
        self._judge(cell, name, sum(values) if values else None, limit)

    def _growth(self, large: PeerCell, small: PeerCell) -> None:
        pauses = [cell.values("longest_pause_ns") for cell in (large, small)]
        value = min(pauses[0]) / min(pauses[1]) if all(pauses) and min(pauses[1]) > 0 else None
        whole = "" if small.status == "ok" else f"{small.label}: {small.status}"
        self._judge(
            large,
            "longest pause over that at 100 MB, least over runs",
            value,
            Limit(1.5, "ratio"),
            note=whole,
        )

    def _judge(
        self,
        cell: PeerCell,
        name: str,
        value: float | None,
        limit: Limit | None,
        interval: tuple[float, float] | None = None,
        note: str = "",
        beside: str = "",
        base: PeerCell | None = None,
    ) -> None:
        """`note` is why nothing can be decided; `beside` is said in every case."""
        why = note or self._undecided(cell, value, limit)
        met = missed_by = None
        if not why:
            over = limit.value - value if limit.at_least else value - limit.value
            why = _unserved(cell if over <= 0 else base)
            if not why:
                met = over <= 0
                missed_by = None if met else over
        self.found.append(
            {
                "cell": cell.name,
                "figure": name,
                "value": value,
                "low": interval[0] if interval else None,
                "high": interval[1] if interval else None,
                "target": limit.text if limit else "no earlier figure",
                "unit": limit.unit if limit else "ratio",
                "met": met,
                "missed_by": missed_by,
                "note": "; ".join(filter(None, (why, beside))),
            }
        )

    def _undecided(self, cell: PeerCell, value: float | None, limit: Limit | None) -> str:
        if cell.status != "ok" or len(cell.runs) < self._rounds:
            return (
                f"{cell.status}: {cell.why}"
                if cell.status != "ok"
                else "it did not run in every round"
            )
        if cell.starved:
            return (
                f"starved: {min(cell.values('collections')):g} cycles in a run,"
                f" {ENOUGH_CYCLES} are needed"
            )
        if value is None:
            return "there is no such figure"
        return "" if limit else "there is nothing to hold it against"


def _unserved(cell: PeerCell | None) -> str:
    missed = unserved(cell) if cell else ""
    return missed and f"{cell.label}: {missed}"


def evaluate(cells: list[PeerCell], rounds: int, mode: str) -> list[dict]:
    return Targets(cells, rounds, mode).found


def verdicts(found: list[dict]) -> str:
    counts = [sum(target["met"] is verdict for target in found) for verdict in (True, False, None)]
    return f"{len(found)} targets: {counts[0]} met, {counts[1]} missed, {counts[2]} not decided"
