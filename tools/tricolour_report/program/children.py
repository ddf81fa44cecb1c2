"""Programs that end with the command that runs them.

Purpose: what runs for minutes is not left behind. Where the command is interrupted it ends them;
where it is killed, the system does (PR_SET_PDEATHSIG, set by setpriv of util-linux; without it, a
killed command leaves them).
Invariant: after `end_all` no child is started. Any thread runs one; the signal comes to the thread
that started it, when that ends, so a thread waits for its program. Only the standard library is
imported here.
"""

import shutil
import signal
import subprocess
from contextlib import contextmanager
from typing import Iterator, Sequence

SETPRIV = shutil.which("setpriv")
_running: set[subprocess.Popen] = set()
_ended = False


def captured(words: Sequence, *, timeout=None, check=False, **options):
    """A program that has run, with its output as text, whatever bytes it wrote."""
    try:
        with _started(words, options) as child:
            output, error = child.communicate(timeout=timeout)
    except subprocess.TimeoutExpired as late:
        late.cmd = words
        raise
    finished = subprocess.CompletedProcess(words, child.returncode, output, error)
    if check:
        finished.check_returncode()
    return finished


def interrupt(_number: int, _frame: object) -> None:
    """Of a signal."""
    end_all()  # else threads that wait for them would go on waiting
    raise KeyboardInterrupt


def end_all() -> None:
    global _ended
    _ended = True
    for child in list(_running):
        child.kill()


@contextmanager
def _started(words: Sequence, options: dict) -> Iterator[subprocess.Popen]:
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    text = {"encoding": "utf-8", "errors": "replace"}
    lifeline = [SETPRIV, "--pdeathsig", signal.SIGKILL.name[3:], "--"] if SETPRIV else []
    with subprocess.Popen([*lifeline, *words], **{**pipes, **text, **options}) as child:
        _running.add(child)
        try:
            if _ended:
                child.kill()
            yield child
        except BaseException:
            child.kill()
            raise
        finally:
            _running.discard(child)
