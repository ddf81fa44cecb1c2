"""One run of one program, with a time limit.

Purpose: tell how it ended.
Invariant: a program that fails or hangs is a status, never an exception.
"""

import json
import signal
from dataclasses import dataclass
from pathlib import Path

from tricolour_report.program import session

STATUS_OF_EXIT = {0: "ok", 3: "self_check_failed", 4: "heap_exhausted", 5: "timeout"}
SAID = 400


@dataclass(frozen=True)
class Ended:
    """`document`: the JSON object of a run that is ok, else empty; `error`: what the program said
    last, else empty.
    """

    status: str
    document: dict
    error: str


def execute(words: list[str], environment: dict[str, str], timeout_s: float, folder: Path) -> Ended:
    try:
        finished = session.run(words, environment, timeout_s, folder)
    except OSError as error:
        return Ended("error", {}, f"{words[0]} cannot be started: {error.strerror}")
    if finished.code is None:
        return Ended("timeout", {}, f"not done after {timeout_s:g} s")
    return _how_it_ended(finished.code, finished.output, finished.said)


def _how_it_ended(code: int, output: str, said: str) -> Ended:
    last = said.strip()[-SAID:]
    if "cannot be preloaded" in said:
        return Ended("missing", {}, last)
    if code < 0:
        return Ended("crashed", {}, f"{signal.Signals(-code).name} {last}".strip())
    if code != 0:
        return Ended(STATUS_OF_EXIT.get(code, "error"), {}, last or f"exit code {code}")
    try:
        document = json.loads(output)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        return Ended("error", {}, f"no JSON object on standard output: {output.strip()[:SAID]!r}")
    return Ended("ok", document, "")
