"""What recording costs.

Purpose: the same run with `--record on`, files and all, and with `--record off`, in pairs: the ratio of throughputs. `latency` in a closed
loop, where a request takes a tenth of a microsecond or two, is the workload on which recording weighs most; `concurrent` with `yuasa` has most events.

What counts as recording is what `--record off` leaves out: events, times by activity, the histogram of requests and their rows. Not the
reading of the clock at the end of a request: the program does it, recorded or not, as an open loop has to; a request whose end nobody looks
at is another program.

About noise: pairs are interleaved, in an order that alternates; the interval is the one that `compare` gives. It passes only when the whole
interval is below the bound, so noise can fail it and not pass it.
"""

import shutil
from pathlib import Path

from tricolour_report import intervals

from .checks import Check, percent
from .runs import Progress, run

MOST_COST = 0.01
RUN_NOMINAL_S = 0.75
CELLS = {
    "stop_the_world": ["--collector", "stop_the_world", "--barrier", "none"],
    "concurrent": ["--collector", "concurrent", "--barrier", "yuasa"],
}
WORK = ["--workload", "latency", "--param", "live_mb=32", "--heap", "64M"]


def measure(binary: Path, scratch: Path, pairs: int, seconds: float, progress: Progress) -> dict[str, dict[str, list[float]]]:
    """Operations per second by cell and by `on` or `off`."""
    found = {name: {"on": [], "off": []} for name in CELLS}
    for pair in range(pairs):
        for name, cell in CELLS.items():
            for record in ("on", "off") if pair % 2 == 0 else ("off", "on"):
                words = [*cell, *WORK, "--seconds", seconds, "--record", record]
                files = ["--out", scratch / "recorded"] if record == "on" else []
                found[name][record].append(run(binary, [*words, *files])["operations_per_s"])
                shutil.rmtree(scratch / "recorded", ignore_errors=True)
                progress.advance(RUN_NOMINAL_S, "recording on and off")
    return found


def checks(found: dict[str, dict[str, list[float]]]) -> list[Check]:
    return [_check(name, speeds["off"], speeds["on"]) for name, speeds in found.items()]


def _check(name: str, off: list[float], on: list[float]) -> Check:
    ratio = intervals.ratio(intervals.paired(dict(enumerate(on)), dict(enumerate(off))))
    return Check(
        name=f"cost of recording, {name}",
        what=f"latency, closed loop, under {name}: throughput with --record off over that with recording on.",
        expected=f"below {1 + MOST_COST:.2f}, the whole interval",
        measured=f"{ratio.value:.4f}, 95 % interval {ratio.low:.4f} to {ratio.high:.4f}, {ratio.invocations} pairs",
        passes=bool(ratio.high < 1 + MOST_COST),
    )
