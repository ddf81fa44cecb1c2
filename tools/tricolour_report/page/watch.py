"""`report --watch`: a page that follows a sweep while it runs.

Purpose: write the page anew as runs end, without what is read from single events, and the whole
report at the end.
Invariants: a sweep is disturbed little: writing has idle priority and takes at most SHARE of the
time. The page that is open reloads itself and keeps what was chosen.
"""

import os
import time
from pathlib import Path
from typing import Callable

from ..program.errors import UsageProblem
from ..read.sweep_folder import open_sweep
from ..read.writer import is_written
from .report import write_page, write_report

SHARE = 0.1  # of the time of one processor
LOOK_S = 1.0


def watch(folder: Path, html: Path | None, progress: Callable[[str], None]) -> Path:
    """Until no sweep writes the folder; returns the page's path."""
    if not is_written(folder):
        raise UsageProblem(
            f"no sweep is writing {folder}, so there is nothing to watch; without --watch its "
            "report is written"
        )
    policy = os.sched_getscheduler(0)
    os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    try:
        _follow(folder, html, progress)
    finally:
        os.sched_setscheduler(0, policy, os.sched_param(0))
    progress(f"the sweep of {folder} has ended")
    return write_report(folder, html, progress)


def _follow(folder: Path, html: Path | None, progress: Callable[[str], None]) -> None:
    shown, rest_until = -1, 0.0
    while is_written(folder):
        began = time.monotonic()
        if began >= rest_until and (sweep := open_sweep(folder)).listed not in (0, shown):
            page = write_page(folder, html)
            shown = sweep.listed
            spent = time.monotonic() - began
            rest_until = time.monotonic() + spent * (1 / SHARE - 1)
            progress(f"{page}: {shown} of {sweep.planned} runs, {100 * shown // sweep.planned} %")
        time.sleep(LOOK_S)
