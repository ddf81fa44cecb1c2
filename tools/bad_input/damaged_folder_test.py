"""Damaged result folders, by the thousand.

Purpose: whatever a disk, an editor or an interrupted copy did to a sweep's folder, reading it ends
in figures without the damaged runs, which are named, or in one sentence; never in another
exception. Each mutant is a small valid folder with one file changed.
Invariant: the seed decides everything, so that a failure's number repeats it. A mutant differs in
one file, which is put back.
"""

import json
import os
import random
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
from matplotlib import pyplot as plt

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tricolour_report.compare.lower_bound_overhead import overhead_table
from tricolour_report.compare.rows import groups
from tricolour_report.compare.tidy import tidy_table
from tricolour_report.exports.exporting import FORMATS
from tricolour_report.figures.gallery import pictures
from tricolour_report.page.interactive.document import document
from tricolour_report.page.terminal import summary
from tricolour_report.program.errors import UsageProblem
from tricolour_report.read.experiment import load_experiment
from tricolour_report.testing.synthetic_figures import restate
from tricolour_report.testing.synthetic_sweep import write_sweep

PAIRS = (("stop_the_world", "none"), ("concurrent", "yuasa"))
DRAWN = 20
ROWS = 30  # of each table, so that a mutation is likely to matter
VALUES = [
    None,
    True,
    -1,
    0,
    1,
    1.5,
    2**31,
    2**63 - 1,
    "",
    "ok",
    "x" * 300,
    "\ud800",
    "../..",
    "/",
    "a\0b",
    [],
    {},
    [[]],
    {"a": 1},
]
WORDS = [
    b"-1",
    b"NaN",
    b"Infinity",
    b"1e999",
    b"99999999999999999999",
    b"null",
    b'"',
    b"\0",
    b"\xff\xfe",
    b",",
    b"\n",
    b"\r",
    b"[" * 3000,
    b"{}",
    b" ",
    b"all",
]


def write_small_sweep(folder: Path) -> Path:
    """Two cells of two runs, with short tables; the requests of one run are binary."""
    write_sweep(folder, invocations=2, workloads=("latency",), combinations=PAIRS, cycles=3)
    for table in folder.glob("runs/*/*/*.csv"):
        table.write_text("".join(table.read_text().splitlines(keepends=True)[: ROWS + 1]))
    for run in folder.glob("runs/*/*"):
        restate(run)
    requests = folder / "runs" / "00000001" / "1" / "requests.csv"
    np.loadtxt(requests, delimiter=",", skiprows=1, dtype="<i8").tofile(
        requests.with_suffix(".bin")
    )
    requests.unlink()
    return folder


def change_bytes(text: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(text) + 1)
    length = chance.choice([1, 1, 2, 8, 100])
    lines = text.splitlines(keepends=True)
    match chance.randrange(8):
        case 0:
            return text[:at]
        case 1:
            return text[:at] + text[at + length :]
        case 2:
            return (
                text[:at]
                + bytes(chance.randrange(256) for _ in range(length))
                + text[at + length :]
            )
        case 3:
            return text[:at] + chance.choice(WORDS) + text[at:]
        case 4:
            return text[:at] + chance.choice(WORDS) + text[at + length :]
        case 5:
            return text[:at] + text[at : at + length] * 2 + text[at + length :]
        case 6 if len(lines) > 1:
            chance.shuffle(lines)
            return b"".join(lines)
        case _:
            return b"".join(line for line in lines if chance.random() < 0.9)


def change_value(text: bytes, chance: random.Random) -> bytes:
    """The document with one of its values replaced or dropped."""
    document = json.loads(text)
    places = []

    def walk(node):
        keys = (
            node.keys()
            if isinstance(node, dict)
            else range(len(node))
            if isinstance(node, list)
            else ()
        )
        for key in keys:
            places.append((node, key))
            walk(node[key])

    walk(document)
    node, key = chance.choice(places)
    if chance.random() < 0.3:
        del node[key]
    elif isinstance(node, list) and chance.random() < 0.3:
        node.append(node[key])
    else:
        node[key] = chance.choice(VALUES)
    return json.dumps(document).encode()


def damage(file: Path, chance: random.Random) -> None:
    kind = chance.random()
    if kind < 0.03:
        file.unlink()
        if chance.random() < 0.5:
            file.symlink_to(file.name)
        elif chance.random() < 0.5:
            file.mkdir()
        elif chance.random() < 0.5:
            os.mkfifo(file)
        return
    text = file.read_bytes()
    if file.suffix == ".json" and kind < 0.6:
        text = change_value(text, chance)
    else:
        for _ in range(chance.choice([1, 1, 1, 2, 5])):
            text = change_bytes(text, chance)
    file.write_bytes(text)


def read_all(folder: Path, out: Path, drawn: bool) -> tuple[int, int]:
    """(timed runs, runs named and skipped) of everything that reads the folder; pictures are drawn
    of every `DRAWN`th folder only."""
    told = []
    experiment = load_experiment(folder, told.append)
    assert len(told) == len(experiment.skipped) and all(
        line.startswith(f"skipped {folder}") and ": " in line for line in told
    )
    assert (
        len(experiment.skipped) + sum(len(result.runs) for result in experiment.results)
        == experiment.sweep.listed
    )
    groups(experiment)
    tidy_table(experiment)
    overhead_table(experiment)
    summary(experiment, coloured=False)
    document(experiment)
    for picture in pictures(experiment, told.append) if drawn else ():
        plt.close(picture.figure)
    for form, write in FORMATS.items() if experiment.timed_runs else ():
        (out / form).mkdir()
        write(experiment, out / form, lambda line: None)
    return experiment.timed_runs, len(told)


@pytest.mark.parametrize("seed, mutants", [(1, 100), pytest.param(2, 400, marks=pytest.mark.full)])
def test_a_damaged_folder_is_read_without_what_is_damaged(tmp_path, seed, mutants):
    whole = write_small_sweep(tmp_path / "whole")
    files = sorted(
        path.relative_to(whole)
        for path in whole.rglob("*")
        if path.is_file() and path.name != "experiment.toml"
    )
    (tmp_path / "whole exports").mkdir()
    assert read_all(whole, tmp_path / "whole exports", True) == (4, 0)
    refused = skipped = 0
    for number in range(mutants):
        chance = random.Random(f"{seed}/{number}")
        folder, out = tmp_path / "mutant", tmp_path / "exports"
        shutil.copytree(whole, folder)
        out.mkdir()
        file = chance.choice(files)
        damage(folder / file, chance)
        try:
            skipped += read_all(folder, out, number % DRAWN == 0)[1]
        except UsageProblem as problem:
            refused += 1
            assert "\n" not in str(problem) and str(folder) in str(
                problem
            ), f"mutant {seed}/{number} of {file}"
        except Exception as error:
            raise AssertionError(f"mutant {seed}/{number} of {file}: {error!r}") from error
        shutil.rmtree(folder)
        shutil.rmtree(out)
    assert refused > mutants / 50 and skipped > mutants / 4
