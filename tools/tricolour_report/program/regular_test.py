"""A pipe or a device in a result folder is damage like any other, and is not waited for."""

import os
import shutil
import threading

import pytest

from ..compare import peers
from ..compare.peers import appendix
from ..page.precision import read_cycles
from .errors import UsageProblem
from .regular import regular

TABLES = ("pauses.csv", "phases.csv", "requests.csv", "heap.csv", "bystander.csv", "verify.csv")


class WatchedPipe:
    """A pipe that notes a reader and lets it go on with nothing read.

    `opened` is set before the reader's first read ends: that waits for `_meet` to close its end.
    """

    def __init__(self, path):
        path.unlink(missing_ok=True)
        os.mkfifo(path)
        self.path = path
        self.opened = self._over = False
        self._writer = threading.Thread(target=self._meet, daemon=True)
        self._writer.start()

    def _meet(self):
        end = os.open(self.path, os.O_WRONLY)  # returns when a reader comes
        self.opened = not self._over
        os.close(end)

    def end(self):
        self._over = True
        reader = os.open(self.path, os.O_RDONLY | os.O_NONBLOCK)
        self._writer.join()
        os.close(reader)


@pytest.fixture
def make_pipe():
    pipes = []
    yield lambda path: pipes.append(WatchedPipe(path))
    for pipe in pipes:
        if not pipe.opened:
            pipe.end()
    assert [pipe.path for pipe in pipes if pipe.opened] == []


def test_a_reader_of_a_pipe_is_noted(tmp_path):
    pipe = WatchedPipe(tmp_path / "pipe")
    assert (tmp_path / "pipe").read_bytes() == b"" and pipe.opened
    unread = WatchedPipe(tmp_path / "unread")
    unread.end()
    assert not unread.opened


def test_what_is_no_file_is_refused(tmp_path, make_pipe):
    make_pipe(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("/dev/zero")
    for name in ("pipe", "link", "nothing"):
        with pytest.raises(OSError):
            regular(tmp_path / name)
    (tmp_path / "file").touch()
    (tmp_path / "other").symlink_to("file")
    assert regular(tmp_path / "other") == tmp_path / "other"


@pytest.mark.parametrize("name", ["run.json", *TABLES])
def test_a_run_with_a_pipe_is_named_and_skipped_as_a_damaged_one(
    small_sweep, command, name, make_pipe
):
    run = small_sweep / "runs/00000000/0"
    (run / name).unlink(missing_ok=True)
    (run / name).mkdir()
    code, _, error = command("summary", small_sweep)
    (run / name).rmdir()
    make_pipe(run / name)
    found = command("summary", small_sweep)
    assert found[0] == code and found[2].count("\n") == error.count("\n")
    assert f"skipped {run}: {name}: " in found[2] and "it is no regular file" in found[2]


@pytest.mark.parametrize("words", [("summary",), ("compare", ":collector=concurrent"), ("export",)])
def test_a_sweep_of_devices_ends_as_one_of_damaged_tables(small_sweep, tmp_path, command, words):
    operands = [f"{small_sweep}{one}" for one in ("", *words[1:])]
    form = ["--format", "csv", "--out", tmp_path / "out"] if words[0] == "export" else []
    codes = []
    for target, said in ((small_sweep, "Is a directory"), ("/dev/null", "it is no regular file")):
        for run in small_sweep.glob("runs/*/*"):
            (run / "pauses.csv").unlink()
            (run / "pauses.csv").symlink_to(target)
        code, _, error = command(words[0], *operands, *form)
        assert error.count(f"pauses.csv: {said}") >= 9
        shutil.rmtree(tmp_path / "out", ignore_errors=True)
        codes.append(code)
    assert codes[0] == codes[1]


@pytest.mark.parametrize("name", ["index.json", "runs.json.gz", "summary.csv"])
def test_a_published_folder_with_a_pipe_is_refused(published_sweep, command, name, make_pipe):
    make_pipe(published_sweep / name)
    code, out, error = command("summary", published_sweep)
    assert code == 2 and out == "" and error.count("\n") == 1
    assert str(published_sweep / name) in error and "it is no regular file" in error


def test_the_page_says_that_the_recipe_cannot_be_read(small_sweep, tmp_path, command, make_pipe):
    make_pipe(small_sweep / "experiment.toml")
    code, _, error = command("report", small_sweep, "--html", tmp_path / "page.html")
    assert code == 0, error
    page = (tmp_path / "page.html").read_text()
    assert "experiment.toml cannot be read: it is no regular file" in page


def test_cycles_and_the_picture_of_peers_are_not_waited_for(tmp_path, make_pipe):
    make_pipe(tmp_path / "cycles.csv")
    with pytest.raises(UsageProblem, match="it is no regular file"):
        read_cycles(tmp_path / "cycles.csv")
    shutil.copy(peers.PUBLISHED / peers.FILE, tmp_path)
    (tmp_path / "plots").mkdir()
    assert appendix(tmp_path)[0].picture == ""
    make_pipe(tmp_path / peers.FIGURE)
    found, why = appendix(tmp_path)
    assert found is None and "plots/peers.png: it is no regular file" in why
