"""Malformed input: each is answered with place, reason and the right exit code.

Purpose: runs every line of cases.toml: experiments, command lines, result folders and traces.
`tricolour` is $TRICOLOUR, or build/release/tricolour of this checkout; what it hands over to the
Python package is called here in this process, the same code without the start of an interpreter.
Invariant: no case runs a workload or writes outside its own folder, and none ends in a traceback.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import tomllib

HERE = Path(__file__).resolve().parent
TOOLS = HERE.parent
sys.path[:0] = [str(HERE), str(TOOLS)]

from damaged_folder_test import write_small_sweep

from tricolour_report.__main__ import main

TRICOLOUR = os.environ.get("TRICOLOUR", str(TOOLS.parent / "build/release/tricolour"))
EXPERIMENTS = HERE / "experiments"
CASES = tomllib.loads((HERE / "cases.toml").read_text())
RUN = "runs/00000001/0"
# Where: what is wrong; what would be right. One sentence, so without a full stop.
FORM = re.compile(r"^(tricolour( [a-z]+)?|skipped \S+): \S.*[^.\s]$", re.M)
OF_A_LIBRARY = ("Traceback", "exception", "std::", "terminate called")
IN_PYTHON = ("report", "compare", "export")
COMPARED = [
    "compare",
    "{sweep}:collector=stop_the_world",
    "{sweep}:collector=concurrent",
    "--metric",
    "throughput",
]
GOOD = """schema = 1
name = "good"
[matrix]
collector = "stop_the_world"
barrier = "none"
workload = { name = "binary_trees", param = { depth = 10 } }
heap = "8M"
[run]
invocations = 1
operations = 1
"""


def titled(cases: list) -> list:
    """Named by what is wrong, for the test's output."""
    return [
        pytest.param(
            case,
            id=" ".join(str(word) for word in [*case.get("damage", []), *case.get("words", [])])[
                :90
            ],
        )
        for case in cases
    ]


@pytest.fixture(scope="session")
def sound(tmp_path_factory):
    """A sound sweep's folder and a sound trace."""
    place = tmp_path_factory.mktemp("sound")
    sweep = write_small_sweep(place / "sweep")
    (sweep / "experiment.toml").write_text(GOOD)
    words = [
        "run",
        "--workload",
        "gcold",
        "--param",
        "live_mb=1",
        "--heap",
        "8M",
        "--operations",
        "2",
        "--record-mutations",
        str(place / "trace"),
    ]
    subprocess.run([TRICOLOUR, *words], check=True, capture_output=True, timeout=120)
    return place


@pytest.fixture
def places(sound, tmp_path):
    """What a case may name, copied lazily by `prepare`."""
    names = {
        "sweep": sound / "sweep",
        "trace": sound / "trace",
        "empty": tmp_path / "empty",
        "experiment": tmp_path / "good.toml",
        "run": RUN,
    }
    names["empty"].mkdir()
    names["experiment"].write_text(GOOD)
    return names


def filled(text: str, places: dict) -> str:
    for name, value in places.items():
        text = text.replace("{" + name + "}", str(value))
    return text


@pytest.fixture
def answer(capsys, tmp_path):
    """Runs the words; returns (exit code, standard error)."""

    def run(words: list[str]) -> tuple[int, str]:
        if words[:1] and words[0] in IN_PYTHON:
            try:
                code = main(words)
            except SystemExit as stop:
                code = stop.code
            return code, capsys.readouterr().err
        environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache")}
        result = subprocess.run(
            [TRICOLOUR, *words],
            capture_output=True,
            text=True,
            timeout=60,
            env=environment,
            cwd=tmp_path,
        )
        return result.returncode, result.stderr

    return run


def check(answered: tuple[int, str], code: int, says: list[str]) -> None:
    exit_code, said = answered
    assert exit_code == code, f"exit {exit_code}: {said}"
    assert not [word for word in OF_A_LIBRARY if word in said], said
    assert not says or FORM.search(said), f"not of the form 'where: what is wrong': {said}"
    for part in says:
        assert part in said, f"'{part}' is not in: {said}"


def test_the_list_is_long_enough():
    assert sum(len(CASES[kind]) for kind in ("experiments", "command", "folder", "trace")) >= 60
    assert {path.stem for path in EXPERIMENTS.iterdir()} == set(CASES["experiments"])


@pytest.mark.parametrize("name", CASES["experiments"])
def test_a_malformed_experiment_is_refused_with_file_and_line(answer, name):
    line, reason = CASES["experiments"][name].split(": ", 1)
    file = EXPERIMENTS / f"{name}.toml"
    answered = answer(["sweep", str(file), "--dry-run"])
    check(answered, 2, [f"{file}:{line}: ", reason])
    assert answered[1].count(str(file)) == 1


@pytest.mark.parametrize("case", titled(CASES["command"]))
def test_a_malformed_command_line_is_refused_with_the_reason(answer, places, case):
    check(
        answer([filled(word, places) for word in case["words"]]),
        2,
        [filled(part, places) for part in case["says"]],
    )


def test_a_refused_pair_of_an_experiment_names_the_key_that_skips_it(answer):
    file = EXPERIMENTS / "unsound_pair_is_the_whole_matrix.toml"
    said = answer(["sweep", str(file), "--dry-run"])[1]
    assert 'unsound_pairs = "skip" in [matrix]' in said and "--unsound" not in said


def sign(trace: Path, tricolour: str = TRICOLOUR) -> None:
    said = subprocess.run(
        [tricolour, "replay", str(trace)], capture_output=True, text=True, timeout=60
    ).stderr
    checksum = int(said.rsplit("that of its contents ", 1)[1].split()[0], 16)
    patch(trace, 24, checksum.to_bytes(8, "little"))


def patch(file: Path, at: int, content: bytes) -> None:
    whole = file.read_bytes()
    file.write_bytes(whole[:at] + content + whole[at + len(content) :])


def inflict(folder: Path, what: str, name: str = "", *details) -> None:
    """One piece of damage, as cases.toml names it."""
    file = folder / name
    match what:
        case "remove":
            file.unlink()
        case "cut":
            file.write_bytes(file.read_bytes()[: -details[0]])
        case "write":
            file.write_text(details[0])
        case "append":
            file.write_bytes(file.read_bytes() + details[0].encode())
        case "replace":
            text = file.read_text()
            assert details[0] in text, f"{name} has no {details[0]}: the damage would be none"
            file.write_text(text.replace(details[0], details[1], 1))
        case "patch":
            patch(file, details[0], bytes(details[1]))
        case "copy":
            shutil.copyfile(file, folder / details[0])
        case "link":
            file.unlink()
            file.symlink_to(details[0])
        case "folder":
            file.unlink()
            file.mkdir()
        case "sign":
            sign(folder / "trace")
        case _:
            raise ValueError(f"no damage is called '{what}'")


@pytest.mark.parametrize("case", titled(CASES["folder"]))
def test_a_damaged_folder_is_refused_or_its_run_named_and_skipped(answer, places, tmp_path, case):
    places["sweep"] = Path(shutil.copytree(places["sweep"], tmp_path / "sweep"))
    for what, *details in case["damage"]:
        inflict(
            places["sweep"],
            what,
            *(filled(one, places) if isinstance(one, str) else one for one in details),
        )
    words = [filled(word, places) for word in case.get("words", COMPARED)]
    check(answer(words), case["exit"], [filled(part, places) for part in case["says"]])


@pytest.mark.parametrize("case", titled(CASES["trace"]))
def test_a_damaged_trace_is_refused(answer, places, tmp_path, case):
    places["trace"] = Path(shutil.copyfile(places["trace"], tmp_path / "trace"))
    for what, *details in case["damage"]:
        inflict(tmp_path, what, *details)
    check(
        answer([filled(word, places) for word in case.get("words", ["replay", "{trace}"])]),
        2,
        case["says"],
    )
