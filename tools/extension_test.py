"""A barrier, a collector, a marker and a workload are each one file and one line: what
docs/extending.md says, done to a copy of the tree.

The copy lists only what the example needs besides its own names, so that few instances are
compiled.
"""

import csv
import json
import os
import pathlib
import re
import shutil
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs/extending.md"
COPIED = ("core", "barriers", "collectors", "workloads", "harness", "tools", "CMakeLists.txt")
MARKER = re.compile(
    r'<!-- example:(?P<kind>\w+) file=(?P<file>\S+) list=(?P<list>\S+) below="(?P<below>[^"]*)" '
    r'line="(?P<line>[^"]*)" -->\s*'
    r"```cpp\n(?P<code>.*?)```",
    re.DOTALL,
)
MOST_LINES = {
    "barrier": 100,
    "rescanning_barrier": 40,
    "collector": 100,
    "marker": 100,
    "workload": 100,
}


def examples():
    """The page's examples by kind."""
    found = {match["kind"]: match for match in MARKER.finditer(PAGE.read_text(encoding="utf-8"))}
    assert set(found) == set(MOST_LINES)
    return found


def add_line(path, below, line):
    """Puts `line` below the line that reads `below` but for blanks."""
    lines = path.read_text().splitlines()
    at = [i for i, each in enumerate(lines) if each.split() == below.split()]
    assert len(at) == 1, f"{path}: {len(at)} lines read '{below}'"
    indent = lines[at[0]][: len(lines[at[0]]) - len(lines[at[0]].lstrip())]
    lines.insert(at[0] + 1, indent + line)
    path.write_text("\n".join(lines) + "\n")


def keep_only(path, variable, names):
    """Shortens a list of barriers or workloads, to have less to compile."""
    text = re.sub(
        rf"set\({variable}\s[^)]*\)",
        f"set({variable}\n  " + "\n  ".join(names) + "\n)",
        path.read_text(),
    )
    path.write_text(text)


def copy_of_tree(tree, workloads):
    ignored = shutil.ignore_patterns("__pycache__", ".pytest_cache")
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, tree / name, ignore=ignored)
        else:
            shutil.copy(ROOT / name, tree / name)
    keep_only(tree / "barriers/CMakeLists.txt", "TRICOLOUR_BARRIERS", ["none", "yuasa"])
    keep_only(tree / "workloads/CMakeLists.txt", "TRICOLOUR_WORKLOADS", workloads)
    return tree


def build(tree):
    launcher = ["-DCMAKE_CXX_COMPILER_LAUNCHER=ccache"] if shutil.which("ccache") else []
    environment = {"CMAKE_BUILD_PARALLEL_LEVEL": str(len(os.sched_getaffinity(0)))} | os.environ
    environment |= {"CCACHE_BASEDIR": str(tree), "CCACHE_NOHASHDIR": "1"}
    for command in (
        [
            "cmake",
            "-S",
            ".",
            "-B",
            "build",
            "-G",
            "Ninja",
            "-DTRICOLOUR_TESTS=OFF",
            "-DTRICOLOUR_BENCHMARKS=OFF",
            *launcher,
        ],
        ["cmake", "--build", "build", "--target", "tricolour"],
    ):
        done = subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-6000:]


@pytest.fixture(scope="module")
def extended(tmp_path_factory):
    """A copy of the tree with the examples in it, built."""
    tree = copy_of_tree(tmp_path_factory.mktemp("extension") / "tree", ["gcbench"])
    for example in examples().values():
        (tree / example["file"]).write_text(example["code"])
        add_line(tree / example["list"], example["below"], example["line"])
    build(tree)
    return tree


def tricolour(tree, *words):
    done = subprocess.run(
        [str(tree / "build/tricolour"), *words, "--json"],
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


def test_each_example_is_one_short_file_and_one_line():
    for kind, example in examples().items():
        assert len(example["code"].splitlines()) < MOST_LINES[kind]
        assert "\n" not in example["line"]


def test_the_rescanning_barrier_is_the_one_that_the_barriers_tests_run():
    tested = ROOT / "tools/examples/rescan_source.hpp"
    assert examples()["rescanning_barrier"]["code"] == tested.read_text()


def test_the_page_has_every_request_that_a_barrier_may_make():
    """Those of the list at the top of core/barrier/barrier.hpp."""
    header = (ROOT / "core/barrier/barrier.hpp").read_text(encoding="utf-8").split("#pragma")[0]
    requests = set(re.findall(r"^//   m\.(\w+)\(", header, re.M))
    page = PAGE.read_text(encoding="utf-8")
    assert "`core/barrier/barrier.hpp`" in page and "shade" in requests
    assert requests == set(re.findall(r"^\| `m\.(\w+)\(", page, re.M))


@pytest.mark.full
@pytest.mark.parametrize(
    "topic, name",
    [
        ("barriers", "shade_both"),
        ("barriers", "rescan_source"),
        ("collectors", "periodic"),
        ("markers", "breadth_first"),
        ("workloads", "ring"),
    ],
)
def test_list_shows_it(extended, topic, name):
    assert name in [row["name"] for row in tricolour(extended, "list", topic)]


@pytest.mark.full
@pytest.mark.parametrize(
    "collector, barrier",
    [
        ("concurrent", "shade_both"),
        ("incremental", "shade_both"),
        ("concurrent", "rescan_source"),
        ("incremental", "rescan_source"),
        ("periodic", "none"),
    ],
)
def test_a_verified_run_passes(extended, collector, barrier):
    result = tricolour(
        extended,
        "run",
        "--collector",
        collector,
        "--barrier",
        barrier,
        "--workload",
        "ring",
        "--heap",
        "4M",
        "--operations",
        "2000000",
        "--verify",
    )
    assert result["status"] == "ok"
    assert result["verify"]["cycles_checked"] >= 3
    assert result["verify"]["lost_objects"] == 0


@pytest.mark.full
@pytest.mark.parametrize("collector", ["concurrent", "incremental", "periodic"])
def test_the_marker_marks_under_every_collector(extended, collector):
    result = tricolour(
        extended,
        "run",
        "--collector",
        collector,
        "--barrier",
        "shade_both",
        "--marker",
        "breadth_first",
        "--workload",
        "ring",
        "--heap",
        "4M",
        "--operations",
        "2000000",
        "--verify",
    )
    assert result["status"] == "ok" and result["verify"]["cycles_checked"] >= 3


@pytest.mark.full
def test_the_soundness_matrix_has_each_without_another_edit(extended):
    words = [
        extended / "tools/soundness",
        "--plan",
        "--binary",
        extended / "build/tricolour",
        "--heap-binary",
        extended / "build/tricolour",
    ]
    done = subprocess.run(words, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    rows = list(csv.DictReader(done.stdout.splitlines()))
    for coordinate, name in (
        ("collector", "periodic"),
        ("barrier", "shade_both"),
        ("marker", "breadth_first"),
        ("workload", "ring"),
    ):
        assert any(row[coordinate] == name for row in rows), name


@pytest.mark.full
@pytest.mark.parametrize("barrier", ["shade_both", "rescan_source"])
@pytest.mark.parametrize("memory", ["sc", "tso"])
def test_an_exploration_of_two_slots_finds_nothing(extended, barrier, memory):
    bounds = ["--mutators", "1", "--operations", "2", "--slots", "2"]
    found = tricolour(extended, "explore", "--barrier", barrier, "--memory", memory, *bounds)
    assert found["exhausted"] and found["counterexample"] is None


@pytest.mark.full
def test_the_layers_hold(extended):
    done = subprocess.run([str(extended / "tools/check_layers")], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def add_wrong(tree, code, changes, example):
    """Puts a changed `code` where the example would be, with the example's line changed alike."""
    path, line = example["file"], example["line"]
    for before, after in changes.items():
        assert before in code, before
        code, path, line = (text.replace(before, after) for text in (code, path, line))
    (tree / path).write_text(code)
    add_line(tree / example["list"], example["below"], line)


@pytest.mark.full
def test_a_wrong_collector_and_a_wrong_marker_are_caught_without_another_edit(tmp_path):
    """By a check of `tools/test --quick`, which runs the matrix over all workloads. The collector
    says that it marks in pauses only, and marks between them; the marker forgets."""
    tree = copy_of_tree(tmp_path / "tree", ["gcbench", "hide"])
    marker, collector = examples()["marker"], examples()["collector"]
    forgets = {
        "breadth_first": "forgetful",
        "void push(GreyItem item) { items_": "void push(GreyItem item) "
        "{ if (pushed_ % 1024 != 1023) items_",
    }
    add_wrong(tree, marker["code"], forgets, marker)
    code = (ROOT / "collectors/incremental.cpp").read_text()
    for before, after in (
        ("Incremental", "Periodic"),
        ("incremental{", "periodic{"),
        ('"incremental"', '"periodic"'),
    ):
        code = code.replace(before, after)
    add_wrong(tree, code, {"Marking::interleaved": "Marking::in_pauses"}, collector)
    build(tree)
    results = tmp_path / "results.csv"
    words = [tree / "tools/soundness", "--pairwise", "--results", results]
    words += ["--binary", tree / "build/tricolour", "--heap-binary", tree / "build/tricolour"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=1200)
    rows = list(csv.DictReader(results.read_text().splitlines()))
    failed = [row for row in rows if row["status"] != "ok"]
    assert done.returncode == 3, done.stdout + done.stderr
    assert {"forgetful"} == {row["marker"] for row in failed if row["collector"] != "periodic"}
    assert [
        row for row in failed if row["collector"] == "periodic" and row["marker"] != "forgetful"
    ]
