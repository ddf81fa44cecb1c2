"""What is planned and what is done, so that an interrupted comparison goes on.

Purpose: `plan.json`, written before the first run: what was asked for, with which build, the heaps,
and how busy a marker is; and `runs.jsonl`, one line for each run that ended.
Invariant: a line is there whole or not at all: what an interruption left of a last line is cut off.
What is resumed is what was planned.
"""

import json
import os
import random
from pathlib import Path

from tricolour_report.regular import regular

from .contests import Cell

PLAN, RUNS = "plan.json", "runs.jsonl"
FIELDS = {"cell", "round", "status", "error", "measured"}  # of a run
MOST_TIMEOUTS = 2


class Unusable(Exception):
    """Wrong usage, or a folder that cannot be used; the text says what would help."""


def begin(folder: Path, plan: dict) -> None:
    try:
        folder.mkdir(parents=True)
    except FileExistsError:
        raise Unusable(
            f"{folder} exists: --resume goes on with it, and another --out is another comparison"
        ) from None
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


class Journal:
    def __init__(self, folder: Path):
        self._path = folder / RUNS
        self.runs: list[dict] = []
        if self._path.exists():
            try:
                text = regular(self._path).read_bytes()
            except OSError as error:
                raise Unusable(f"{self._path} cannot be read: {error.strerror}") from error
            whole = text[: text.rfind(b"\n") + 1]
            lines = enumerate(whole.splitlines(), 1)
            self.runs = [self._read(number, line) for number, line in lines]
            os.truncate(self._path, len(whole))

    def _read(self, number: int, line: bytes) -> dict:
        try:
            run = json.loads(line)
            if not FIELDS <= run.keys():
                raise ValueError(f"it lacks {', '.join(sorted(FIELDS - run.keys()))}")
        except (ValueError, AttributeError, RecursionError) as error:
            raise Unusable(
                f"{self._path}:{number}: no run of a comparison ({error!r}); without this line the"
                " run is made again"
            ) from error
        return run

    def done(self) -> set[tuple[int, str]]:
        return {(run["round"], run["cell"]) for run in self.runs}

    def of(self, cell: str) -> list[dict]:
        return [run for run in self.runs if run["cell"] == cell]

    def append(self, run: dict) -> None:
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(run) + "\n")
            file.flush()
            os.fsync(file.fileno())
        self.runs.append(run)


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
