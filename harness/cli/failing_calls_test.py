"""Every call to the system that the program makes fails once, in turn.

Purpose: whatever fails, the program says a sentence, exits with a code of its own, does not hang,
and leaves a folder that can be gone on with. A place is a way through the program to a call; each
place is tried once, with an errno that the call can have.
Invariant: the library harness/failing_calls counts and fails calls; a run without failing calls
comes first and says which places there are.
"""

import errno
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TRICOLOUR = Path(os.environ.get("TRICOLOUR", str(ROOT / "build" / "release" / "tricolour")))
LIBRARY = TRICOLOUR.parent / "libfailing_calls.so"
ERRORS = {
    "open": errno.EMFILE,
    "read": errno.EIO,
    "write": errno.ENOSPC,
    "close": errno.EIO,
    "fsync": errno.EIO,
    "rename": errno.EACCES,
    "mkdir": errno.ENOSPC,
    "link": errno.EXDEV,
    "mmap": errno.ENOMEM,
    "fork": errno.EAGAIN,
    "pipe2": errno.EMFILE,
    "waitpid": errno.ECHILD,
    "pthread_create": errno.EAGAIN,
}
EXIT_CODES = {0, 1, 2, 4, 5, 7}
RUN = ["--workload", "latency", "--param", "live_mb=1", "--heap", "16M", "--operations", "2000"]
CONCURRENT = ["--collector", "concurrent", "--barrier", "yuasa"]
EXPERIMENT = """schema = 1
name = "failing calls"
[matrix]
collector = ["stop_the_world", "concurrent"]
barrier = "yuasa"
workload = { name = "latency", operations = 2000, param = { live_mb = 1 } }
heap = "16M"
[run]
invocations = 1
"""

pytestmark = pytest.mark.skipif(
    not LIBRARY.exists(), reason=f"{LIBRARY.name} is built with the tests, in a release build"
)


class Commands:
    """The command lines to try, each in a new folder."""

    def __init__(self, base: Path):
        self.base = base
        self.experiment = base / "experiment.toml"
        self.experiment.write_text(EXPERIMENT)
        self.shards = [base / f"shard{k}" for k in (1, 2)]

    def prepare(self) -> None:
        two = self.base / "two.toml"
        two.write_text(EXPERIMENT.replace("invocations = 1", "invocations = 2"))
        for number, folder in enumerate(self.shards, start=1):
            call(["sweep", two, "--out", folder, "--shard", f"{number}/2", "--quiet"], self.base)

    def words(self, name: str, place: Path) -> list:
        return {
            "run": ["run", *RUN, *CONCURRENT, "--out", place / "out"],
            "timeline": ["run", *RUN, "--trace", place / "timeline.json"],
            "recording": ["run", *RUN, "--record-mutations", place / "trace"],
            "sweep": ["sweep", self.experiment, "--out", place / "out"],
            "merge": ["merge", *self.shards, "--out", place / "out"],
            "minheap": ["minheap", "--fresh", "--workload", "binary_trees", "--param", "depth=6"],
            "report": ["report", self.shards[0], "--html", place / "page.html"],
            "export": ["export", self.shards[0], "--format", "csv", "--out", place / "csv"],
        }[name]


def call(words, place, **variables):
    environment = {**os.environ, "XDG_CACHE_HOME": str(place / "cache"), **variables}
    return subprocess.run(
        [TRICOLOUR, *map(str, words)], capture_output=True, text=True, timeout=120, env=environment
    )


def failing(words, place, level, **variables):
    return call(words, place, LD_PRELOAD=str(LIBRARY), FAILING_LEVEL=str(level), **variables)


def places(words, place, level):
    """The first call of each place: name and number."""
    log = place / "calls.log"
    result = failing(words, place, level, FAILING_LOG=str(log))
    assert result.returncode == 0, result.stderr
    first = {}
    for line in log.read_text().splitlines() if log.exists() else []:
        name, number, way = line.split()
        first.setdefault((name, way), int(number))
    return sorted({(name, number) for (name, _), number in first.items()})


def check_sweep(commands, place, result):
    """A folder that --resume completes."""
    out = place / "out"
    resumed = ["--resume", "--retry-failed"] if (out / "experiment.toml").exists() else []
    again = call(["sweep", commands.experiment, "--out", out, *resumed], place)
    assert again.returncode == 0, f"{result.stderr}\nthen:\n{again.stderr}"
    assert len(list(out.glob("runs/*/*/run.json"))) == 3  # of two cells and their baseline


def check_whole(commands, place, result):
    """Complete, or not there at all; a run that failed leaves a whole record of that."""
    left = {path.name for path in place.iterdir()} - {"cache", "calls.log"}
    assert left <= {"out", "timeline.json", "trace", "page.html", "csv"}
    if result.returncode == 0:
        assert left or result.stdout
    for name in left & {"out", "timeline.json"}:
        record = place / name if name != "out" else place / "out" / "run.json"
        if record.exists() or result.args[1] == "run":
            json.loads(record.read_text())


AFTERWARDS = {
    "sweep": check_sweep,
    "run": check_whole,
    "timeline": check_whole,
    "recording": check_whole,
    "merge": check_whole,
    "minheap": check_whole,
    "report": check_whole,
    "export": check_whole,
}
# Which of the processes: the program itself, or the runs that it starts.
LEVELS = [(name, 0) for name in AFTERWARDS] + [("sweep", 1), ("minheap", 1)]


@pytest.fixture(scope="module")
def commands(tmp_path_factory):
    made = Commands(tmp_path_factory.mktemp("commands"))
    made.prepare()
    return made


@pytest.mark.full
@pytest.mark.parametrize(
    ("name", "level"), LEVELS, ids=[f"{name}-{level}" for name, level in LEVELS]
)
def test_every_call_that_fails_ends_in_order(commands, tmp_path, name, level):
    counted = tmp_path / "counted"
    counted.mkdir()
    all_places = places(commands.words(name, counted), counted, level)
    print(f"{name}, level {level}: {len(all_places)} places")
    for call_name, number in all_places:
        place = tmp_path / "place"
        place.mkdir()
        what = f"{name}, level {level}: call {number} of {call_name}"
        result = failing(
            commands.words(name, place),
            place,
            level,
            FAILING_CALL=call_name,
            FAILING_AT=str(number),
            FAILING_ERROR=str(ERRORS[call_name]),
        )
        assert result.returncode in EXIT_CODES, f"{what}: exit {result.returncode}\n{result.stderr}"
        assert (
            "Traceback" not in result.stderr and "terminate called" not in result.stderr
        ), f"{what}\n{result.stderr}"
        if result.returncode != 0:
            assert result.stderr.strip(), what
        try:
            AFTERWARDS[name](commands, place, result)
        except AssertionError as error:
            raise AssertionError(f"{what}: {error}") from error
        shutil.rmtree(place)
