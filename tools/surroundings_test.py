"""No Python command takes in the folder, locale, modules or processors around it: all of them at
once, by what they are written like; and the built program, as it hands over to the package.
"""

import ast
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

TOOLS = Path(__file__).resolve().parent
TRICOLOUR = os.environ.get("TRICOLOUR", str(TOOLS.parent / "build" / "release" / "tricolour"))
sys.path.insert(0, str(TOOLS))

from tricolour_report.testing.synthetic_sweep import write_sweep

COMMANDS = sorted(
    path for path in TOOLS.iterdir() if path.is_file() and b"python3" in path.read_bytes()[:40]
)
TEST_FILES = ("_test.py", "conftest.py", "synthetic_sweep.py", "headless_browser.py")
# A cluster and a browser that only tests start.
SOURCES = COMMANDS + sorted(
    path
    for path in TOOLS.rglob("*.py")
    if not path.name.endswith(TEST_FILES) and path.parent.name not in ("slurm", "examples")
)
READS_TEXT = {"open", "read_text", "write_text", "fdopen", "NamedTemporaryFile"}


def named(path):
    return str(path.relative_to(TOOLS))


def calls(path):
    """(line, name of what is called, keywords by name, positional arguments)."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            keywords = {word.arg: word.value for word in node.keywords}
            yield node.lineno, name, keywords, node.args


def is_binary(keywords, arguments):
    given = [*arguments, keywords.get("mode")]
    modes = [one.value for one in given if isinstance(one, ast.Constant)]
    return any(isinstance(mode, str) and re.fullmatch("[rwxa]b[+]?", mode) for mode in modes)


def test_there_are_commands_and_sources():
    known = {"calibrate", "check_layers", "peers", "soundness", "stress"}
    assert known <= set(map(named, COMMANDS))
    assert len(SOURCES) > 60


@pytest.mark.parametrize("path", SOURCES, ids=named)
def test_text_has_a_stated_encoding(path):
    wrong = [
        f"{path}:{line}: {name}"
        for line, name, keywords, arguments in calls(path)
        if name in READS_TEXT
        and "encoding" not in keywords
        and not is_binary(keywords, arguments)
        and not _opens_no_text(path, line)
    ]
    wrong += [
        f"{path}:{line}: text="
        for line, _, keywords, _ in calls(path)
        if keywords.keys() & {"text", "universal_newlines"}
    ]
    assert wrong == []


def _opens_no_text(path, line):
    """os.open gives a descriptor, Image.open a picture, a browser a page."""
    text = path.read_text(encoding="utf-8").splitlines()[line - 1]
    return "os.open(" in text or "Image.open(" in text


@pytest.mark.parametrize("path", SOURCES, ids=named)
def test_processors_are_counted_and_shared_in_one_place(path):
    text = path.read_text(encoding="utf-8")
    if path.name != "parallel.py":
        assert not re.search(r"cpu_count|sched_getaffinity|ProcessPool|multiprocessing", text)


@pytest.mark.parametrize("path", COMMANDS, ids=named)
def test_commands_run_isolated_and_end_by_rule(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "#!/usr/bin/env -S python3 -I"
    assert re.fullmatch(rf'    sys\.exit\(process\.run\("{path.name}", .+\)\)', lines[-1])


@pytest.mark.parametrize("path", COMMANDS, ids=named)
def test_help_of_a_command_says_the_same_everywhere(path, tmp_path):
    for name in ("csv", "json", "argparse", "numpy"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('mine')\n")
    surroundings = {
        **os.environ,
        "PYTHONPATH": str(tmp_path),
        "PYTHONIOENCODING": "ascii",
        "LC_ALL": "C",
    }
    finished = subprocess.run(
        [path, "--help"], cwd=tmp_path, env=surroundings, capture_output=True, timeout=60
    )
    assert finished.returncode == 0 and finished.stderr == b"" and b"usage: " in finished.stdout
    with open("/dev/full", "wb") as full:
        finished = subprocess.run([path, "--help"], stdout=full, stderr=subprocess.PIPE, timeout=60)
    assert finished.returncode == 1 and finished.stderr.count(b"\n") == 1
    assert finished.stderr.startswith(f"{path.name}: standard output cannot be written: ".encode())


# --- the built program ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sweep(tmp_path_factory):
    pairs = (("stop_the_world", "none"), ("concurrent", "yuasa"))
    return write_sweep(tmp_path_factory.mktemp("sweep"), 1, ("gcbench",), combinations=pairs)


def compare(sweep, *words, **options):
    sides = [f"{sweep}:collector={name}" for name in ("stop_the_world", "concurrent")]
    return subprocess.run(
        [TRICOLOUR, "compare", *sides, "--metric", "cpu_total", *words],
        timeout=120,
        **{"capture_output": True, "encoding": "utf-8"} | options,
    )


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"PYTHONPATH": "."},
        {"PYTHONPATH": ""},
        {"PYTHONHOME": "."},
        {"PYTHONUSERBASE": "."},
        {"PYTHONIOENCODING": "ascii"},
        {"LC_ALL": "C"},
    ],
)
def test_the_program_hands_over_to_the_package_alone(sweep, tmp_path, environment):
    for name in ("csv", "json", "numpy", "tricolour_report"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('mine')\n")
    finished = compare(sweep, cwd=tmp_path, env={**os.environ, **environment})
    assert finished.returncode == 0 and "cpu_total (lower is better)" in finished.stdout
    assert finished.stderr == ""


def test_the_program_gives_the_verdicts_exit_code(sweep):
    finished = compare(sweep, "--fail-on", "5%")
    assert finished.returncode == 8 and "too few runs: 1, and a claim needs 10" in finished.stdout


def test_an_interrupted_command_says_so_in_one_line(tmp_path):
    """While it waits for a program that it runs."""
    binary = tmp_path / "tricolour"
    binary.write_text(f"#!/bin/sh\ntouch {tmp_path / 'began'}\nexec sleep 60\n")
    binary.chmod(0o755)
    for command in ("soundness", "precision"):
        (tmp_path / "began").unlink(missing_ok=True)
        words = [TOOLS / command, "--binary", binary]
        words += ["--heap-binary", binary] if command == "soundness" else [tmp_path / "out"]
        with subprocess.Popen(
            words,
            stderr=subprocess.PIPE,
            start_new_session=True,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        ) as process:
            while not (tmp_path / "began").exists():
                time.sleep(0.02)
                assert process.poll() is None
            os.killpg(process.pid, signal.SIGINT)
            said = process.communicate(timeout=60)[1]
        assert (process.returncode, said) == (130, f"{command}: interrupted\n".encode())


def test_results_do_not_go_among_the_files_of_others(tmp_path):
    (tmp_path / "README.md").write_text("of another project\n")
    binary = [TRICOLOUR] * 2
    for words in (
        ["calibrate", "--out", tmp_path, "--binary", binary[0], "--instrumented", binary[1]],
        ["precision", tmp_path, "--binary", binary[0]],
    ):
        finished = subprocess.run([TOOLS / words[0], *words[1:]], capture_output=True, timeout=60)
        assert finished.returncode == 2 and b"of an earlier result" in finished.stderr
    results = tmp_path / "rows.csv"
    results.write_text("a,b\n1,2\n")
    finished = subprocess.run(
        [
            TOOLS / "soundness",
            "--binary",
            TRICOLOUR,
            "--heap-binary",
            TRICOLOUR,
            "--results",
            results,
        ],
        capture_output=True,
        timeout=60,
    )
    assert finished.returncode == 2 and b"is not what --results writes" in finished.stderr
    assert results.read_text() == "a,b\n1,2\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["README.md", "rows.csv"]


def test_scripts_find_the_project_whatever_cdpath_says():
    scripts = [path for path in TOOLS.iterdir() if path.is_file() and _is_bash(path)]
    assert len(scripts) > 5
    for path in [*scripts, TOOLS / "slurm" / "submit"]:
        text = path.read_text(encoding="utf-8")
        assert 'cd "$' not in text or "\nunset CDPATH" in text, path


def _is_bash(path):
    return path.read_bytes().startswith(b"#!/usr/bin/env bash")
