"""tools/soundness, tools/stress and tools/test, interrupted or killed: nothing that they run stays.

A stub takes the place of each program that runs long: it notes its process and sleeps.
"""

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from test_command_test import Scratch

TOOLS = Path(__file__).resolve().parent
PATIENCE_S = 60
SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGKILL]


def running(pid):
    """Not merely a zombie that its new parent has not collected."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_until(condition):
    end = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def check_that_none_is_left(words, notes, number, count, **options):
    """`notes`: where each stub writes a line with its process."""
    command = subprocess.Popen(
        words,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        **options,
    )
    stubs = []
    try:
        wait_until(lambda: notes.exists() and notes.read_text().count("\n") >= count)
        stubs = [int(pid) for pid in notes.read_text().split()]
        assert all(map(running, stubs))
        command.send_signal(number)
        command.wait(PATIENCE_S)
        assert command.returncode == (-number if number == signal.SIGKILL else 130)
        wait_until(lambda: not any(map(running, stubs)))
    finally:
        command.kill()
        for pid in stubs:
            if running(pid):
                os.kill(pid, signal.SIGKILL)


@pytest.mark.parametrize("number", SIGNALS)
@pytest.mark.parametrize("name", ["soundness", "stress"])
def test_runs_end_with_the_command(tmp_path, build_dir, name, number):
    notes, stub = tmp_path / "notes", tmp_path / "tricolour"
    stub.write_text(
        "#!/bin/sh\ncase $1 in\n"
        f'list) exec {build_dir}/tricolour "$@" ;;\n'
        "minheap) echo '{\"bytes\": 4194304}' ;;\n"
        f"run) echo $$ >>{notes}; exec sleep 600 ;;\nesac\n"
    )
    stub.chmod(0o755)
    words = [TOOLS / name, "--binary", stub, "--heap-binary", stub, "--jobs", "2"]
    check_that_none_is_left(words, notes, number, 2)


@pytest.mark.parametrize("number", SIGNALS)
def test_checks_end_with_the_test_command(tmp_path, number):
    """A function of the shell, and what it started, and what that started."""
    scratch, notes = Scratch(tmp_path / "repository"), tmp_path / "notes"
    scratch.program(
        "tools/sleeper", f"echo $$ >>{notes}; sh -c 'echo $$ >>{notes}; exec sleep 600'"
    )
    scratch.write(
        "tools/test_checks", "asleep() { tools/sleeper; true; }\ncheck quick 1 asleep asleep\n"
    )
    scratch.commit()
    words = [scratch.root / "tools/test", "--quick"]
    check_that_none_is_left(words, notes, number, 2)
