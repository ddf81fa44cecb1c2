"""The summary in a terminal.

Purpose: the result table, and one pause histogram for each collector, in at most 100 columns.
Invariants: no escape sequence unless standard output is a terminal and NO_COLOR is unset; plain ASCII where the
encoding has no block characters.
"""

import os
import sys
from functools import partial

import numpy as np

from .experiment import Experiment
from .intervals import ENOUGH_INVOCATIONS
from .quantities import duration, time_text
from .rows import Group, groups

WIDTH = 100
HEIGHT = 4
BLOCKS = " ▁▂▃▄▅▆▇█"
ASCII = str.maketrans({"µ": "u", "–": "-", "─": "-", "┼": "+", **dict(zip(BLOCKS, " ..::==##"))})
COLOURS = {"stop_the_world": 34, "incremental": 33, "concurrent": 32}
COLUMNS = "{:<15}{:<{barrier_width}}{:<21}{:>8}{:>12}{:>8}{:>6}{:>9} {}"


def summary(experiment: Experiment, coloured: bool) -> str:
    """The whole summary; `coloured` adds ANSI colours."""
    lines = [f"{experiment.sweep.name}: throughput as a ratio to {experiment.sweep.baseline_label}", ""]
    for group in groups(experiment):
        lines += _table(group, coloured) + [""]
    lines += _notes(experiment) + [""] + _histograms(experiment, coloured)
    return "\n".join(lines).rstrip() + "\n"


def print_summary(experiment: Experiment) -> None:
    coloured = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    text = summary(experiment, coloured)
    if not (sys.stdout.encoding or "").lower().startswith("utf"):
        text = text.translate(ASCII)
    sys.stdout.write(text)


def _table(group: Group, coloured: bool) -> list[str]:
    label = "" if group.invocations >= ENOUGH_INVOCATIONS else "; exploratory"
    columns = partial(COLUMNS.format, barrier_width=max(9, 1 + max(len(row.barrier) for row in group.rows)))
    lines = [
        f"{group.title} ({group.invocations} invocations{label})",
        columns("collector", "barrier", "throughput [95 %]", "p50", "tail", "longest", "MMU10", "fallback", "runs"),
    ]
    for row in group.rows:
        mark = "*" if row.differs else ""
        text = columns(
            row.collector, row.barrier, row.ratio + mark, row.p50, row.tail, row.longest, row.mmu, row.fallback, row.status
        )
        colour = 31 if row.failed else COLOURS.get(row.collector)
        lines.append(f"\033[{colour}m{text}\033[0m" if coloured and colour else text)
    return lines


def _notes(experiment: Experiment) -> list[str]:
    notes = [
        f"* the 95 % interval excludes 1. Below {ENOUGH_INVOCATIONS} invocations a result is exploratory and claims nothing.",
        "p50, tail: of all pauses of all runs, as far as their number allows (1 - 10/n). longest: minimum",
        "over runs of each run's longest pause. MMU10: minimum mutator utilisation over 10 ms, median run.",
        "fallback: share of cycles that fell back to a stopped one.",
    ]
    floors = [digest.hiccups.max() for r in experiment.results for digest in r.digests if len(digest.hiccups)]
    if floors:
        notes += [
            f"The machine's own hiccups: longest {duration(min(floors))} to {duration(max(floors))} in a run;",
            "a longest pause near that may be the machine's doing.",
        ]
    if experiment.sweep.never_ran:
        notes.append(f"Interrupted sweep: {experiment.sweep.never_ran} of {experiment.sweep.planned} runs are missing.")
    if experiment.verified:
        notes.append(f"{len(experiment.verified)} verified runs are left out of every timing.")
    notes += [f"Skipped {one.place}: {one.reason}" for one in experiment.skipped]
    return notes


def _histograms(experiment: Experiment, coloured: bool) -> list[str]:
    pooled: dict[str, list[np.ndarray]] = {}
    for result in experiment.results:
        pooled.setdefault(result.cell.collector, []).append(result.pooled_pauses())
    lengths = {name: np.concatenate(parts) for name, parts in pooled.items()}
    lengths = {name: values for name, values in lengths.items() if len(values)}
    if not lengths:
        return ["No pause was recorded."]
    everything = np.concatenate(list(lengths.values()))
    low = int(np.floor(np.log10(max(everything.min(), 1.0))))
    high = max(int(np.ceil(np.log10(max(everything.max(), 1.0)))), low + 1)
    per_decade = max(8, min(24, (WIDTH - 12) // (high - low)))
    edges = np.logspace(low, high, (high - low) * per_decade + 1)
    lines = ["Pauses of all workloads, barriers and heaps; height is the logarithm of the count"]
    for name, values in lengths.items():
        counts = np.histogram(np.clip(values, edges[0], edges[-1]), edges)[0]
        lines += ["", f"{name}: {len(values)} pauses, longest {duration(values.max())}"]
        bars = _bars(counts)
        colour = COLOURS.get(name) if coloured else None
        lines += [f"\033[{colour}m{bar}\033[0m" if colour else bar for bar in bars]
        lines += _axis(low, high, per_decade)
    return lines


def _bars(counts: np.ndarray) -> list[str]:
    """HEIGHT lines of block characters; a count of 1 is one eighth of a line at least."""
    full = HEIGHT * 8
    heights = np.where(counts > 0, 1 + (full - 1) * np.log(np.maximum(counts, 1)) / np.log(max(counts.max(), 2)), 0)
    rows = []
    for level in reversed(range(HEIGHT)):
        filled = np.clip(np.round(heights) - level * 8, 0, 8).astype(int)
        rows.append(("  " + "".join(BLOCKS[eighths] for eighths in filled)).rstrip())
    return rows


def _axis(low: int, high: int, per_decade: int) -> list[str]:
    line = "  " + ("┼" + "─" * (per_decade - 1)) * (high - low) + "┼"
    labels = [time_text(10.0**power).ljust(per_decade) for power in range(low, high + 1)]
    return [line, "  " + "".join(labels).rstrip()]
