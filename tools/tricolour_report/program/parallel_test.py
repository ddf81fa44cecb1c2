"""Processors that are allowed, and work that is done whatever becomes of the workers."""

import errno
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from multiprocessing import synchronize
from pathlib import Path

import pytest

from . import parallel
from .parallel import ITEMS_PER_WORKER, processors, share_out

ITEMS = list(range(3 * ITEMS_PER_WORKER))
SQUARES = [item * item for item in ITEMS]


@pytest.fixture
def three(monkeypatch):
    monkeypatch.setattr(parallel, "processors", lambda: 3)


def square_by(item):
    return item * item, os.getpid()


# --- how many ---------------------------------------------------------------------------------


def test_only_processors_on_which_the_process_may_run_count(monkeypatch, tmp_path):
    for allowed in ({5}, {0, 7, 9}):
        monkeypatch.setattr(os, "sched_getaffinity", lambda _, allowed=allowed: allowed)
        assert processors(tmp_path) == len(allowed)


def groups(root, memberships, files):
    (root / "proc/self").mkdir(parents=True)
    (root / "proc/self/cgroup").write_text(memberships)
    for name, text in files.items():
        path = root / "sys/fs/cgroup" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + "\n")


@pytest.mark.parametrize(
    "memberships, files, count",
    [
        ("0::/job\n", {"job/cpu.max": "200000 100000"}, 2),
        ("0::/job\n", {"job/cpu.max": "250000 100000"}, 3),
        ("0::/job\n", {"job/cpu.max": "max 100000"}, 16),
        (
            "0::/outer/job\n",
            {"outer/job/cpu.max": "max 100000", "outer/cpu.max": "400000 100000"},
            4,
        ),
        ("0::/\n", {"cpu.max": "50000 100000"}, 1),
        ("0::/../elsewhere\n", {"cpu.max": "300000 100000"}, 3),
        (
            "4:cpu,cpuacct:/job\n0::/\n",
            {
                "cpu,cpuacct/job/cpu.cfs_quota_us": "500000",
                "cpu,cpuacct/job/cpu.cfs_period_us": "100000",
            },
            5,
        ),
        (
            "4:cpu,cpuacct:/job\n",
            {
                "cpu,cpuacct/job/cpu.cfs_quota_us": "-1",
                "cpu,cpuacct/job/cpu.cfs_period_us": "100000",
            },
            16,
        ),
        ("3:memory:/job\n", {"memory/job/cpu.max": "100000 100000"}, 16),
        ("no groups\n", {"cpu.max": "broken"}, 16),
    ],
)
def test_a_quota_of_a_control_group_bounds_them(monkeypatch, tmp_path, memberships, files, count):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(16)))
    groups(tmp_path, memberships, files)
    assert processors(tmp_path) == count


# --- the same results, by whom they may ------------------------------------------------------


def test_many_items_are_shared_and_keep_their_order(three):
    found = share_out(square_by, ITEMS)
    assert [result for result, _ in found] == SQUARES
    assert len({process for _, process in found}) == 3
    assert not multiprocessing.active_children()


def test_few_items_and_one_processor_start_no_process(monkeypatch, three):
    own = [(item * item, os.getpid()) for item in ITEMS]
    few = 2 * ITEMS_PER_WORKER - 1
    assert share_out(square_by, ITEMS[:few]) == own[:few]
    monkeypatch.setattr(parallel, "processors", lambda: 1)
    assert share_out(square_by, ITEMS) == own


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGSEGV])
def test_the_work_of_a_killed_worker_is_done_here(three, capfd, number):
    parent = os.getpid()

    def fragile(item):
        if item == 40 and os.getpid() != parent:
            signal.signal(signal.SIGSEGV, signal.SIG_DFL)  # pytest writes tracebacks of it
            os.kill(os.getpid(), number)
        return item * item

    assert share_out(fragile, ITEMS) == SQUARES
    said = capfd.readouterr().err
    assert said == f"a worker process was ended by signal {number.value}; its work is done here\n"


def test_an_exception_of_the_work_is_raised_here(three):
    def careful(item):
        if item == 50:
            raise LookupError(f"item {item}")
        return item

    with pytest.raises(LookupError, match="item 50"):
        share_out(careful, ITEMS)
    assert not multiprocessing.active_children()


def refused(*_, **__):
    raise OSError(errno.EAGAIN, os.strerror(errno.EAGAIN))


@pytest.mark.parametrize("owner, name", [(os, "fork"), (os, "pipe")])
def test_without_processes_or_pipes_the_work_is_done_here(three, monkeypatch, owner, name):
    monkeypatch.setattr(owner, name, refused)
    assert share_out(lambda item: item * item, ITEMS) == SQUARES


def test_no_semaphore_and_so_no_shared_memory_is_needed(three, monkeypatch):
    monkeypatch.setattr(synchronize, "SemLock", refused)
    found = share_out(square_by, ITEMS)
    assert [result for result, _ in found] == SQUARES and len({who for _, who in found}) == 3


# --- interrupted ------------------------------------------------------------------------------

SLOW = """
import os, sys, time
sys.path.insert(0, sys.argv[1])
from tricolour_report.program import parallel, process
parallel.processors = lambda: 3

def slow(item):
    os.write(int(sys.argv[2]), b"%d\\n" % os.getpid())
    time.sleep(0.2)

sys.exit(process.run("slow", lambda: parallel.share_out(slow, range(600)) and 0))
"""


def is_running(process):
    try:
        state = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


@pytest.mark.parametrize(
    "number, code, said",
    [
        (signal.SIGINT, 130, b"slow: interrupted\n"),
        (signal.SIGTERM, 130, b"slow: interrupted\n"),
        (signal.SIGKILL, -9, b""),
    ],
)
def test_workers_end_with_their_parent_and_say_nothing(number, code, said):
    reader, writer = os.pipe()
    words = [sys.executable, "-I", "-c", SLOW, Path(__file__).resolve().parents[2], str(writer)]
    with subprocess.Popen(
        words,
        stderr=subprocess.PIPE,
        start_new_session=True,
        pass_fds=(writer,),
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as command:
        os.close(writer)
        told = b""
        while told.count(b"\n") < 3:
            told += os.read(reader, 1000)
        workers = set(map(int, told.split()))
        # As a terminal does, to all of them; nothing but the parent can be killed that way.
        target = os.killpg if number == signal.SIGINT else os.kill
        target(command.pid, number)
        assert command.communicate(timeout=20)[1] == said and command.returncode == code
    os.close(reader)
    for _ in range(300):
        if not any(map(is_running, workers)):
            break
        time.sleep(0.1)
    assert not any(map(is_running, workers)) and command.pid not in workers
