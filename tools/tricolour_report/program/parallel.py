"""Work shared among processes.

Purpose: how many processors this process has, and a map over items that uses them.
Invariants: `share_out` returns what a plain map returns, in its order, whatever becomes of the
workers: what one of them left undone is done here, where an exception of the work is raised too. It
needs neither shared memory nor semaphores. No worker outlives the call, nor for long its parent: a
worker whose pipe has lost its reader ends at its next result.
"""

import math
import multiprocessing
import os
import signal
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from pathlib import Path, PurePosixPath
from typing import Callable, Iterator, Sequence

from .process import tell

ITEMS_PER_WORKER = 32


def processors(root: Path = Path("/")) -> int:
    """Those on which this process may run, and no more than its control groups have time for."""
    return max(1, min([len(os.sched_getaffinity(0)), *map(math.ceil, _quotas(root))]))


def _quotas(root: Path) -> Iterator[float]:
    """In processors, of the process's control groups and those above them (versions 1 and 2)."""
    try:
        text = (root / "proc/self/cgroup").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return
    for line in text.splitlines():
        _, _, membership = line.partition(":")
        controllers, _, path = membership.partition(":")
        if controllers and "cpu" not in controllers.split(","):
            continue
        files = ("cpu.cfs_quota_us", "cpu.cfs_period_us") if controllers else ("cpu.max",)
        group = PurePosixPath("/", path)
        for place in (group, *group.parents):
            folder = root / "sys/fs/cgroup" / controllers / place.relative_to("/")
            # Without a limit there is no file, or no number in it.
            with suppress(OSError, ValueError):
                words = " ".join((folder / name).read_text(encoding="utf-8") for name in files)
                quota, period = map(int, words.split())
                if quota > 0 and period > 0:
                    yield quota / period


def share_out(function: Callable, items: Sequence) -> list:
    """`[function(item) for item in items]`, by several processes where there is enough to do."""
    workers = min(processors(), len(items) // ITEMS_PER_WORKER)
    found = _by_workers(function, items, workers) if workers > 1 else {}
    return [found[place] if place in found else function(item) for place, item in enumerate(items)]


def _by_workers(function: Callable, items: Sequence, workers: int) -> dict[int, object]:
    """Results by place, as far as the workers got."""
    context = multiprocessing.get_context("fork")
    started, readers, found = [], [], {}
    try:
        with suppress(OSError):  # no more pipes or processes can be had
            for first in range(workers):
                reader, writer = context.Pipe(duplex=False)
                readers.append(reader)
                places = range(first, len(items), workers)
                words = (function, items, places, writer, list(readers))
                worker = context.Process(target=_work, args=words, daemon=True)
                with writer:
                    worker.start()
                started.append(worker)
        _receive(readers, found)
        for worker in started:
            worker.join()
            ended_by = -(worker.exitcode or 0)
            if ended_by > 0:
                tell(f"a worker process was ended by signal {ended_by}; its work is done here")
    finally:
        for worker in started:
            worker.kill()
            worker.join()
    return found


def _receive(readers: list[Connection], found: dict[int, object]) -> None:
    """Until every worker has ended; of a result that was cut off nothing is taken."""
    open_ends = list(readers)
    while open_ends:
        for reader in wait(open_ends):
            try:
                place, result = reader.recv()
                found[place] = result
            except (EOFError, OSError):
                reader.close()
                open_ends.remove(reader)


def _work(
    function: Callable, items: Sequence, places: range, writer: Connection, readers: list
) -> None:
    # A terminal sends ^C to all processes; the parent takes it, and ends its workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    for reader in readers:
        reader.close()
    with suppress(Exception):  # the parent does what is missing, and raises what it meets
        for place in places:
            writer.send((place, function(items[place])))
