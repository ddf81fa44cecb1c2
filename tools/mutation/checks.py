"""The checks that a mutant has to get past, fastest first.

Purpose: for each room the commands that look for its faults; and what a check that failed says
about itself: the name of the test that caught the mutant.
Invariant: a check catches a mutant when it does not end in time or does not exit 0. With no mutant
on, every check passes: the campaign makes sure of it first.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tricolour_report.program.session import Finished

from .sites import Mutant

PYTHON_ROOM = "statistics"
SWITCH = Path(__file__).resolve().parent / "python_switch.py"


@dataclass(frozen=True)
class Check:
    name: str
    words: tuple
    culprit: Callable[[Finished], str] = field(repr=False)
    folder: Path | None = None  # where it runs; None: in the folder of the results


@dataclass(frozen=True)
class Programs:
    """Where everything is: the root of the tree, the mutated build, and a Python with pytest."""

    root: Path
    build: Path
    python: Path


def culprit_of_test_program(finished: Finished) -> str:
    """The test in which a Catch2 program that stops at the first failure has ended."""
    names = re.findall(r'<TestCase name="([^"]*)"', finished.output)
    return _unescaped(names[-1]) if names else ""


def _unescaped(text: str) -> str:
    for sign, name in (("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("&", "&amp;")):
        text = text.replace(name, sign)
    return text


def culprit_of_pytest(finished: Finished) -> str:
    found = re.search(r"^(?:FAILED|ERROR) (\S+)", finished.output, re.MULTILINE)
    return found.group(1) if found else ""


def last_line(finished: Finished) -> str:
    lines = finished.said.strip().splitlines() or finished.output.strip().splitlines()
    return lines[-1][:160] if lines else ""


def failed_combination(finished: Finished) -> str:
    found = re.search(r"^FAILED \(([^)]*)\): \S+ run (.*)$", finished.said, re.MULTILINE)
    if not found:
        return last_line(finished)
    chosen = re.findall(r"--(?:collector|barrier|workload) (\S+)", found.group(2))
    return f"{found.group(1)}: {'/'.join(chosen)}"


def _test_program(programs: Programs, room: str, file: str = "") -> Check:
    """The whole program, or its tests that `file` has."""
    selection = ("-#", f"[#{file}]") if file else ()
    words = (programs.build / f"{room}_test", *selection, "-a", "-r", "xml")
    return Check(f"{room}_test {file}".strip(), words, culprit_of_test_program)


def _own_tests(programs: Programs, mutant: Mutant) -> list[Check]:
    source = programs.root / mutant.file
    own = source.with_name(f"{source.stem}_test.cpp")
    return [_test_program(programs, mutant.room, own.stem)] if own.is_file() else []


def _soundness(programs: Programs) -> Check:
    binary = programs.build / "tricolour"
    words = (programs.python, "-I", programs.root / "tools/soundness", "--pairwise", "--short")
    words += ("--binary", binary, "--heap-binary", binary)
    return Check("soundness --pairwise --short", words, failed_combination)


def _explore(programs: Programs, barrier: str) -> Check:
    words = (programs.build / "tricolour", "explore", "--barrier", barrier)
    words += ("--memory", "ra", "--mutators", "2", "--operations", "1")
    return Check(f"explore {barrier}", words, last_line)


def pytest_check(programs: Programs, name: str, files: tuple) -> Check:
    words = (
        programs.python,
        "-I",
        "-m",
        "pytest",
        "-q",
        "-x",
        "-p",
        "no:cacheprovider",
        "-m",
        "not full and not instrumented",
    )
    return _in_root(programs, name, words + files)


def _in_root(programs: Programs, name: str, words: tuple) -> Check:
    """pytest names its tests by their paths from where it runs."""
    return Check(name, words, culprit_of_pytest, programs.root)


def _of_python(programs: Programs, mutant: Mutant) -> list[Check]:
    tools = programs.root / "tools"
    package = tools / "tricolour_report"
    file = programs.root / mutant.file
    own = file.with_name(file.stem + "_test.py")
    words = (programs.python, "-I", SWITCH, mutant.name, "-q", "-x", "-p", "no:cacheprovider")
    checked = {own.name: own} if own.is_file() else {}
    checked |= {"known run": tools / "known_run_test.py", "report package": package}
    return [_in_root(programs, name, (*words, tests)) for name, tests in checked.items()]


def checks_for(programs: Programs, mutant: Mutant) -> list[Check]:
    if mutant.room == PYTHON_ROOM:
        return _of_python(programs, mutant)
    if mutant.room == "harness":
        figures = (
            programs.root / "harness/run/run_json_test.py",
            programs.root / "harness/cli/cli_test.py",
        )
        return [
            *_own_tests(programs, mutant),
            _test_program(programs, "harness"),
            pytest_check(programs, "command line", figures),
        ]
    order = {
        "core": ("core", "barriers", "collectors"),
        "barriers": ("barriers", "collectors", "core"),
        "collectors": ("collectors", "barriers", "core"),
    }[mutant.room]
    explored = [_explore(programs, Path(mutant.file).stem)] if mutant.room == "barriers" else []
    return [
        *_own_tests(programs, mutant),
        *(_test_program(programs, room) for room in order),
        *explored,
        _soundness(programs),
        _test_program(programs, "harness"),
    ]
