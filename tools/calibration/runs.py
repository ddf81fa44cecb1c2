"""Runs of tricolour for a calibration, and how far it is.

Purpose: call a build, get its run.json; tell on standard error what is done and how long the rest will take.
Invariant: a run that does not exit 0 ends the calibration: nothing is measured by leaving out what failed.
"""

import json
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from tricolour_report.program.process import tell

REPORTED_EVERY_S = 5


class RunFailed(Exception):
    """A run did not exit 0; the text holds its command and what it said."""


@dataclass
class Progress:
    """`total_s`: what all runs take on a quiet machine, about; the time left is scaled by how long the ones so far really took."""

    total_s: float
    done_s: float = 0.0
    began: float = field(default_factory=time.monotonic)
    reported: float = float("-inf")

    def advance(self, nominal_s: float, what: str) -> None:
        self.done_s += nominal_s
        now = time.monotonic()
        if now - self.reported < REPORTED_EVERY_S:
            return
        self.reported = now
        left = (now - self.began) / self.done_s * max(0.0, self.total_s - self.done_s)
        tell(f"[{min(100, round(100 * self.done_s / self.total_s))} %, {left:.0f} s left] {what}")


def execute(binary: Path, words: list) -> subprocess.CompletedProcess:
    command = [str(binary), *map(str, words)]
    finished = subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace")
    if finished.returncode != 0:
        raise RunFailed(
            f"{' '.join(command)}: exit {finished.returncode}\n{finished.stderr[-2000:]}"
        )
    return finished


def run(binary: Path, words: list) -> dict:
    """The run.json of `tricolour run` with these words."""
    finished = execute(binary, ["run", "--json", "--quiet", "--warmup", 0, *words])
    try:
        return json.loads(finished.stdout)
    except (ValueError, RecursionError) as error:
        raise RunFailed(f"{finished.args[0]}: no JSON on standard output: {error}") from error
