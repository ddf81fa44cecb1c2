"""What `tricolour` replaces, and what it refuses to replace.

Invariant: only what the program wrote itself is replaced, and only with --force; everything else is
refused before the run, and is afterwards as it was.
"""

import json
import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TRICOLOUR = os.environ.get("TRICOLOUR", str(ROOT / "build" / "release" / "tricolour"))
RUN = ["run", "--workload", "latency", "--param", "live_mb=1", "--heap", "16M", "--seconds", "0.05"]


def listing(folder):
    return {
        path.relative_to(folder): (
            path.lstat().st_mode,
            path.lstat().st_ino,
            path.read_bytes() if path.is_file() else None,
        )
        for path in sorted(folder.rglob("*"))
    }


def a_folder_of_ones_own(path):
    path.mkdir()
    (path / "chapter1").write_text("x")


def a_result_with_a_note(path):
    subprocess.run([TRICOLOUR, *RUN, "--out", path], check=True, capture_output=True)
    (path / "note.txt").write_text("do not lose this")


def a_folder_with_a_forged_name(path):
    path.mkdir()
    (path / "run.json").write_text("{}")


FOREIGN_FOLDERS = {
    "a folder of one's own": a_folder_of_ones_own,
    "a result with a note beside it": a_result_with_a_note,
    "a folder with a run.json": a_folder_with_a_forged_name,
    "a file": lambda path: path.write_text("x"),
    "a link": lambda path: path.symlink_to("elsewhere"),
    "a pipe": os.mkfifo,
}


@pytest.mark.parametrize("make", FOREIGN_FOLDERS.values(), ids=FOREIGN_FOLDERS)
@pytest.mark.parametrize("force", [[], ["--force"]])
def test_a_folder_that_is_no_result_is_refused_and_kept(tricolour, tmp_path, make, force):
    place = tmp_path / "place"
    place.mkdir()
    make(place / "thesis")
    before = listing(place)
    result = tricolour(*RUN, "--out", place / "thesis", *force, expect=2)
    assert "thesis" in result.stderr and "requests" not in result.stdout
    assert listing(place) == before


def test_a_result_is_replaced_with_force(tricolour, tmp_path):
    tricolour(*RUN, "--out", tmp_path / "out")
    tricolour(*RUN, "--out", tmp_path / "out", expect=2)
    tricolour(*RUN, "--seed", "7", "--out", tmp_path / "out", "--force")
    assert json.loads((tmp_path / "out/run.json").read_text())["parameters"]["seed"] == 7


def make_device(path):
    os.mknod(path, 0o600 | 0o020000, os.makedev(1, 3))


FOREIGN_FILES = {
    "a device": pytest.param(
        make_device, marks=pytest.mark.skipif(os.geteuid() != 0, reason="only root makes devices")
    ),
    "a link": lambda path: path.symlink_to("elsewhere"),
    "a folder": a_folder_of_ones_own,
    "a pipe": os.mkfifo,
}
OUTPUTS = {
    "timeline": [*RUN, "--force", "--trace"],
    "mutations": [*RUN, "--force", "--record-mutations"],
    "page": ["explore", "--barrier", "none", "--protocol", "no-rescan", "--html"],
}


@pytest.mark.parametrize("make", FOREIGN_FILES.values(), ids=FOREIGN_FILES)
@pytest.mark.parametrize("words", OUTPUTS.values(), ids=OUTPUTS)
def test_a_target_that_is_no_file_is_refused_and_kept(tricolour, tmp_path, make, words):
    place = tmp_path / "place"
    place.mkdir()
    make(place / "target")
    before = listing(place)
    assert "regular file" in tricolour(*words, place / "target", expect=2).stderr
    assert listing(place) == before


@pytest.mark.parametrize("words", OUTPUTS.values(), ids=OUTPUTS)
def test_files_beside_the_target_are_kept(tricolour, tmp_path, words):
    place = tmp_path / "place"
    place.mkdir()
    for name in ["target.new", "target.partial", "target.tmp", ".target.swp"]:
        (place / name).write_text("x")
    before = listing(place)
    tricolour(*words, place / "target", expect=3 if "explore" in words else 0)
    after = listing(place)
    assert after.pop(Path("target"))[2]
    assert after == before
