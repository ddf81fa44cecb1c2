"""Runs mutants through their checks, and keeps what became of each.

Purpose: one line in `journal.jsonl` for each mutant that is decided, and one in `baseline.jsonl`
for each check that has passed with no mutant on, which says how long it may take.
Invariant: a folder holds the results of one build of the sources and one seed; what is decided is
not run again. An interruption ends the check that runs, with all that it started.
"""

import time
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from tricolour_report.program import session
from tricolour_report.program.errors import UsageProblem
from tricolour_report.program.line_journal import LineJournal
from tricolour_report.program.process import tell
from tricolour_report.program.progress import Progress

from .checks import PYTHON_ROOM, Check, Programs, checks_for
from .sites import Mutant

JOURNAL, BASELINE = "journal.jsonl", "baseline.jsonl"
FIELDS = {"name", "status", "check", "caught_by", "seconds", "hang"}
LEAST_TIMEOUT_S = 90.0
TIMEOUT_FACTOR = 6
GRACE_S = 5.0
NOMINAL_S = 20.0  # to decide a mutant


class BaselineFailed(Exception):
    """A check fails with no mutant on; the text says which and how."""


class Campaign:
    def __init__(self, programs: Programs, numbers: dict[str, int], folder: Path):
        """`numbers`: which number switches a mutant of C++ on, by its name."""
        folder.mkdir(parents=True, exist_ok=True)
        self._programs, self._numbers, self._folder = programs, numbers, folder
        self._journal = LineJournal(folder / JOURNAL, FIELDS, "result of a mutant")
        self._baseline = LineJournal(folder / BASELINE, {"check", "seconds"}, "time of a check")

    def decided(self) -> dict[str, dict]:
        return {entry["name"]: entry for entry in self._journal.entries}

    def run(self, mutants: list[Mutant]) -> None:
        pending = [mutant for mutant in mutants if mutant.name not in self.decided()]
        if len(pending) < len(mutants):
            tell(f"mutants: {len(mutants) - len(pending)} are decided, {len(pending)} are left")
        progress = Progress(NOMINAL_S * len(pending))
        for mutant in pending:
            found = self._decide(mutant)
            self._journal.append(asdict(mutant) | found)
            by = found["caught_by"] or found["check"]
            tell(
                f"{found['status']:8} {found['seconds']:6.1f} s  {mutant.name}"
                + (f"  by {by}" if by else "")
            )
            progress.advance(NOMINAL_S, mutant.room)

    def _place(self, check: Check) -> Path:
        return check.folder or self._folder

    def _decide(self, mutant: Mutant) -> dict:
        found = {"status": "survived", "check": "", "caught_by": "", "seconds": 0.0, "hang": False}
        for check in checks_for(self._programs, mutant):
            allowed_s = max(LEAST_TIMEOUT_S, TIMEOUT_FACTOR * self._nominal(check, mutant))
            environment = self._environment(mutant)
            began = time.monotonic()
            ended = session.run(check.words, environment, allowed_s, self._place(check), GRACE_S)
            found["seconds"] = round(found["seconds"] + time.monotonic() - began, 1)
            if ended.code != 0:
                return found | {
                    "status": "caught",
                    "check": check.name,
                    "caught_by": check.culprit(ended),
                    "hang": ended.code is None,
                }
        return found

    def _environment(self, mutant: Mutant | None) -> dict[str, str]:
        build = {
            "TRICOLOUR_BUILD_DIR": str(self._programs.build),
            "TRICOLOUR": str(self._programs.build / "tricolour"),
        }
        of_python = mutant is not None and mutant.room == PYTHON_ROOM
        on = 0 if mutant is None or of_python else self._numbers[mutant.name]
        return build | {"TRICOLOUR_MUTANT": str(on)}

    def _nominal(self, check: Check, mutant: Mutant) -> float:
        """Seconds that the check takes with no mutant on."""
        for entry in self._baseline.entries:
            if entry["check"] == check.name:
                return entry["seconds"]
        tell(f"mutants: {check.name} with no mutant on")
        began = time.monotonic()
        words = tuple("" if word == mutant.name else word for word in check.words)
        finished = session.run(words, self._environment(None), None, self._place(check))
        if finished.code != 0:
            raise BaselineFailed(
                f"{check.name} fails with no mutant on, at {check.culprit(finished) or 'its end'}:"
                f" exit {finished.code}\n{(finished.said or finished.output)[-1500:]}"
            )
        seconds = round(time.monotonic() - began, 1)
        self._baseline.append({"check": check.name, "seconds": seconds})
        return seconds


def only(mutants: Iterable[Mutant], name: str) -> list[Mutant]:
    """Those whose name is `name` or begins with it."""
    found = [mutant for mutant in mutants if mutant.name == name]
    found = found or [mutant for mutant in mutants if mutant.name.startswith(name)]
    if not found:
        raise UsageProblem(f"--only {name}: no mutant has that name; --list prints them")
    return found
