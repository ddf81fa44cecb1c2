"""What a calibration reports.

Purpose: a check, its verdict, and calibration.json, README.md and the table made of all of them.
Invariant: `expected` is said before anything is measured; a check passes by the figures in
`measured` alone.
"""

import json
from dataclasses import asdict
from pathlib import Path

from tricolour_report.program.writing import publish, take_folder
from tricolour_report.read.calibration import FILE, SCHEMA_VERSION, Check


def percent(share: float, digits: int = 1) -> str:
    return f"{100 * share:.{digits}f} %"


def within(share: float, expected: float, tolerance: float) -> bool:
    """Not NaN either."""
    return bool(abs(share - expected) <= tolerance)


def verdict(check: Check) -> str:
    return "passes" if check.passes else "FAILS"


def table(checks: list[Check]) -> str:
    """For a terminal."""
    lines = []
    for check in checks:
        lines += [
            f"{verdict(check):<7} {check.name}: {check.what}",
            f"        expected {check.expected}",
            f"        measured {check.measured}",
        ]
    return "\n".join(lines)


def write_record(folder: Path, checks: list[Check], made_by: dict[str, str]) -> None:
    """calibration.json and README.md, in a folder that is made if need be."""
    take_folder(folder, FILE)
    record = {
        "schema_version": SCHEMA_VERSION,
        "made_by": made_by,
        "checks": [asdict(check) for check in checks],
    }
    texts = {FILE: json.dumps(record, indent=1) + "\n", "README.md": readme(checks, made_by)}
    with publish() as publication:
        for name, text in texts.items():
            publication.path(folder / name).write_text(text, encoding="utf-8")


def readme(checks: list[Check], made_by: dict[str, str]) -> str:
    passed = sum(check.passes for check in checks)
    rows = [f"| {c.name} | {c.what} | {c.expected} | {c.measured} | {verdict(c)} |" for c in checks]
    origin = "; ".join(f"{key} {value}" for key, value in made_by.items() if key != "command")
    return "\n".join(
        [
            "# Calibration",
            "",
            f"{passed} of {len(checks)} checks pass. Made by `{made_by['command']}`: {origin}. The "
            "same, for programs, is in `calibration.json`.",
            "",
            "| check | what | expected | measured | verdict |",
            "|---|---|---|---|---|",
            *rows,
            "",
        ]
    )
