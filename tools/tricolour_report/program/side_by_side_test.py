"""Threads that work side by side: every item once, errors, and an interruption at any moment."""

import itertools
import re
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from .side_by_side import finished

TOOLS = Path(__file__).resolve().parents[2]


def test_every_item_is_worked_on_once():
    found = dict(finished(lambda item: item * item, range(100), 3))
    assert found == {item: item * item for item in range(100)}


def test_as_many_at_once_as_there_are_jobs():
    all_there = threading.Barrier(3)
    assert len(list(finished(lambda _: all_there.wait(60), range(9), 3))) == 9


def test_results_come_as_they_are_done():
    first_may_end = threading.Event()

    def work(item):
        if item == 0:
            assert first_may_end.wait(60)
        return item

    order = []
    for item, _ in finished(work, range(3), 2):
        order.append(item)
        if len(order) == 2:
            first_may_end.set()
    assert order == [1, 2, 0]


def test_items_are_asked_for_when_they_can_be_begun():
    asked = itertools.count()
    for done, _ in enumerate(finished(lambda item: item, asked, 2), 1):
        assert next(asked) <= 2 * done + 3  # this look takes one too
        if done == 10:
            break


def test_of_no_items_nothing_comes():
    assert list(finished(print, [], 4)) == []


def test_what_the_work_raises_is_raised_once_all_is_done():
    begun, ended = [], []

    def work(item):
        begun.append(item)
        if item == 5:
            raise LookupError("five")
        time.sleep(0.01)
        ended.append(item)

    with pytest.raises(LookupError, match="five"):
        list(finished(work, range(100), 3))
    assert sorted(begun) == sorted([*ended, 5]) and len(begun) < 20


# A signal comes at one instruction of the main thread after the other, wherever in the standard
# library that is. Each time what was begun must end.
INTERRUPTED = """
import os, signal, sys, threading, time
sys.path.insert(0, sys.argv[1])
from tricolour_report.program.side_by_side import finished

signal.signal(signal.SIGINT, signal.default_int_handler)
begun, ended = [], []

def work(item):
    begun.append(item)
    time.sleep(0.0002)
    ended.append(item)

def interrupt_after(instructions):
    def trace(frame, event, _):
        nonlocal instructions
        frame.f_trace_opcodes = True
        instructions -= event == "opcode"
        if instructions == 0:
            sys.settrace(None)
            os.kill(os.getpid(), signal.SIGINT)
        return trace
    return trace

def interrupted(instructions):
    try:
        sys.settrace(interrupt_after(instructions))
        for _ in finished(work, range(6), 2):
            pass
        sys.settrace(None)
        return False
    except KeyboardInterrupt:
        return True

met = 0
while interrupted(met + 1):
    met += 1
    while len(begun) != len(ended):
        time.sleep(0.0001)
print(met)
"""


def test_an_interruption_at_any_instruction_ends_it():
    words = [sys.executable, "-I", "-c", INTERRUPTED, str(TOOLS)]
    ended = subprocess.run(words, capture_output=True, text=True, timeout=300)
    assert ended.returncode == 0, ended.stderr
    assert int(ended.stdout) > 200


def test_no_command_waits_in_a_way_that_an_interruption_breaks():
    commands = [
        path
        for path in TOOLS.rglob("*")
        if path.suffix in ("", ".py") and path.is_file() and not path.name.endswith("_test.py")
    ]
    imports = re.compile(r"^\s*(import|from) concurrent\b", re.M)
    texts = {path: path.read_text(encoding="utf-8", errors="replace") for path in commands}
    assert [path for path, text in texts.items() if imports.search(text)] == []
