"""The summary in a terminal.

Purpose: the result tables, one pause histogram for each collector, and two closing lines: what
this shows, and what to do next.
Invariants: at most 80 columns; a column has the same quantile in every row. No escape sequence
unless standard output is a terminal and NO_COLOR is unset; plain ASCII where the encoding has no
block characters.
"""

import os
import shlex
import sys
import textwrap
from typing import Callable

import numpy as np

from ..compare import unserved
from ..compare.bystander import floor_sentence, machine_floor
from ..compare.rows import Group, Row, groups
from ..compare.waits import SLOW, explained_text, parts_text, shares_text, waits
from ..program.process import shown, write_out
from ..read.experiment import ENOUGH_CYCLES, Experiment
from ..statistics.intervals import ENOUGH_INVOCATIONS
from ..statistics.quantiles import quantiles
from ..statistics.quantities import ABSENT, duration, time_text

WIDTH = 80
HEIGHT = 4
BLOCKS = " ▁▂▃▄▅▆▇█"
FAILED, STARVED = 31, 90
COLOURS = [34, 33, 32, 35, 36]  # by the place in the list of collectors
Colours = dict[str, int]  # of collectors; empty where nothing is coloured
QUANTILES = (0.5, 0.9, 0.99)
RESULTS = "{:<22}{:>8}  {}"
PAUSES = "{:>8}{:>9}{:>9}{:>8}{:>10}"
MOST_CAUSES = 3


def summary(experiment: Experiment, coloured: bool) -> str:
    """The whole summary; `coloured` adds ANSI colours."""
    colours = colours_of(experiment) if coloured else {}
    lines = [
        *textwrap.wrap(
            f"{experiment.sweep.name}: throughput is the ratio to "
            f"{experiment.sweep.baseline_label}",
            WIDTH,
        ),
        "",
    ]
    for group in groups(experiment):
        lines += _table(group, colours) + [""]
    lines += _notes(experiment) + [""] + _histograms(experiment, colours)
    lines += ["", *closing(experiment, _next_step(experiment))]
    return "\n".join(lines).rstrip() + "\n"


def _next_step(experiment: Experiment) -> str:
    folder = shown(experiment.sweep.folder)
    page = experiment.sweep.folder / "report.html"
    if page.exists():
        return f"open {shown(page)}"
    return f"`tricolour report {shlex.quote(folder)}` draws the figures and writes a page."


def colours_of(experiment: Experiment) -> Colours:
    place = experiment.sweep.place
    names = {result.cell.collector for result in experiment.results}
    return {name: COLOURS[place("collectors", name) % len(COLOURS)] for name in names}


def print_summary(experiment: Experiment) -> None:
    coloured = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    write_out(summary(experiment, coloured))


def _table(group: Group, colours: Colours) -> list[str]:
    label = "" if group.invocations >= ENOUGH_INVOCATIONS else "; exploratory"
    runs = f"{group.invocations} invocation{'' if group.invocations == 1 else 's'}"
    lines = [
        *textwrap.wrap(f"{group.title} ({runs}{label})", WIDTH),
        *_part(
            group,
            colours,
            RESULTS.format("throughput [95 %]", "cycles", "runs"),
            lambda row: RESULTS.format(
                row.ratio + "*" * row.differs, row.cycles + "!" * row.starved, row.status
            ),
        ),
        "",
        *_part(
            group,
            colours,
            PAUSES.format(*(f"p{100 * p:g}" for p in QUANTILES), "MMU10", "fallback"),
            _pauses,
        ),
        "",
        *_part(group, colours, "longest pause of a run", lambda row: row.longest),
    ]
    if any(row.longest_request != ABSENT for row in group.rows):
        lines += [
            "",
            *_part(group, colours, "longest request of a run", lambda row: row.longest_request),
        ]
    return lines + _waits(group, colours)


def _part(group: Group, colours: Colours, heading: str, figures: Callable[[Row], str]) -> list[str]:
    """A heading and a line for each cell."""
    width = max(9, 1 + max(len(row.barrier) for row in group.rows))
    names = "{:<15}{:<{width}}"
    return [
        f"{names.format('collector', 'barrier', width=width)}{heading}".rstrip(),
        *(
            _coloured(
                row,
                colours,
                names.format(row.collector, row.barrier, width=width) + figures(row),
            )
            for row in group.rows
        ),
    ]


def _pauses(row: Row) -> str:
    found = quantiles(row.result.pooled_pauses(), np.array(QUANTILES))
    return PAUSES.format(*map(duration, found), row.mmu, row.fallback)


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
        f"what requests of {SLOW} or more waited for: number, total time, share by cause",
    ]
    for row, one in found:
        name = f"  {row.collector} {row.barrier}"
        gap = f"longest gap without a name {row.unexplained}"
        if not one.count:
            text = textwrap.wrap(f"{name}: none; {gap}", WIDTH, subsequent_indent="      ")
            lines += [_coloured(row, colours, line) for line in text]
            continue
        of_all = shares_text(one, MOST_CAUSES)
        of_slowest = parts_text(one.slowest.parts, MOST_CAUSES)
        lines += [
            _coloured(row, colours, line)
            for text in (
                f"{name}: {one.count} requests, {duration(one.total)}: {of_all}",
                f"    explained {explained_text(one)}; {gap}",
                f"    slowest {duration(one.slowest.length)}: {of_slowest}",
            )
            for line in textwrap.wrap(text, WIDTH, subsequent_indent="      ")
        ]
    return lines


def _notes(experiment: Experiment) -> list[str]:
    notes = [
        f"! The cell is starved: a run had fewer than {ENOUGH_CYCLES} cycles. It is not ranked.",
        f"* The 95 % interval excludes 1. With fewer than {ENOUGH_INVOCATIONS} invocations a "
        "result is exploratory and claims nothing.",
        "p50, p90, p99 are quantiles of all pauses of all runs; a quantile that fewer than ten "
        "pauses exceed is not shown.",
        "The longest pause or request of a run is shown as the least, the median and the greatest "
        "over runs. The longest gap without a name is shown likewise; it is a gap between two "
        "operations.",
        "MMU10 is the minimum mutator utilisation over 10 ms, of the median run.",
        "fallback is the share of cycles that ended as a stopped collection.",
        floor_sentence(machine_floor(experiment)),
    ]
    if any(result.is_baseline and result.starved for result in experiment.results):
        notes.append(
            "Where the baseline is starved, ratios to it compare with hardly collecting: nothing "
            "is marked."
        )
    notes += unserved.sentences(experiment)
    if experiment.sweep.never_ran:
        notes.append(
            f"The sweep was interrupted: {experiment.sweep.never_ran} of "
            f"{experiment.sweep.planned} runs are missing."
        )
    if experiment.verified:
        notes.append(f"{len(experiment.verified)} verified runs are left out of every timing.")
    notes += [f"Skipped {one.place}: {one.reason}" for one in experiment.skipped]
    return [line for note in notes for line in textwrap.wrap(note, WIDTH)]


def closing(experiment: Experiment, next_step: str) -> list[str]:
    """What this shows, and what to do next."""
    compared = [
        (group, row)
        for group in groups(experiment)
        for row in group.rows
        if not row.result.is_baseline
    ]
    claims = [
        row for group, row in compared if row.differs and group.invocations >= ENOUGH_INVOCATIONS
    ]
    if all(group.invocations < ENOUGH_INVOCATIONS for group in groups(experiment)):
        shows = (
            f"nothing is claimed, because each cell has fewer than {ENOUGH_INVOCATIONS} "
            f"invocations; differences are exploratory"
        )
    else:
        shows = f"throughput differs from the baseline's in {len(claims)} of {len(compared)} cells"
    return [
        line
        for text in (f"What this shows: {shows}.", f"What to do next: {next_step}")
        for line in textwrap.wrap(text, WIDTH, break_long_words=False, break_on_hyphens=False)
    ]


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
    lines = ["Pauses of all workloads, barriers and heaps; height is the log of the count"]
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
