"""Whatever surrounds the command: modules of others, encodings, streams, signals, interpreters."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from . import process
from .process import shown

TOOLS = Path(__file__).resolve().parents[2]
MAIN = Path(__file__).parents[1] / "__main__.py"
FULL = "/dev/full"


def tricolour(*words, isolated=True, environment=None, **options):
    """The command as a process of its own; its output as bytes."""
    prefix = ["-I", MAIN] if isolated else ["-m", "tricolour_report"]
    surroundings = {**os.environ, "PYTHONPATH": str(TOOLS), **(environment or {})}
    return subprocess.run(
        [sys.executable, *prefix, *words],
        env=surroundings,
        timeout=120,
        **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options},
    )


def compared(sweep, *words):
    sides = [f"{sweep}:collector={name},workload=gcbench" for name in ("concurrent", "incremental")]
    return ["compare", *sides, "--metric", "cpu_total", *words]


def in_process(code, *words, **options):
    """A command of a few lines, carried out by `process.run`."""
    lines = [
        "import os, signal, subprocess, sys",
        "sys.path.insert(0, sys.argv.pop(1))",
        "from tricolour_report.program import process",
        "from tricolour_report.program.process import *",
        "def command():",
        *(f"    {line}" for line in code.splitlines()),
        "sys.exit(process.run('it', command))",
    ]
    return subprocess.run(
        [sys.executable, "-I", "-c", "\n".join(lines), TOOLS, *words],
        timeout=60,
        **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options},
    )


# --- modules of others ------------------------------------------------------------------------


@pytest.fixture
def mine(tmp_path):
    """A folder of modules that must not run, under the names of others."""
    folder = tmp_path / "mine"
    folder.mkdir()
    for name in ("csv", "json", "numpy", "pandas", "jinja2", "sitecustomize", "tricolour_report"):
        (folder / f"{name}.py").write_text("import os\nos.write(2, b'mine\\n')\nos._exit(77)\n")
    (folder / "matplotlibrc").write_bytes(b"backend: \xff\xfe\nlines.linewidth: nonsense\n")
    return folder


@pytest.mark.parametrize(
    "how",
    [
        "working folder",
        "PYTHONPATH",
        "PYTHONSTARTUP",
        "PYTHONHOME",
        "PYTHONUSERBASE",
        "PYTHONPLATLIBDIR",
        "PYTHONWARNINGS",
        "PYTHONINSPECT",
    ],
)
def test_no_module_or_setting_of_the_surroundings_is_used(small_sweep, mine, how):
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    shutil.copytree(mine, mine / "lib" / version / "site-packages")
    values = {
        "PYTHONPATH": f"{mine}::.",
        "PYTHONSTARTUP": str(mine / "csv.py"),
        "PYTHONWARNINGS": "error",
        "PYTHONINSPECT": "1",
        "PYTHONPLATLIBDIR": "mine",
    }
    environment = {} if how == "working folder" else {how: values.get(how, str(mine))}
    finished = tricolour("summary", small_sweep, environment=environment, cwd=mine)
    assert (finished.returncode, finished.stderr) == (0, b"") and finished.stdout


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"MPLBACKEND": "module://mine"},
        {"MPLBACKEND": "nonsense"},
        {"MATPLOTLIBRC": "matplotlibrc"},
    ],
)
def test_pictures_look_the_same_everywhere(mine, environment):
    code = (
        "from tricolour_report.figures.style import plt\n"
        "print(plt.rcParams['lines.linewidth'], plt.get_backend().lower(), os.getcwd())"
    )
    finished = in_process(code, cwd=mine, env={**os.environ, **environment})
    assert finished.stderr == b"" and finished.stdout.decode() == f"1.5 agg {mine}\n"


def test_the_modules_that_are_needed_are_those_of_tools_python():
    said = subprocess.run([TOOLS / "python", "--modules"], capture_output=True, text=True).stdout
    assert said.split() == list(process.MODULES)


def test_tools_python_takes_no_interpreter_for_what_surrounds_it(tmp_path):
    """Which has the modules in PYTHONPATH or in the working folder only."""
    (tmp_path / "only_here.py").write_text("")
    for environment in ({"PYTHONPATH": str(tmp_path)}, {"PYTHONUSERBASE": str(tmp_path)}, {}):
        finished = subprocess.run(
            [TOOLS / "python", "only_here"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            env={**os.environ, **environment},
        )
        assert finished.returncode == 1 and finished.stdout == ""
        assert "no python3 has all of: numpy" in finished.stderr


def test_an_interpreter_without_the_modules_is_exchanged_for_one_that_has_them(tmp_path):
    (tmp_path / "python").write_text(f"#!/bin/sh\necho {sys.executable}\n")
    (tmp_path / "python").chmod(0o755)
    code = (
        "import pathlib\n"
        f"process.INTERPRETERS = pathlib.Path({str(tmp_path / 'python')!r})\n"
        "process.os.execv = lambda *words: print(words) or sys.exit(5)\n"
        "need('surely_not_there')"
    )
    finished = in_process(code, "word")
    assert finished.returncode == 5
    assert str((sys.executable, [sys.executable, "-I", "-c", "word"])).encode() in finished.stdout
    (tmp_path / "python").write_text("#!/bin/sh\necho no python3 has it >&2\nexit 1\n")
    finished = in_process(code, "word")
    assert (finished.returncode, finished.stderr) == (2, b"it: no python3 has it\n")


# --- encodings and names ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "isolated, environment",
    [
        (True, {"PYTHONIOENCODING": "ascii"}),
        (True, {"LC_ALL": "C"}),
        (False, {"PYTHONIOENCODING": "ascii"}),
        (False, {"PYTHONIOENCODING": "latin-1"}),
        (False, {"PYTHONIOENCODING": "utf-8:strict"}),
        (False, {"LC_ALL": "POSIX", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}),
    ],
)
def test_every_encoding_can_be_written(small_sweep, environment, isolated):
    index = small_sweep / "index.json"
    index.write_text(index.read_text().replace('"synthetic"', '"☃ synthetic"'), encoding="utf-8")
    finished = tricolour("summary", small_sweep, environment=environment, isolated=isolated)
    assert (finished.returncode, finished.stderr) == (0, b"")
    text = finished.stdout.decode("utf-8" if "µ".encode() in finished.stdout else "latin-1")
    assert " µs" in text or " us" in text, text


@pytest.fixture
def odd_sweep(small_sweep):
    """In a folder whose name is not UTF-8."""
    odd = Path(os.fsdecode(os.fsencode(small_sweep.parent) + b"/caf\xe9"))
    small_sweep.rename(odd)
    return odd


@pytest.mark.parametrize(
    "isolated, environment",
    [
        (True, {}),
        (True, {"LC_ALL": "C"}),
        (False, {"LC_ALL": "C"}),
        (False, {"PYTHONIOENCODING": "utf-8:strict"}),
    ],
)
def test_names_that_are_not_utf8_are_escaped(odd_sweep, environment, isolated):
    (odd_sweep / "runs" / "00000001" / "0" / "heap.csv").unlink()
    for words in (compared(odd_sweep), compared(odd_sweep, "--json")):
        finished = tricolour(*words, environment=environment, isolated=isolated)
        assert finished.returncode == 0 and b"caf\\xe9" in finished.stderr, finished.stderr
        assert b"caf\\xe9" in finished.stdout.replace(b"\\\\", b"\\")
    document = json.loads(finished.stdout)
    assert "caf\\xe9:collector" in document["base"]
    json.dumps(document, ensure_ascii=False).encode()
    wrong = tricolour("summary", odd_sweep / "runs", environment=environment, isolated=isolated)
    assert wrong.returncode == 2 and wrong.stderr.count(b"\n") == 1 and b"caf\\xe9" in wrong.stderr


def test_a_report_of_such_a_folder_is_written_there(odd_sweep, command):
    code, out, error = command("report", odd_sweep, "--quiet")
    assert (code, error) == (0, "") and out.endswith("caf\\xe9/report.html\n")
    (odd_sweep / "report.html").read_text(encoding="utf-8")
    code, out, _ = command("export", odd_sweep, "--format", "csv", "--out", f"{odd_sweep}.csv")
    assert code == 0 and out.endswith("caf\\xe9.csv\n")
    assert Path(f"{odd_sweep}.csv/runs.csv").exists()


def test_what_is_utf8_is_shown_as_it_is():
    assert shown("sweep µ") == "sweep µ" and shown(Path(os.fsdecode(b"a\xff/b"))) == "a\\xff/b"


# --- streams ----------------------------------------------------------------------------------


def closed(*descriptors):
    return lambda: [os.close(descriptor) for descriptor in descriptors]


@pytest.mark.parametrize(
    "words, code",
    [
        (["--metric", "cpu_total"], 0),
        (["--fail-on", "5%"], 8),
        (["--help"], 0),
        (["--no-such-option"], 2),
    ],
)
def test_a_closed_standard_error_changes_nothing(small_sweep, words, code):
    finished = tricolour(*compared(small_sweep, *words), preexec_fn=closed(2), stderr=None)
    assert finished.returncode == code
    assert finished.stdout == tricolour(*compared(small_sweep, *words)).stdout
    with open(FULL, "wb") as full:
        assert tricolour(*compared(small_sweep, *words), stderr=full).returncode == code


@pytest.mark.parametrize("words", [compared("{}"), ["summary", "{}"], ["--help"]])
def test_standard_output_that_cannot_be_written_is_said_in_one_line(small_sweep, words):
    words = [word.replace("{}", str(small_sweep)) for word in words]
    with open(FULL, "wb") as full:
        for options in ({"stdout": full}, {"stdout": None, "preexec_fn": closed(1)}):
            finished = tricolour(*words, **options)
            assert finished.returncode == 1 and finished.stderr.count(b"\n") == 1
            assert b"tricolour: " in finished.stderr and b"Traceback" not in finished.stderr


def test_a_verdict_is_not_lost_with_the_output(small_sweep):
    with open(FULL, "wb") as full:
        finished = tricolour(*compared(small_sweep, "--fail-on", "5%"), stdout=full, stderr=full)
    assert finished.returncode == 8


def test_a_reader_that_has_gone_is_no_news(small_sweep):
    for words in (["summary", small_sweep], ["--help"]):
        reader, writer = os.pipe()
        os.close(reader)
        finished = tricolour(*words, stdout=writer)
        os.close(writer)
        assert (finished.returncode, finished.stderr) == (1, b"")


@pytest.mark.parametrize("descriptors", [(0,), (2,), (0, 1, 2)])
def test_no_file_gets_the_number_of_a_closed_stream(tmp_path, descriptors):
    """Else what is meant for the stream would be written into it; children inherit the same."""
    code = (
        "file = open(sys.argv[1], 'w')\n"
        "os.write(file.fileno(), b'%d' % file.fileno())\n"
        "tell('to standard error')\n"
        "subprocess.run(['sh', '-c', 'echo from a child >&2'])\n"
        "return 9"
    )
    options = {"stdout": None, "stderr": None, "stdin": None, "preexec_fn": closed(*descriptors)}
    finished = in_process(code, tmp_path / "file", **options)
    assert finished.returncode == 9 and int((tmp_path / "file").read_text()) > 2


# --- how a command ends -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "code, exit_code, said",
    [
        ("return 6", 6, ""),
        ("pass", 0, ""),
        ("sys.exit(3)", 3, ""),
        ("sys.exit()", 0, ""),
        ("os.kill(os.getpid(), signal.SIGINT)", 130, "it: interrupted\n"),
        ("os.kill(os.getpid(), signal.SIGTERM)", 130, "it: interrupted\n"),
        ("raise process.UsageProblem('wrong')", 2, "it: wrong\n"),
        ("open('/nowhere/x')", 1, "it: /nowhere/x: No such file or directory\n"),
        ("os.rename('/nowhere/x', '/nowhere/y')", 1, "it: /nowhere/y: No such file or directory\n"),
        ("import json; json.loads('[' * 10**6)", 1, "it: the input is nested too deeply\n"),
        ("raise MemoryError", 1, "it: there is too little memory for this input\n"),
        (
            "captured(['sh', '-c', 'echo why >&2; exit 4'], check=True)",
            1,
            "it: sh -c 'echo why >&2; exit 4': exit 4: why\n",
        ),
        (
            "captured(['sleep', '9'], timeout=0.01)",
            1,
            "it: Command '['sleep', '9']' timed out after 0.01 seconds\n",
        ),
    ],
)
def test_an_end_is_one_line_and_an_exit_code(code, exit_code, said):
    finished = in_process(code, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
    assert (finished.returncode, finished.stderr.decode()) == (exit_code, said)


def test_output_of_children_is_read_whatever_bytes_it_has():
    finished = in_process("print(captured(['printf', 'a\\\\377b']).stdout)")
    assert finished.stdout.decode() in ("a\ufffdb\n", "a\\ufffdb\n")


def test_exit_codes_of_children_are_known_where_their_ends_are_ignored():
    finished = in_process(
        "return captured(['sh', '-c', 'exit 7']).returncode",
        preexec_fn=lambda: signal.signal(signal.SIGCHLD, signal.SIG_IGN),
    )
    assert finished.returncode == 7
