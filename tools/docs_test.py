"""The documents tell of what is there: paths, links, lists, metrics, and a walk to follow."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))
from tricolour_report.statistics.metrics import METRICS

PAGES = sorted((ROOT / "docs").glob("*.md"))
DOCUMENTS = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")] + PAGES
MOST_STOPS = 10
MOST_LINES_OF_README = 150
MOST_COLUMNS = 100


def text_of(document):
    return document.read_text(encoding="utf-8")


def prose_of(document):
    """Without code blocks and comments."""
    text = re.sub(r"^ *```.*?^ *```$", "", text_of(document), flags=re.M | re.S)
    return re.sub(r"<!--.*?-->", "", text, flags=re.S)


def section_of(document, heading):
    return text_of(document).split(f"\n## {heading}\n")[1].split("\n## ")[0]


def each_document(documents):
    return pytest.mark.parametrize("document", documents, ids=lambda path: path.name)


# --- paths and links ------------------------------------------------------------------------------


@each_document(DOCUMENTS)
def test_every_path_exists(document):
    """But for those of an example, which a reader writes."""
    text = text_of(document)
    pattern = r"`((?:core|barriers|collectors|workloads|harness|tools|docs|results)/[\w./-]*)`"
    made = set(re.findall(r"<!-- example:\w+ file=(\S+)", text)) | {"results/local/"}
    fixed = [path for path in re.findall(pattern, text) if "NAME" not in path and path not in made]
    assert [path for path in fixed if not (ROOT / path).exists()] == []


def links_of(document):
    """Targets of links and images."""
    return re.findall(r"\]\(([^)\s]+)\)", re.sub(r"`[^`]*`", "code", prose_of(document)))


def anchors_of(document):
    """Of a document's headings, as GitHub makes them."""
    found, times = set(), {}
    for heading in re.findall(r"^#+ (.*)$", prose_of(document), re.M):
        anchor = re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")
        found.add(f"{anchor}-{times[anchor]}" if anchor in times else anchor)
        times[anchor] = times.get(anchor, 0) + 1
    return found


def broken_links(document):
    for link in links_of(document):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (document.parent / path).resolve() if path else document
        if not target.exists() or not target.is_relative_to(ROOT):
            yield link
        elif anchor and anchor not in anchors_of(target):
            yield link


@each_document(DOCUMENTS)
def test_every_relative_link_and_anchor_resolves(document):
    assert list(broken_links(document)) == []


def test_links_are_found():
    """The check above has something to check, and sees what is broken."""
    assert all(links_of(page) for page in PAGES)
    found = links_of(ROOT / "README.md")
    assert "docs/measuring.md#the-machine" in found and any(link.endswith(".png") for link in found)


def test_a_broken_link_and_a_broken_anchor_are_seen(tmp_path, monkeypatch):
    monkeypatch.setattr(sys.modules[__name__], "ROOT", tmp_path)
    document = tmp_path / "one.md"
    document.write_text(
        "# One `two`: three\n"
        "[a](#one-two-three) [b](#four) [c](none.md) [d](one.md#one-two-three)\n"
        "`[e](code.md)` <!-- [f](comment.md) --> [g](https://example.org/)\n"
        "```\n# [h](block.md)\n```\n"
    )
    assert list(broken_links(document)) == ["#four", "none.md"]


def test_every_page_is_linked_from_the_readme():
    linked = {link.partition("#")[0] for link in links_of(ROOT / "README.md")}
    assert {f"docs/{page.name}" for page in PAGES} <= linked
    assert {"CONTRIBUTING.md", "CHANGELOG.md"} <= linked


# --- form -----------------------------------------------------------------------------------------


def test_the_readme_is_short_and_has_the_test_command():
    text = text_of(ROOT / "README.md")
    assert len(text.splitlines()) <= MOST_LINES_OF_README
    assert "`tools/test`" in text


@each_document(DOCUMENTS)
def test_lines_of_prose_have_at_most_a_hundred_columns(document):
    """Tables, links and code are exempt."""
    long = [line for line in prose_of(document).splitlines() if len(line) > MOST_COLUMNS]
    assert [line for line in long if not re.match(r"\||!?\[| {4}", line)] == []


TOOLS = sorted(
    path for path in (ROOT / "tools").iterdir() if path.is_file() and os.access(path, os.X_OK)
)


@pytest.mark.parametrize("tool", TOOLS, ids=lambda path: path.name)
def test_every_tool_explains_itself(tool):
    done = subprocess.run([tool, "--help"], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("usage: ")


# --- lists ----------------------------------------------------------------------------------------


def first_cells(table):
    return re.findall(r"^\| `(\w+)` \|", table, re.M)


@pytest.mark.parametrize("topic", ["collectors", "barriers", "workloads", "markers", "sweepers"])
def test_the_tables_of_choices_are_the_programs_lists(build_dir, topic):
    words = [build_dir / "tricolour", "list", topic, "--json"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=True)
    names = [row["name"] for row in json.loads(done.stdout)]
    heading = {"sweepers": "Sweeping"}.get(topic, topic.capitalize())
    assert sorted(names) == sorted(first_cells(section_of(ROOT / "docs/choices.md", heading)))


def test_the_refusal_that_is_shown_is_the_programs(build_dir):
    page = text_of(ROOT / "docs/soundness.md")
    words, shown = re.search(
        r"^\$ build/release/(tricolour run .*)\n(tricolour: .*)\n", page, re.M
    ).groups()
    done = subprocess.run(
        [build_dir / word if word == "tricolour" else word for word in words.split()],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr.rstrip()) == (2, shown)


def test_the_table_of_barriers_has_their_idle_instructions(build_dir):
    words = [build_dir / "tricolour", "list", "barriers", "--json"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=True)
    rows = section_of(ROOT / "docs/choices.md", "Barriers").splitlines()
    for barrier in json.loads(done.stdout):
        (row,) = [row for row in rows if row.startswith(f"| `{barrier['name']}` |")]
        loads = barrier["idle_load_instructions"]
        idle = str(barrier["idle_instructions"]) + (f", load {loads}" if loads else "")
        assert [cell.strip() for cell in row.split("|")][6] == idle, barrier["name"]


def test_measuring_has_every_metric():
    cells = re.findall(r"^\| (`\w+`(?:, `\w+`)*) \|", text_of(ROOT / "docs/measuring.md"), re.M)
    found = [name for cell in cells for name in re.findall(r"`(\w+)`", cell)]
    assert sorted(found) == sorted(METRICS)


# --- architecture ---------------------------------------------------------------------------------


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
