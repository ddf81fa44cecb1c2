"""The documents tell of what is there: paths, functions, and a walk that one sitting can follow."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = sorted((ROOT / "docs").glob("*.md"))
MOST_STOPS = 10


def text_of(document):
    return document.read_text(encoding="utf-8")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_path_exists(document):
    named = re.findall(
        r"`((?:core|barriers|collectors|workloads|harness|tools)/[\w./]*)`", text_of(document)
    )
    fixed = [path for path in named if "NAME" not in path]
    assert fixed and [path for path in fixed if not (ROOT / path).exists()] == []


def test_the_walk_of_a_store_has_few_stops_and_names_what_the_code_has():
    walk = text_of(ROOT / "docs/architecture.md").split("## The walk of one store")[1]
    stops = re.findall(r"^(\d+)\. \*\*", walk, re.M)
    assert stops == [str(number) for number in range(1, len(stops) + 1)]
    assert 5 <= len(stops) <= MOST_STOPS
    for function, file in (
        ("gather_from_mutators", "collectors/cycle/cycle.hpp"),
        ("marking", "core/mutator/mutator_context.hpp"),
        ("shade", "core/mutator/mutator_context.hpp"),
    ):
        assert function in walk and f" {function}(" in (ROOT / file).read_text(encoding="utf-8")


def test_the_table_of_rooms_has_every_folder():
    table = text_of(ROOT / "docs/architecture.md").split("## The walk")[0]
    for room in ("core", "collectors", "harness", "tools/tricolour_report"):
        row = next(line for line in table.splitlines() if line.startswith(f"| `{room}/`"))
        folders = {
            path.name
            for path in (ROOT / room).iterdir()
            if path.is_dir()
            and path.name not in ("__pycache__", "testing", "experiments", "peers", "failing_calls")
        }
        assert folders == set(re.findall(r"`(\w+)/`", row)) - {room}, room
