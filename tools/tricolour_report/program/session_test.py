"""A program with a time limit, and what it started."""

import sys
import time

import pytest

from . import session

# Starts a child that would run for minutes, and says which.
WITH_CHILD = """
import subprocess, sys, time
words = [sys.executable, "-c", "import time; time.sleep(600)"]
child = subprocess.Popen(words, process_group=0, stdout=subprocess.DEVNULL)
print(child.pid, flush=True)
time.sleep({})
"""


def is_there(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def gone_soon(pid):
    for _ in range(100):
        if not is_there(pid):
            return True
        time.sleep(0.05)
    return False


def python(text):
    return [sys.executable, "-c", text]


def test_a_program_that_ends_is_told_as_it_ended():
    ended = session.run(python("import sys; print('out'); sys.exit('said')"), {"A": "b"})
    assert (ended.code, ended.output, ended.said) == (1, "out\n", "said\n")


def test_a_late_program_ends_with_all_that_it_started():
    ended = session.run(python(WITH_CHILD.format(600)), timeout_s=2)
    assert ended.code is None and gone_soon(int(ended.output))


def test_a_late_program_may_say_where_it_is():
    text = (
        "import signal, sys, time\n"
        "signal.signal(signal.SIGTERM, lambda *_: sys.exit('here'))\n"
        "time.sleep(600)"
    )
    ended = session.run(python(text), timeout_s=2, grace_s=60)
    assert ended.code is None and ended.said == "here\n"


def test_an_interruption_ends_what_runs(monkeypatch, tmp_path):
    text = WITH_CHILD.replace(
        "print(child.pid, flush=True)", "open('pid', 'w').write(str(child.pid))"
    )

    class Interrupted(session.subprocess.Popen):
        def communicate(self, *words, **options):
            if "timeout" not in options:
                return super().communicate(*words, **options)
            while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text():
                time.sleep(0.05)
            raise KeyboardInterrupt

    monkeypatch.setattr(session.subprocess, "Popen", Interrupted)
    with pytest.raises(KeyboardInterrupt):
        session.run(python(text.format(600)), folder=tmp_path, timeout_s=60)
    assert gone_soon(int((tmp_path / "pid").read_text()))
