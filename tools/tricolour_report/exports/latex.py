"""LaTeX tables, for papers.

Purpose: `tables.tex`, a `table` for each workload and heap with the columns of the page's cells; it
needs the packages booktabs and textcomp.
Invariants: every cell has a row, a failed or starved one too, with its state. No character of a
name is a command of LaTeX. A caption says how many invocations its table has, and where these are
too few to claim anything.
"""

import re
from pathlib import Path
from typing import Callable

from ..compare.rows import COLUMNS, Group, groups
from ..page.provenance import provenance
from ..read.experiment import Experiment
from ..statistics.intervals import ENOUGH_INVOCATIONS
from ..statistics.quantities import ABSENT

FILE = "tables.tex"
LEFT_OUT = ("fallback", "bystander p99")  # what a table has no room for
SPECIAL = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "µ": r"\textmu{}",
    "·": r"$\cdot$",
    "–": "--",
    **{letter: "\\" + letter for letter in "&%$#_{}"},
}


def write(experiment: Experiment, out: Path, progress: Callable[[str], None]) -> None:
    made = [f"% {one['name']}: {'; '.join(one['values'])}" for one in provenance(experiment)]
    head = [r"% \usepackage{booktabs}", r"% \usepackage{textcomp}", *made]
    tables = [_table(experiment, group) for group in groups(experiment)]
    text = "\n".join([*(" ".join(line.split()) for line in head), "", *tables])
    (out / FILE).write_text(text, encoding="utf-8")


def escaped(text: str) -> str:
    return "".join(SPECIAL.get(letter, letter) for letter in text)


def _table(experiment: Experiment, group: Group) -> str:
    shown = [
        column
        for column in COLUMNS
        if column.title not in LEFT_OUT and any(column.text(row) != ABSENT for row in group.rows)
    ]
    rows = [[column.text(row).replace("\n", " ") for column in shown] for row in group.rows]
    body = "\n".join(" & ".join(map(escaped, row)) + r" \\" for row in rows)
    titles = " & ".join(escaped(_capitalised(column.title)) for column in shown)
    alignment = "".join("r" if column.is_number else "l" for column in shown)
    place = re.sub("[^a-z0-9]+", "-", group.title.lower()).strip("-")
    return "\n".join(
        [
            r"\begin{table}",
            rf"\caption{{{escaped(_caption(experiment, group))}}}",
            rf"\label{{tab:{place}}}",
            rf"\begin{{tabular}}{{{alignment}}}",
            r"\toprule",
            titles + r" \\",
            r"\midrule",
            body,
            r"\bottomrule",
            r"\end{tabular}",
            r"\end{table}",
            "",
        ]
    )


def _capitalised(title: str) -> str:
    return title[0].upper() + title[1:]


def _caption(experiment: Experiment, group: Group) -> str:
    few = group.invocations < ENOUGH_INVOCATIONS
    claims = f"; exploratory, fewer than {ENOUGH_INVOCATIONS} claim nothing" if few else ""
    return (
        f"{group.title}: throughput against {experiment.sweep.baseline_label} with 95 % intervals "
        f"(* where the interval excludes 1), and pauses. Longest values are the least, the median "
        f"and the greatest over runs. {group.invocations} invocations{claims}."
    )
