"""The table of a campaign, and what it comes to.

Purpose: `mutants.csv`, a row for each mutant of the sample, and `summary.md`: shares by room and by
operator, and the mutants that no check caught.
Invariant: a share is of the mutants that are decided and not equivalent; with none it is a dash.
"""

import csv
import io
import statistics
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from .equivalents import MOST_SHARE
from .sites import Mutant

COLUMNS = (
    "status room operator file line before after check caught_by hang seconds proof name"
).split()
LEAST_CAUGHT = 0.95
MOST_MEDIAN_S = 30.0


@dataclass(frozen=True)
class Campaigned:
    """Rows of the table, in the order of the sample; an open one is not decided yet."""

    rows: list[dict]

    def of(self, *statuses: str) -> list[dict]:
        return [row for row in self.rows if row["status"] in statuses]

    def judged(self) -> list[dict]:
        return self.of("caught", "survived")

    def share_caught(self) -> float | None:
        judged = self.judged()
        return len(self.of("caught")) / len(judged) if judged else None

    def only_hangs(self) -> list[dict]:
        return [row for row in self.of("caught") if row["hang"]]

    def median_s(self) -> float | None:
        caught = self.of("caught")
        return statistics.median(row["seconds"] for row in caught) if caught else None

    def shortfalls(self) -> list[str]:
        """In what the target is missed."""
        found = []
        share, median, equivalent = self.share_caught(), self.median_s(), len(self.of("equivalent"))
        if share is not None and share < LEAST_CAUGHT:
            found.append(f"{100 * share:.1f} % caught; the target is {100 * LEAST_CAUGHT:.0f} %")
        if self.only_hangs():
            found.append(f"{len(self.only_hangs())} caught only by a hang; the target is none")
        if median is not None and median > MOST_MEDIAN_S:
            found.append(
                f"median time to catch {median:.1f} s; the target is {MOST_MEDIAN_S:.0f} s"
            )
        if equivalent > MOST_SHARE * len(self.rows):
            found.append(
                f"{equivalent} of {len(self.rows)} are called equivalent; a tenth is the most"
            )
        return found


def collect(
    sample: Iterable[Mutant], decided: dict[str, dict], proofs: dict[str, str]
) -> Campaigned:
    rows = []
    for mutant in sample:
        found = decided.get(mutant.name, {})
        status = "equivalent" if mutant.name in proofs else found.get("status", "open")
        rows.append(
            {column: getattr(mutant, column, found.get(column, "")) for column in COLUMNS}
            | {"status": status, "proof": proofs.get(mutant.name, "")}
        )
    return Campaigned(rows)


def table(campaigned: Campaigned) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(campaigned.rows)
    return text.getvalue()


def summary(campaigned: Campaigned, about: dict[str, object]) -> str:
    lines = ["# Mutants", "", ", ".join(f"{name} {value}" for name, value in about.items()), ""]
    lines += [f"- {one}" for one in totals(campaigned)]
    for attribute in ("room", "operator", "check"):
        lines += ["", *_shares(campaigned, attribute)]
    survivors = campaigned.of("survived")
    if survivors:
        lines += [
            "",
            "## Survivors",
            "",
            "| place | operator | before | after |",
            "|---|---|---|---|",
        ]
        for row in survivors:
            cells = (row["operator"], _cell(row["before"]), _cell(row["after"]))
            lines.append(f"| {row['file']}:{row['line']} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def totals(campaigned: Campaigned) -> list[str]:
    counts = {
        status: len(campaigned.of(status))
        for status in ("caught", "survived", "equivalent", "open")
    }
    share, median = campaigned.share_caught(), campaigned.median_s()
    found = [", ".join(f"{count} {status}" for status, count in counts.items())]
    if share is not None:
        found.append(f"{100 * share:.1f} % of those that are not equivalent are caught")
    if median is not None:
        found.append(
            f"median time to catch {median:.1f} s, {len(campaigned.only_hangs())} by a hang"
        )
    return found


def _shares(campaigned: Campaigned, attribute: str) -> list[str]:
    lines = [
        f"| {attribute} | mutants | caught | survived | equivalent | open |",
        "|---|---|---|---|---|---|",
    ]
    for value in sorted({row[attribute] for row in campaigned.rows}):
        group = Campaigned([row for row in campaigned.rows if row[attribute] == value])
        counts = [len(group.of(status)) for status in ("caught", "survived", "equivalent", "open")]
        lines.append(
            f"| {value or '-'} | {len(group.rows)} | " + " | ".join(map(str, counts)) + " |"
        )
    return lines


def _cell(text: str) -> str:
    return "`" + text.replace("|", "\\|")[:120] + "`"


def write(folder: Path, campaigned: Campaigned, about: dict[str, object]) -> None:
    for name, text in (
        ("mutants.csv", table(campaigned)),
        ("summary.md", summary(campaigned, about)),
    ):
        part = folder / (name + ".part")
        part.write_text(text, encoding="utf-8")
        part.rename(folder / name)
