"""Runs of tricolour for a calibration.

Purpose: call a build, get its run.json.
Invariant: a run that does not exit 0 ends the calibration: nothing is measured by leaving out what
failed.
"""

import json
import subprocess
from pathlib import Path


class RunFailed(Exception):
    """A run did not exit 0; the text holds its command and what it said."""


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
