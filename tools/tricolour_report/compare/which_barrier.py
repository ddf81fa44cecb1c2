"""Which barrier under which collector, by what is needed of it.

Purpose: for each collector and setting the barriers that ran there, ranked by throughput, by tail
latency and, where floating garbage was measured on identical work, by memory.
Invariants: barriers are ranked only against others under the same collector, heap and other
choices, on the same blocks and workloads. Extremes have no interval, so none of them ranks.
"""

from dataclasses import dataclass, field

from ..read.experiment import CellResult, Experiment, heap_order
from ..read.sweep_folder import of_workload
from .comparable import Figure, comparable
from .ranking import Blocks, Ranking, rank

Garbage = dict[str, float]  # a recorded workload -> share of what lives


THROUGHPUT = [Figure("throughput", False, "throughput")]
WHILE_MARKING = [Figure("allocation_while_marking", False, "allocation while marking")]
TAIL = [
    Figure("request_p999", True, "request p99.9, from when requests were due,"),
    Figure("request_p99", True, "request p99, from when requests were due,"),
    Figure("request_metered_p99", False, "metered request p99 (window 100 ms)"),
]
NEVER_MEANWHILE = "nothing floats where mutators never run while it marks"
KEPT = "heap kept alive on identical work (live and floating)"


@dataclass(frozen=True)
class Judgement:
    """Of one need: the ranking by `figure` over `workloads`, None where `why_not` says why.
    `left_out` are barriers that take no part, each with the reason."""

    need: str
    figure: str = ""
    better: str = "lower"
    workloads: list[str] = field(default_factory=list)
    ranking: Ranking | None = None
    why_not: str = ""
    left_out: dict[str, str] = field(default_factory=dict)
    deterministic: bool = False


@dataclass(frozen=True)
class Setting:
    """One collector at one heap and whatever else was chosen, with the cells of each barrier; what
    is judged `while_marking` is part of throughput, and recommends nothing by itself."""

    collector: str
    title: str
    barriers: dict[str, list[CellResult]]
    judgements: list[Judgement]
    while_marking: Judgement

    def judged(self, need: str) -> Judgement:
        return next(one for one in self.judgements if one.need == need)


def settings(
    experiment: Experiment, garbage: dict[tuple[str, str], Garbage] | None
) -> list[Setting]:
    """Those with two barriers or more; `garbage` by barrier and allocation colour."""
    keys = [key for key in experiment.extra_keys if not of_workload(key)]
    found: dict[tuple, dict[str, list[CellResult]]] = {}
    for result in experiment.results:
        cell = result.cell
        extras = tuple(f"{key}={cell.parameters[key]}" for key in keys if key in cell.parameters)
        barriers = found.setdefault((cell.collector, cell.heap, extras), {})
        barriers.setdefault(cell.barrier, []).append(result)
    place = lambda name: experiment.sweep.place("collectors", name)
    order = sorted(found, key=lambda one: (place(one[0]), heap_order(one[1])))
    return [
        Setting(
            collector,
            ", ".join([collector, f"heap {heap}", *extras]),
            found[collector, heap, extras],
            _judgements(experiment, found[collector, heap, extras], garbage),
            _judge(experiment, "throughput", WHILE_MARKING, found[collector, heap, extras]),
        )
        for collector, heap, extras in order
        if len(found[collector, heap, extras]) > 1
    ]


def alone(experiment: Experiment) -> dict[str, str]:
    """Collectors that ran under one barrier only, with that barrier."""
    barriers: dict[str, set[str]] = {}
    for result in experiment.results:
        barriers.setdefault(result.cell.collector, set()).add(result.cell.barrier)
    return {name: next(iter(found)) for name, found in barriers.items() if len(found) == 1}


def _judgements(experiment, barriers, garbage) -> list[Judgement]:
    return [
        _judge(experiment, "throughput", THROUGHPUT, barriers),
        _judge(experiment, "tail latency", TAIL, barriers),
        _memory(barriers, garbage),
    ]


def _judge(
    experiment: Experiment, need: str, figures: list[Figure], barriers: dict[str, list[CellResult]]
) -> Judgement:
    """By the first figure that two barriers have in some workload."""
    first = None
    for figure in figures:
        judgement = _judge_by(experiment, need, figure, barriers)
        if judgement.ranking:
            return judgement
        if judgement.workloads:
            first = first or judgement
    none = f"no workload {'with requests' if need != 'throughput' else 'in a closed loop'}"
    return first or Judgement(need, why_not=f"{none} has the figure")


def _judge_by(
    experiment: Experiment, need: str, figure: Figure, barriers: dict[str, list[CellResult]]
) -> Judgement:
    chosen = comparable(experiment, figure, barriers)
    ranking = rank(chosen.sides, figure.better) if chosen.workloads else None
    why = "" if ranking else "no two barriers have it in the same blocks"
    return Judgement(
        need, figure.text, figure.better, chosen.workloads, ranking, why, chosen.left_out
    )


def _memory(
    barriers: dict[str, list[CellResult]], garbage: dict[tuple[str, str], Garbage] | None
) -> Judgement:
    """Paired by recorded workload, each of which is deterministic."""
    if not any(marks_meanwhile(own) for own in barriers.values()):
        return Judgement("memory", why_not=NEVER_MEANWHILE)
    if garbage is None:
        return Judgement("memory", why_not="floating garbage was not measured")
    shares = {name: garbage_of(own, garbage) for name, own in barriers.items()}
    left_out = {
        name: "has no floating garbage on record" for name, own in shares.items() if not own
    }
    workloads = list(dict.fromkeys(name for own in shares.values() for name in own))
    sides: dict[str, list[Blocks]] = {
        name: [{place: 1 + own[one] for place, one in enumerate(workloads) if one in own}]
        for name, own in shares.items()
        if own
    }
    ranking = rank(sides, "lower")
    why = "" if ranking else "fewer than two of these barriers have floating garbage on record"
    return Judgement("memory", KEPT, "lower", workloads, ranking, why, left_out, True)


def marks_meanwhile(cells: list[CellResult]) -> bool:
    """Whether a cycle marked while mutators ran; assumed of records that do not say."""
    return any(
        digest.record.get("whole_process", {}).get("concurrent_cycles", 1)
        for cell in cells
        for digest in cell.digests
    )


def garbage_of(cells: list[CellResult], garbage: dict[tuple[str, str], Garbage]) -> Garbage:
    """Under the colour in which the runs allocated."""
    colours = {
        (cell.cell.barrier, digest.record["parameters"].get("allocate", ""))
        for cell in cells
        for digest in cell.digests
    }
    return garbage.get(next(iter(colours)), {}) if len(colours) == 1 else {}
