"""The summary in a terminal.

Purpose: the result table, and one pause histogram for each collector, in at most 100 columns.
Invariants: no escape sequence unless standard output is a terminal and NO_COLOR is unset; plain ASCII where the
encoding has no block characters.
"""

import os
import sys
import textwrap

import numpy as np

from ..compare import unserved
from ..compare.bystander import floor_sentence, machine_floor
from ..compare.rows import Group, Row, groups
from ..compare.waits import SLOW, explained_text, parts_text, shares_text, waits
from ..program.process import write_out
from ..read.experiment import ENOUGH_CYCLES, Experiment
from ..statistics.intervals import ENOUGH_INVOCATIONS
from ..statistics.quantities import duration, time_text

WIDTH = 100
HEIGHT = 4
BLOCKS = " ▁▂▃▄▅▆▇█"
FAILED, STARVED = 31, 90
COLOURS = [34, 33, 32, 35, 36]  # by the place in the list of collectors
Colours = dict[str, int]  # of collectors; empty where nothing is coloured
COLUMNS = "{:<15}{:<{barrier_width}}{:<21}{:>8}{:>12}{:>6}{:>8}{:>9} {}"
LONGEST = "{:<{left}} {:<29} {}"
MOST_CAUSES = 3


def summary(experiment: Experiment, coloured: bool) -> str:
    """The whole summary; `coloured` adds ANSI colours."""
    colours = colours_of(experiment) if coloured else {}
    lines = [
        f"{experiment.sweep.name}: throughput as a ratio to {experiment.sweep.baseline_label}",
        "",
    ]
    for group in groups(experiment):
        lines += _table(group, colours) + [""]
    lines += _notes(experiment) + [""] + _histograms(experiment, colours)
    return "\n".join(lines).rstrip() + "\n"


def colours_of(experiment: Experiment) -> Colours:
    place = experiment.sweep.place
    names = {result.cell.collector for result in experiment.results}
    return {name: COLOURS[place("collectors", name) % len(COLOURS)] for name in names}


def print_summary(experiment: Experiment) -> None:
    coloured = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    write_out(summary(experiment, coloured))


def _table(group: Group, colours: Colours) -> list[str]:
    label = "" if group.invocations >= ENOUGH_INVOCATIONS else "; exploratory"
    width = max(9, 1 + max(len(row.barrier) for row in group.rows))
    lines = [f"{group.title} ({group.invocations} invocations{label})"]
    lines.append(
        COLUMNS.format(
            "collector",
            "barrier",
            "throughput [95 %]",
            "p50",
            "tail",
            "MMU10",
            "cycles",
            "fallback",
            "runs",
            barrier_width=width,
        )
    )
    for row in group.rows:
        ratio, cycles = row.ratio + "*" * row.differs, row.cycles + "!" * row.starved
        lines.append(
            _coloured(
                row,
                colours,
                COLUMNS.format(
                    row.collector,
                    row.barrier,
                    ratio,
                    row.p50,
                    row.tail,
                    row.mmu,
                    cycles,
                    row.fallback,
                    row.status,
                    barrier_width=width,
                ),
            )
        )
    lines += ["", "longest over runs: least · median · greatest"]
    lines.append(LONGEST.format(f"  {'collector':<15}barrier", "pause", "request", left=17 + width))
    for row in group.rows:
        names = f"  {row.collector:<15}{row.barrier}"
        text = LONGEST.format(names, row.longest, row.longest_request, left=17 + width)
        lines.append(_coloured(row, colours, text))
    return lines + _waits(group, colours)


def _coloured(row: Row, colours: Colours, text: str) -> str:
    if not colours:
        return text.rstrip()
    colour = FAILED if row.failed else STARVED if row.starved else colours[row.collector]
    return f"\033[{colour}m{text.rstrip()}\033[0m"


def _waits(group: Group, colours: Colours) -> list[str]:
    """Nothing where no run of the group has requests."""
    found = [(row, one) for row in group.rows if (one := waits(row.result))]
    if not found:
        return []
    lines = [
        "",
        f"what requests of {SLOW} or more waited for: number, total time in all runs, share by cause",
    ]
    for row, one in found:
        name = f"  {row.collector} {row.barrier}"
        gap = f"longest gap without a name {row.unexplained}"
        if not one.count:
            lines.append(_coloured(row, colours, f"{name}: none; {gap}"))
            continue
        of_all = shares_text(one, MOST_CAUSES)
        of_slowest = parts_text(one.slowest.parts, MOST_CAUSES)
        lines += [
            _coloured(row, colours, text)
            for text in (
                f"{name}: {one.count} requests, {duration(one.total)}: {of_all}",
                f"    explained {explained_text(one)}; {gap}",
                f"    slowest {duration(one.slowest.length)}: {of_slowest}",
            )
        ]
    return lines


def _notes(experiment: Experiment) -> list[str]:
    notes = [
        f"! starved: a run with fewer than {ENOUGH_CYCLES} cycles; it is ranked nowhere and wins "
        f"nothing.",
        f"* the 95 % interval excludes 1. Below {ENOUGH_INVOCATIONS} invocations a result is exploratory",
        "and claims nothing.",
        "p50, tail: of all pauses of all runs, as far as their number allows (1 - 10/n).",
        "longest: least, median and greatest over runs of each run's longest; gap without a name: "
        "likewise,",
        "between two operations. MMU10: minimum mutator utilisation over 10 ms, median run.",
        "fallback: share of cycles that fell back to a stopped one.",
    ]
    notes += textwrap.wrap(floor_sentence(machine_floor(experiment)), WIDTH)
    if any(result.is_baseline and result.starved for result in experiment.results):
        notes.append(
            "Where the baseline is starved, ratios to it compare with hardly collecting: nothing "
            "is marked."
        )
    for sentence in unserved.sentences(experiment):
        notes += textwrap.wrap(sentence, WIDTH)
    if experiment.sweep.never_ran:
        notes.append(
            f"Interrupted sweep: {experiment.sweep.never_ran} of {experiment.sweep.planned} runs are missing."
        )
    if experiment.verified:
        notes.append(f"{len(experiment.verified)} verified runs are left out of every timing.")
    notes += [f"Skipped {one.place}: {one.reason}" for one in experiment.skipped]
    return notes


def _histograms(experiment: Experiment, colours: Colours) -> list[str]:
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
        colour = colours.get(name)
        lines += [f"\033[{colour}m{bar}\033[0m" if colour else bar for bar in bars]
        lines += _axis(low, high, per_decade)
    return lines


def _bars(counts: np.ndarray) -> list[str]:
    """HEIGHT lines of block characters; a count of 1 is one eighth of a line at least."""
    full = HEIGHT * 8
    heights = np.where(
        counts > 0, 1 + (full - 1) * np.log(np.maximum(counts, 1)) / np.log(max(counts.max(), 2)), 0
    )
    rows = []
    for level in reversed(range(HEIGHT)):
        filled = np.clip(np.round(heights) - level * 8, 0, 8).astype(int)
        rows.append(("  " + "".join(BLOCKS[eighths] for eighths in filled)).rstrip())
    return rows


def _axis(low: int, high: int, per_decade: int) -> list[str]:
    line = "  " + ("┼" + "─" * (per_decade - 1)) * (high - low) + "┼"
    labels = [time_text(10.0**power).ljust(per_decade) for power in range(low, high + 1)]
    return [line, "  " + "".join(labels).rstrip()]
