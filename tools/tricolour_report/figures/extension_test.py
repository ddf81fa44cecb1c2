"""A figure is one file and one line: what docs/extending.md says, done to a copy."""

import filecmp
import html
import pathlib
import re
import shutil
import subprocess
import sys

import pytest

from ..testing.headless_browser import Browser
from ..testing.page_in_browser import choose, click_on, drawn, on_mark, open_all, place_of, text_of
from ..testing.synthetic_sweep import write_sweep

ROOT = pathlib.Path(__file__).resolve().parents[3]
COPIED = ("tools/tricolour_report", "results/schema")
PAIRS = (("stop_the_world", "none"), ("concurrent", "yuasa"))
EXAMPLE = re.compile(
    r"<!-- example:figure file=(?P<file>\S+) list=(?P<list>\S+) "
    r'below="(?P<below>[^"]*)" line="(?P<line>[^"]*)" -->\s*'
    r"```python\n(?P<code>.*?)```",
    re.DOTALL,
)
TITLE, READING = "Cycles of each run", "How often each run collected."


@pytest.fixture(scope="module")
def example():
    text = (ROOT / "docs/extending.md").read_text(encoding="utf-8")
    (found,) = EXAMPLE.finditer(text)
    return {name: html.unescape(text) for name, text in found.groupdict().items()}


@pytest.fixture(scope="module")
def extended(tmp_path_factory, example):
    """A copy of the report with the example in it."""
    tree = tmp_path_factory.mktemp("figure") / "tree"
    ignored = shutil.ignore_patterns("__pycache__", ".pytest_cache")
    for folder in COPIED:
        shutil.copytree(ROOT / folder, tree / folder, ignore=ignored)
    (tree / example["file"]).write_text(example["code"], encoding="utf-8")
    lines = (tree / example["list"]).read_text(encoding="utf-8").splitlines(True)
    (at,) = [place for place, line in enumerate(lines) if line.strip() == example["below"]]
    lines.insert(at + 1, lines[at].replace(example["below"], example["line"]))
    (tree / example["list"]).write_text("".join(lines), encoding="utf-8")
    return tree


@pytest.fixture(scope="module")
def folder(extended, tmp_path_factory):
    """A sweep with the report that the copy made of it."""
    folder = write_sweep(
        tmp_path_factory.mktemp("sweep"), 2, ("gcbench", "latency"), ("2x", "3x"), PAIRS
    )
    program = extended / "tools/tricolour_report/__main__.py"
    words = [sys.executable, "-I", str(program), "report", str(folder), "--quiet"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    return folder


def changes(tree, folder=""):
    """Files that the copy has changed, and those that it has more, below `folder`."""
    found = filecmp.dircmp(ROOT / folder, tree / folder, ignore=["__pycache__", ".pytest_cache"])
    changed, more = list(found.diff_files), list(found.right_only)
    for name in found.common_dirs:
        inner = changes(tree, f"{folder}/{name}".lstrip("/"))
        changed, more = changed + inner[0], more + inner[1]
    return changed, more


def test_one_file_is_new_and_one_has_a_line_more(extended, example):
    assert changes(extended, "tools/tricolour_report") == (["registry.py"], ["cycles.py"])
    lines = len((ROOT / example["list"]).read_text(encoding="utf-8").splitlines())
    assert len((extended / example["list"]).read_text(encoding="utf-8").splitlines()) == lines + 1
    assert len(example["code"].splitlines()) < 60


def test_the_gallery_has_it_for_each_workload(folder):
    captions = (folder / "plots/README.md").read_text(encoding="utf-8")
    for workload in ("gcbench", "latency"):
        for form in ("png", "svg", "pdf"):
            assert (folder / f"plots/cycles_{workload}.{form}").stat().st_size > 1000
        section = f"{workload} at heap 2x"
        assert f"`cycles_{workload}`: {TITLE} ({section}). {READING}" in captions


def test_the_page_draws_it_and_answers_to_the_reader(folder):
    with Browser() as page:
        page.width(1280)
        page.open(folder / "report.html")
        open_all(page)
        assert drawn(page)["cycles"] == "4"
        told = text_of(page, "#chart-cycles h4, #chart-cycles .reading")
        assert told.startswith(f"{TITLE} {READING}")
        assert "cycles of a run" in text_of(page, "#chart-cycles svg text")
        keys = text_of(page, "#chart-cycles .key")
        page.point(*on_mark(page, "cycles"))
        assert re.fullmatch(
            r"(stop_the_world|concurrent) \+ \w+block \d: \d+ cycles", text_of(page, ".read-out")
        )
        choose(page, "workload", "latency")
        choose(page, "heap", "3x")
        click_on(page, "#chart-cycles .key")
        assert drawn(page)["cycles"] == "2"
        assert keys == "none yuasa"
        assert place_of(page, "#chart-cycles .panel svg")[2] > 300
        assert page.complaints == []
