"""tools/check_layers: green on the tree as it is, red for each rule that is broken in a copy."""

import pathlib
import re
import shutil
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent
ROOMS = ("core", "barriers", "collectors", "workloads", "harness")

BREAKAGES = {
    "core includes a room": (
        "core/mutator/heap.hpp",
        '#include "collectors/registry.hpp"',
        "core/ includes collectors/registry.hpp",
    ),
    "a barrier includes a collector": (
        "barriers/yuasa.hpp",
        '#include "collectors/registry.hpp"',
        "barriers/ includes collectors/",
    ),
    "a collector names a barrier": (
        "collectors/pacing/pacer.cpp",
        '#include "barriers/yuasa.hpp"',
        "collectors/ includes barriers/yuasa.hpp",
    ),
    "a workload looks behind the mutator": (
        "workloads/gcbench.hpp",
        '#include "core/mutator/heap.hpp"',
        "workloads/ includes core/mutator/heap.hpp",
    ),
    "a workload includes the way to the engine": (
        "workloads/gcbench.hpp",
        '#include "core/mutator/context_of.hpp"',
        "workloads/ includes core/mutator/context_of.hpp: against the arrows",
    ),
    "a workload takes the engine from elsewhere": (
        "workloads/gcbench.hpp",
        "auto& engine(auto& mutator) { return tricolour::context_of(mutator); }",
        "workloads/ names context_of",
    ),
    "a workload writes past the barrier": (
        "workloads/gcbench.hpp",
        "void cut(tricolour::Object* object) { object->slot(0).store(nullptr); }",
        "workloads/ names slot",
    ),
    "a workload takes a library": (
        "workloads/gcbench.hpp",
        "#include <tbb/parallel_for.h>",
        "the standard library and",
    ),
    "a workload takes another header of the system": (
        "workloads/gcbench.hpp",
        "#include <sys/mman.h>",
        "the standard library and",
    ),
    "an include goes up": (
        "core/mutator/heap.hpp",
        '#include "../collectors/registry.hpp"',
        "from the project's root",
    ),
    "a room includes the harness": (
        "collectors/pacing/pacer.hpp",
        '#include "harness/text/names.hpp"',
        "collectors/ includes harness/text/names.hpp",
    ),
    "a test includes the harness": (
        "core/new_test.cpp",
        '#include "harness/text/names.hpp"',
        "core/ includes harness/text/names.hpp",
    ),
    "a collector prints": (
        "collectors/pacing/pacer.cpp",
        'void shout() { std::cerr << "cycle"; }',
        "collectors/ writes to a terminal",
    ),
    "a collector prints in C": (
        "collectors/pacing/pacer.cpp",
        'void shout() { fprintf(stderr, "cycle"); }',
        "collectors/ writes to a terminal",
    ),
    "a header parses": (
        "harness/new_header.hpp",
        "#include <nlohmann/json.hpp>",
        "nlohmann-json is included by a header",
    ),
    "two files parse": (
        "harness/zz.cpp",
        "#include <CLI/CLI.hpp>\n#include <toml++/toml.h>",
        "one .cpp only",
    ),
    "a folder includes one above it": (
        "core/heap/object.hpp",
        '#include "core/mutator/heap.hpp"',
        "core/heap/ includes core/mutator/heap.hpp: against the arrows",
    ),
    "what is of threads includes what is of mutators": (
        "core/threads/thread_start.hpp",
        '#include "core/mutator/watchdog.hpp"',
        "core/threads/ includes core/mutator/watchdog.hpp: against the arrows",
    ),
    "a folder has no place": (
        "core/spaces/new.hpp",
        '#include "core/errors.hpp"',
        "core/spaces/ has no place in the order of folders",
    ),
    "a heap includes the explorer": (
        "core/mutator/heap.hpp",
        '#include "core/exploration/search.hpp"',
        "core/ includes core/exploration/",
    ),
    "a barrier includes the explorer": (
        "barriers/yuasa.hpp",
        '#include "core/exploration/search.hpp"',
        "barriers/ includes core/exploration/",
    ),
    "the harness has arrows inside": (
        "harness/figures/figures.hpp",
        '#include "harness/run/execution.hpp"',
        "harness/figures/ includes harness/run/execution.hpp",
    ),
    "a heap takes what tests share": (
        "core/mutator/heap.hpp",
        '#include "tools/testing/bench_heap.hpp"',
        "what tests share is for tests",
    ),
    "a statistic reads": (
        "tools/tricolour_report/statistics/new.py",
        "from ..read.tables import read_table",
        "tools/tricolour_report/statistics/ includes tools/tricolour_report/read/",
    ),
    "a statistic reads a module": (
        "tools/tricolour_report/statistics/new.py",
        "from ..read import tables",
        "tools/tricolour_report/statistics/ includes tools/tricolour_report/read/tables",
    ),
    "a tool imports another": (
        "tools/mutation/new.py",
        "from calibration.runs import run",
        "tools/mutation/ imports calibration",
    ),
    "the report imports a tool": (
        "tools/tricolour_report/page/new.py",
        "from calibration import runs",
        "tools/tricolour_report/ imports calibration",
    ),
    "a file is too long": ("core/long.hpp", "\n" * 401, "400 are the most"),
}


def check(root):
    done = subprocess.run(
        [str(ROOT / "tools/check_layers"), str(root)], capture_output=True, text=True
    )
    return done.returncode, done.stdout


@pytest.fixture
def copy(tmp_path):
    for room in ROOMS:
        shutil.copytree(ROOT / room, tmp_path / room)
    for package in ("calibration", "mutation", "tricolour_report"):
        (tmp_path / "tools" / package).mkdir(parents=True)
        (tmp_path / "tools" / package / "__init__.py").touch()
    (tmp_path / "harness/aa.cpp").write_text("#include <CLI/CLI.hpp>\n")
    (tmp_path / "harness/bb.cpp").write_text('#include "core/mutator/heap.hpp"\n')
    return tmp_path


def test_the_tree_keeps_its_layers():
    code, printed = check(ROOT)
    assert (code, printed) == (0, "")


@pytest.mark.parametrize("name", BREAKAGES)
def test_a_breach_is_found(copy, name):
    path, text, reason = BREAKAGES[name]
    file = copy / path
    file.parent.mkdir(parents=True, exist_ok=True)
    before = file.read_text().splitlines() if file.exists() else []
    file.write_text("\n".join(before + [text, ""]))
    code, printed = check(copy)
    assert code == 1
    found = [line for line in printed.splitlines() if line.startswith(path) and reason in line]
    assert found, printed
    assert name == "a file is too long" or int(found[0].split(":")[1]) > len(before)


def test_a_crowded_folder_is_found(copy):
    for number in range(41):
        (copy / f"core/barrier/crowd{number}.hpp").touch()
    code, printed = check(copy)
    assert code == 1 and re.search(
        r"core/barrier:0: \d+ sources; 40 are the most of one folder", printed
    )


def test_prose_is_not_code(copy):
    file = copy / "collectors/pacing/pacer.cpp"
    file.write_text(
        file.read_text() + '// std::cout << "never";\nconstexpr auto word = "stderr";\n'
    )
    _, printed = check(copy)
    assert "terminal" not in printed
