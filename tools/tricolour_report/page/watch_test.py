"""A page follows a sweep while it runs: it says how far the sweep is, reloads itself, and becomes
the whole report at the end."""

import fcntl
import json
import subprocess
import sys
import threading

import pytest

from ..program.errors import UsageProblem
from ..read.writer import is_written
from ..testing.synthetic_sweep import write_sweep
from . import report
from .watch import watch

PAIRS = (("stop_the_world", "none"), ("concurrent", "yuasa"))
# A process that holds the sweep's lock until its standard input ends.
HOLDER = """
import fcntl, sys
file = open(sys.argv[1], "r+b")
fcntl.lockf(file, fcntl.LOCK_EX)
print("locked", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def running(tmp_path):
    """A sweep's folder whose lock another process holds, and what ends that process."""
    folder = write_sweep(tmp_path / "sweep", 2, ("gcbench",), combinations=PAIRS)
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, folder / "experiment.toml"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert holder.stdout.readline() == b"locked\n"
    yield folder, lambda: holder.communicate()
    holder.kill()
    holder.communicate()


@pytest.fixture
def undrawn(monkeypatch):
    monkeypatch.setattr(report, "_draw", lambda *_: [])


def keep_runs(folder, blocks):
    """As if only these blocks had ended."""
    index = json.loads((folder / "index.json").read_text())
    for cell in index["cells"]:
        cell["runs"] = [run for run in cell["runs"] if run["block"] in blocks]
    (folder / "index.json").write_text(json.dumps(index))
    return index


def test_a_lock_is_seen_and_not_taken(running):
    folder, end = running
    assert is_written(folder)
    end()
    assert not is_written(folder)
    with (folder / "experiment.toml").open("r+b") as file:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    assert not is_written(folder / "missing")


def test_a_report_of_a_running_sweep_calls_it_running_and_not_interrupted(running, undrawn):
    folder, _ = running
    keep_runs(folder, [0])
    page = report.write_report(folder, None, lambda line: None).read_text()
    assert "This sweep is running: 2 of 4 runs have ended" in " ".join(page.split())
    assert "was interrupted" not in page and "data-reload-s" not in page


def test_the_page_follows_and_ends_as_the_report(running, undrawn):
    folder, end = running
    whole = (folder / "index.json").read_text()
    keep_runs(folder, [0])
    told, pages, written = [], [], threading.Event()

    def progress(line):
        told.append(line)
        if line.startswith(str(folder / "report.html")):
            pages.append((folder / "report.html").read_text())
            written.set()

    watching = threading.Thread(target=watch, args=(folder, None, progress))
    watching.start()
    written.wait()
    (folder / "index.json").write_text(whole)
    end()
    watching.join()
    assert told[0] == f"{folder}/report.html: 2 of 4 runs, 50 %"
    assert (
        "2 of 4 runs have ended" in " ".join(pages[0].split()) and 'data-reload-s="10"' in pages[0]
    )
    last = (folder / "report.html").read_text()
    assert "sweep is running" not in last and "data-reload-s" not in last


def test_without_a_running_sweep_there_is_nothing_to_watch(tmp_path):
    folder = write_sweep(tmp_path, 1, ("gcbench",), combinations=PAIRS)
    with pytest.raises(UsageProblem, match="no sweep is writing"):
        watch(folder, None, print)


@pytest.mark.parametrize(
    "words, why",
    [
        (["--style", "paper", "--watch"], "takes no --watch"),
        (["--style", "paper", "--html", "a.html"], "takes no --html"),
        (["--width", "text"], "--width is the width of --style paper"),
        (["--style", "papers"], "did you mean"),
    ],
)
def test_words_that_do_not_go_together_are_refused(tmp_path, command, words, why):
    code, _, error = command("report", tmp_path, *words)
    assert code == 2 and why in error
