"""A program in a session of its own, with a time limit.

Purpose: run a command so that all it started ends with it, whether it is done, is late, or this
process is interrupted.
Invariant: when `run` returns or raises, no process of the session holds one of its pipes.
"""

import os
import signal
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Mapping, Sequence


@dataclass(frozen=True)
class Finished:
    """`code` is None where the program was not done in time; what it wrote until then is there."""

    code: int | None
    output: str
    said: str


def run(
    words: Sequence,
    environment: Mapping[str, str] | None = None,
    timeout_s: float | None = None,
    folder: Path | None = None,
    grace_s: float = 0.0,
) -> Finished:
    """`grace_s`: how long a program that must end has, from SIGTERM on, to tell where it is."""
    process = subprocess.Popen(
        [str(word) for word in words],
        env=os.environ | (environment or {}),
        cwd=folder,
        start_new_session=True,
        encoding="utf-8",
        errors="replace",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        output, said = process.communicate(timeout=timeout_s)
        return Finished(process.returncode, output, said)
    except subprocess.TimeoutExpired:
        return Finished(None, *_ended(process, grace_s))
    except BaseException:
        _ended(process, grace_s)
        raise


def _ended(process: subprocess.Popen, grace_s: float) -> tuple[str, str]:
    if grace_s:
        _send(process, signal.SIGTERM)
        try:
            return process.communicate(timeout=grace_s)
        except subprocess.TimeoutExpired:
            pass
    _send(process, signal.SIGKILL)
    return process.communicate()


def _send(process: subprocess.Popen, number: signal.Signals) -> None:
    """To the whole session: a build tool gives each command a process group of its own."""
    for name in os.listdir("/proc"):
        with suppress(ValueError, OSError):
            if os.getsid(int(name)) == process.pid:
                os.kill(int(name), number)
