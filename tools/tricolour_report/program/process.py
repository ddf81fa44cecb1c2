"""The process around a command: standard streams, signals, interpreter, and how it ends.

Purpose: `run` carries a command out and returns its exit code, whatever surrounds the process.
Invariants: no character that a stream's encoding lacks, no closed or full stream and no interrupt
ends in a traceback. What cannot be written on standard output is exit code 1; what cannot be
written on standard error is lost, and nothing else is. Only the standard library is imported here.
"""

import argparse
import importlib.util
import os
import shlex
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Callable, NoReturn

from .children import captured, interrupt
from .columns import COLUMNS
from .errors import UsageProblem
from .names import unknown_name

DONE, FAILED, WRONG_USAGE, INTERRUPTED = 0, 1, 2, 130
# As tools/python has them.
MODULES = ("numpy", "pandas", "scipy", "matplotlib", "jinja2", "jsonschema", "fastjsonschema")
INTERPRETERS = Path(__file__).resolve().parents[2] / "python"
# For an encoding that is not Unicode.
LOOK_ALIKES = str.maketrans(
    {"µ": "u", "–": "-", "─": "-", "┼": "+", "·": "/", **dict(zip("▁▂▃▄▅▆▇█", "..::==##"))}
)


class HelpLayout(argparse.HelpFormatter):
    """In 80 columns; a line of the text after the flags that is indented stays as it is."""

    def __init__(self, prog: str):
        super().__init__(prog, width=COLUMNS)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        fill = super()._fill_text
        return "\n".join(
            line if line.startswith(" ") else fill(line, width, indent)
            for line in text.splitlines()
        )


class ArgumentParser(argparse.ArgumentParser):
    """One whose errors end the process with WRONG_USAGE also where they cannot be written, and
    answer a mistyped name with the near one."""

    def error(self, message: str) -> NoReturn:
        tell(f"{self.prog}: {message}; see `{self.prog} --help`")
        sys.exit(WRONG_USAGE)

    def parse_known_args(self, args=None, namespace=None):
        """Nothing is left over: of a subcommand its own parser says so."""
        found, extras = super().parse_known_args(args, namespace)
        if extras:
            self.error(self._refused(extras))
        return found, extras

    def _refused(self, extras: list[str]) -> str:
        flag = next((word for word in extras if word.startswith("-")), None)
        if flag is None:
            return f"'{extras[0]}' is one argument too many"
        flags = [one.option_strings[-1] for one in self._actions if one.option_strings]
        return unknown_name("flag", flag.partition("=")[0], flags)

    def _check_value(self, action: argparse.Action, value: object) -> None:
        if action.choices is None or value in action.choices:
            return
        kind = f"value of {action.option_strings[-1]}" if action.option_strings else "command"
        self.error(unknown_name(kind, str(value), map(str, action.choices)))


def run(name: str, command: Callable[[], int | None]) -> int:
    """The exit code of `command`. What ends it early is told in a line that begins with `name`."""
    _put_streams_right()
    _put_signals_right()
    code = _code_of(name, command)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError as error:
            _give_up(stream)
            if stream is sys.stderr:
                continue
            if code == DONE and not isinstance(error, BrokenPipeError):
                tell(f"{name}: standard output cannot be written: {error.strerror}")
            code = code or FAILED
    return code


def tell(line: object) -> None:
    """A line on standard error, at once."""
    try:
        print(shown(line), file=sys.stderr, flush=True)
    except OSError:
        _give_up(sys.stderr)


def write_out(text: str) -> None:
    """On standard output, in signs that its encoding has."""
    if not (sys.stdout.encoding or "").lower().startswith("utf"):
        text = text.translate(LOOK_ALIKES)
    sys.stdout.write(shown(text))


def shown(text: object) -> str:
    r"""Text with the bytes escaped that are not UTF-8, which names of files may have: `caf\xe9`."""
    return str(text).encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def need(*more: str) -> None:
    """Goes on in an interpreter that has MODULES and `more` where this one lacks any."""
    if all(importlib.util.find_spec(module) for module in (*MODULES, *more)):
        return
    asked = captured([INTERPRETERS, *more])
    if asked.returncode != 0:
        raise UsageProblem(asked.stderr.strip())
    python = asked.stdout.strip()
    os.execv(python, [python, "-I", *sys.argv])


def _code_of(name: str, command: Callable[[], int | None]) -> int:
    try:
        return command() or DONE
    except KeyboardInterrupt:
        tell(f"{name}: interrupted")
        return INTERRUPTED
    except SystemExit as stop:  # of argparse
        return stop.code or DONE
    except UsageProblem as problem:
        tell(f"{name}: {problem}")
        return WRONG_USAGE
    except BrokenPipeError:
        return FAILED  # the reader has gone, so there is nothing to tell
    except subprocess.SubprocessError as error:
        tell(f"{name}: {_of_child(error)}")
    except OSError as error:
        place = error.filename2 or error.filename or "the output"
        tell(f"{name}: {place}: {error.strerror or error}")
    except MemoryError:
        tell(f"{name}: there is too little memory for this input")
    except RecursionError:
        tell(f"{name}: the input is nested too deeply")
    return FAILED


def _of_child(error: subprocess.SubprocessError) -> str:
    if not isinstance(error, subprocess.CalledProcessError):
        return str(error)
    said = (error.stderr or "").strip().splitlines()[-1:]
    return ": ".join([shlex.join(map(str, error.cmd)), f"exit {error.returncode}", *said])


def _put_streams_right() -> None:
    """A descriptor that the caller closed is opened on nothing, so that no file of ours gets its
    number; what an encoding lacks is escaped."""
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            # Open for reading, standard output still fails when it is written to.
            flags = os.O_WRONLY if descriptor == 2 else os.O_RDONLY
            os.set_inheritable(os.open(os.devnull, flags), True)
    if sys.stdout is None:
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)
    if sys.stderr is None:
        sys.stderr = open(2, "w", encoding="utf-8", closefd=False)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")


def _put_signals_right() -> None:
    if threading.current_thread() is not threading.main_thread():
        return
    if signal.getsignal(signal.SIGCHLD) is signal.SIG_IGN:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)  # else exit codes of children are lost
    if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, interrupt)
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, interrupt)


def _give_up(stream) -> None:
    """What the stream still holds and what it is given from now on is lost."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, stream.fileno())
    os.close(nothing)
