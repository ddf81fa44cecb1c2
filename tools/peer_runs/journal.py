"""What is planned and what is done, so that an interrupted comparison goes on.

Purpose: `plan.json`, written before the first run: what was asked for, with which build, the heaps,
and how busy a marker is; and `runs.jsonl`, one line for each run that ended.
Invariant: a line is there whole or not at all: what an interruption left of a last line is cut off.
What is resumed is what was planned.
"""

import json
import random
from pathlib import Path

from tricolour_report.program.errors import UsageProblem as Unusable
from tricolour_report.program.line_journal import LineJournal
from tricolour_report.program.regular import regular

from .contests import Cell

PLAN, RUNS = "plan.json", "runs.jsonl"
FIELDS = {"cell", "round", "status", "error", "measured"}  # of a run
MOST_TIMEOUTS = 2


def taken(folder: Path) -> Unusable:
    return Unusable(
        f"{folder} exists; --resume continues its comparison, and another --out begins a new one"
    )


def begin(folder: Path, plan: dict) -> None:
    try:
        folder.mkdir(parents=True)
    except FileExistsError:
        raise taken(folder) from None
    beside = folder / (PLAN + ".part")
    beside.write_text(json.dumps(plan, indent=1) + "\n", encoding="utf-8")
    beside.rename(folder / PLAN)


def resume(folder: Path, request: dict, build: str) -> dict:
    """The plan in `folder`, which must be for the same request and `build`, the digest of the
    programs.
    """
    try:
        plan = json.loads(regular(folder / PLAN).read_text(encoding="utf-8"))
        begun, programs = dict(plan["request"]), plan["build"]
        _ = plan["heaps"], plan["busy"], plan["provenance"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise Unusable(
            f"{folder / PLAN} cannot be read ({error}): there is nothing to resume"
        ) from error
    for name, value in request.items():
        if begun.get(name) != value:
            raise Unusable(
                f"{folder} was begun with {name} {begun.get(name)!r}, not {value!r}:"
                " resume it with the same arguments"
            )
    if programs != build:
        raise Unusable(
            f"{folder} was begun with another build of the programs: its runs do not compare with"
            " new ones"
        )
    return plan


class Journal(LineJournal):
    def __init__(self, folder: Path):
        super().__init__(folder / RUNS, FIELDS, "run of a comparison")
        self.runs = self.entries

    def done(self) -> set[tuple[int, str]]:
        return {(run["round"], run["cell"]) for run in self.runs}

    def of(self, cell: str) -> list[dict]:
        return [run for run in self.runs if run["cell"] == cell]


def given_up(runs: list[dict]) -> bool:
    """Of one cell: a program that hangs every time must not hold up the others in every round."""
    return sum(run["status"] == "timeout" for run in runs) >= MOST_TIMEOUTS


def order(cells: list[Cell], rounds: int, seed: int) -> list[tuple[int, Cell]]:
    """Every cell once in each round, in an order of that round's own."""
    found = []
    for number in range(rounds):
        shuffled = list(cells)
        random.Random(f"{seed}/{number}").shuffle(shuffled)
        found += [(number, cell) for cell in shuffled]
    return found
