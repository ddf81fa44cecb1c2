"""peers.json, summary.csv, README.md and the figures, from the plan and the journal.

Purpose: everything that a comparison leaves, written whole or not at all.
Invariant: all of it can be made again from plan.json and runs.jsonl; a cell that never ran is there
with its status.
"""

import csv
import json
from datetime import datetime, timezone
from pathlib import Path

from tricolour_report.compare.peers import (
    FIGURE,
    Peers,
    cells_of,
    columns,
    first_violation,
    paired_ratio,
    row,
    same_text,
    target_text,
)
from tricolour_report.program.writing import publish

from . import measured
from .contests import AGAIN, Cell
from .journal import given_up
from .programs import heap_bytes
from .targets import evaluate, verdicts


def assemble(plan: dict, cells: list[Cell], missing: dict[str, str], runs: list[dict]) -> dict:
    """The document of peers.json. `missing`: why, by name of a cell that cannot run."""
    rounds = plan["request"]["rounds"]
    entries = [
        _entry(
            cell,
            plan["heaps"],
            missing.get(cell.name, ""),
            [run for run in runs if run["cell"] == cell.name],
        )
        for cell in cells
    ]
    typed = cells_of({"cells": entries})
    document = {
        "schema_version": 1,
        "mode": plan["request"]["mode"],
        "created_utc": datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "rounds": rounds,
        "seed": plan["request"]["seed"],
        "finished": all(
            len(entry["runs"]) == rounds or given_up(entry["runs"])
            for entry in entries
            if entry["status"] != "missing"
        ),
        "provenance": plan["provenance"],
        "heaps": plan["heaps"],
        "busy": plan["busy"],
        "cells": entries,
        "same_against_same": _same_against_same(typed),
        "targets": evaluate(typed, rounds, plan["request"]["mode"]),
    }
    violation = first_violation(document)
    if violation:
        raise ValueError(f"peers.json does not follow its schema: {violation}")
    return document


def _entry(cell: Cell, heaps: dict, why_missing: str, runs: list[dict]) -> dict:
    failed = next((run for run in runs if run["status"] != "ok"), None)
    status, why = ("ok", "") if runs else ("not_run", "interrupted before its turn")
    if failed:
        status, why = failed["status"], failed["error"]
    if why_missing:
        status, why = "missing", why_missing
    return {
        "name": cell.name,
        "contest": cell.contest.name,
        "program": cell.program,
        "kind": cell.kind,
        "heap": cell.heap,
        "heap_bytes": heap_bytes(cell, heaps),
        "base": cell.program == cell.contest.base,
        "status": status,
        "why": why,
        "runs": [
            {key: run[key] for key in ("round", "status", "error", "measured")}
            for run in sorted(runs, key=lambda run: run["round"])
        ],
    }


def _same_against_same(cells: list) -> dict | None:
    by_name = {cell.name: cell for cell in cells}
    again = next((cell for cell in cells if cell.program.endswith(AGAIN)), None)
    first = by_name.get(again.name.removesuffix(AGAIN)) if again else None
    found = paired_ratio(first, again, "operations_per_s") if first else None
    if found is None:
        return None
    whole = found.low == found.low
    return {
        "cell": first.name,
        "again": again.name,
        "ratio": found.value,
        "low": found.low if whole else None,
        "high": found.high if whole else None,
        "rounds": found.invocations,
        "includes_1": not found.differs if whole else None,
    }


def write(folder: Path, document: dict) -> None:
    from tricolour_report.figures.files import save
    from tricolour_report.figures.peers import draw_peers
    from tricolour_report.figures.style import plt

    peers = Peers(True, document, cells_of(document), "")
    with publish() as publication:
        publication.path(folder / "peers.json").write_text(
            json.dumps(document, indent=1) + "\n", encoding="utf-8"
        )
        _write_summary(publication.path(folder / "summary.csv"), peers)
        publication.path(folder / "README.md").write_text(readme(peers), encoding="utf-8")
        figure = draw_peers(peers)
        if figure is not None:
            save(figure, folder / FIGURE.parent, FIGURE.stem, publication.path)
            plt.close(figure)


def _write_summary(path: Path, peers: Peers) -> None:
    """One row for each run, and one without a round for a cell that has none."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(
            ["contest", "program", "heap", "heap_bytes", "round", "status", *measured.FIGURES]
        )
        for cell in peers.cells:
            for run in cell.runs or [{"round": "", "status": cell.status, "measured": None}]:
                figures = [(run["measured"] or {}).get(figure) for figure in measured.FIGURES]
                writer.writerow(
                    [
                        cell.contest,
                        cell.program,
                        cell.heap,
                        cell.heap_bytes,
                        run["round"],
                        run["status"],
                        *figures,
                    ]
                )


def readme(peers: Peers) -> str:
    document = peers.document
    lines = [
        (
            "# Tricolour against other allocators and collectors"
            if document["mode"] == "peers"
            else "# Tricolour under pressure"
        ),
        "",
    ]
    provenance = document["provenance"]
    lines += [
        f"Made by `{provenance['command']}`: {document['rounds']} interleaved rounds, each in a"
        f" random order of its own (seed {document['seed']}). "
        + "; ".join(f"{key} {value}" for key, value in provenance.items() if key != "command")
        + ".",
        "",
    ]
    if peers.exploratory:
        lines += ["**Exploratory:** fewer than 10 rounds claim nothing.", ""]
    if not document["finished"]:
        lines += ["**Interrupted:** some runs are missing; `--resume` makes them.", ""]
    lines += [*_reading(document), ""]
    if document["mode"] == "peers":
        lines += [same_text(document["same_against_same"]), ""]
    for contest in peers.contests:
        base = peers.base(contest)
        names = columns(contest, base)
        lines += [
            f"## {contest}",
            "",
            _table(names, [row(cell, base) for cell in peers.of(contest)]),
            "",
        ]
        lines += [
            f"- `{cell.name}`: {cell.status}: {' '.join(cell.why.split())}"
            for cell in peers.of(contest)
            if cell.why
        ]
        lines += [""] if lines[-1] else []
    if document["targets"]:
        targets = [target_text(target) for target in document["targets"]]
        lines += [
            "## Targets",
            "",
            verdicts(document["targets"]) + ".",
            "",
            _table(["cell", "figure", "measured", "target", "verdict"], targets),
            "",
        ]
    return "\n".join(lines)


def _reading(document: dict) -> list[str]:
    lines = [
        (
            "Ratios are paired by round, with 95 % t intervals on their logarithms; where an"
            " interval holds 1, no difference was shown. Other figures are medians over runs. The"
            " worst request is the longest of a run: its least over runs is what the program can"
            " do, the median and the greatest what it does. A collector of which a run collected"
            " fewer than 3 times is starved, and its figures say nothing of collecting."
        ),
        (
            "Each heap is the same number of bytes for all that take a limit: -Xmx and -Xms for"
            " Java (pages touched before), GOMEMLIMIT with GOGC=off for Go, which is a limit on all"
            " of its memory that it may exceed. malloc and Boehm's collector have none (the"
            " collector has one, but gives up where the others run): peak resident memory is beside"
            " them. That of Java 17's ZGC counts its heap three times, because it maps it three"
            " times."
        ),
    ]
    if document["mode"] == "peers":
        lines.append(
            "Warm-up is outside the measured region. In an open loop latency counts from the"
            " intended start. Requests that were due and had not begun when a run ended are"
            " unserved: throughput and latencies are of the others."
        )
    for name, shape in document["busy"].items():
        lines.append(
            f"The busy thread of `{name}` takes the place of the marker of concurrent/yuasa: every"
            f" {shape['busy_period_ms']:.0f} ms it streams through {shape['busy_mb']:g} MB, one"
            f" word of each cache line, for {100 * shape['busy_share']:.1f} % of the time, and"
            " sleeps through the rest. Peak resident memory includes what it reads."
        )
    return ["\n\n".join(lines)]


def _table(names: list[str], rows: list[list[str]]) -> str:
    return "\n".join(
        ["| " + " | ".join(cells) + " |" for cells in [names, ["---"] * len(names), *rows]]
    )
