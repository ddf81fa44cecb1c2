"""tools/check_layers: green on the tree as it is, red for each rule that is broken in a copy."""

import pathlib
import shutil
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent
ROOMS = ("core", "barriers", "collectors", "workloads", "harness")

BREAKAGES = {
    "core includes a room": ("core/mutator/heap.hpp", '#include "collectors/registry.hpp"', "core/ includes collectors/registry.hpp"),
    "a barrier includes a collector": ("barriers/yuasa.hpp", '#include "collectors/registry.hpp"', "barriers/ includes collectors/"),
    "a collector names a barrier": ("collectors/pacing/pacer.cpp", '#include "barriers/yuasa.hpp"', "collectors/ includes barriers/yuasa.hpp"),
    "a workload looks behind the mutator": ("workloads/gcbench.hpp", '#include "core/mutator/heap.hpp"', "workloads/ includes core/mutator/heap.hpp"),
    "a workload takes a library": ("workloads/gcbench.hpp", "#include <tbb/parallel_for.h>", "the standard library only"),
    "an include goes up": ("core/mutator/heap.hpp", '#include "../collectors/registry.hpp"', "from the project's root"),
    "a room includes the harness": ("collectors/pacing/pacer.hpp", '#include "harness/text/names.hpp"', "collectors/ includes harness/text/names.hpp"),
    "a test includes the harness": ("core/new_test.cpp", '#include "harness/text/names.hpp"', "core/ includes harness/text/names.hpp"),
    "a collector prints": ("collectors/pacing/pacer.cpp", 'void shout() { std::cerr << "cycle"; }', "collectors/ writes to a terminal"),
    "a collector prints in C": ("collectors/pacing/pacer.cpp", 'void shout() { fprintf(stderr, "cycle"); }', "collectors/ writes to a terminal"),
    "a header parses": ("harness/new_header.hpp", "#include <nlohmann/json.hpp>", "nlohmann-json is included by a header"),
    "two files parse": ("harness/zz.cpp", "#include <CLI/CLI.hpp>\n#include <toml++/toml.h>", "one .cpp only"),
    "a file is too long": ("core/long.hpp", "\n" * 401, "400 are the most"),
}


def check(root):
    done = subprocess.run([str(ROOT / "tools/check_layers"), str(root)], capture_output=True, text=True)
    return done.returncode, done.stdout


@pytest.fixture
def copy(tmp_path):
    for room in ROOMS:
        shutil.copytree(ROOT / room, tmp_path / room)
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
    before = file.read_text().splitlines() if file.exists() else []
    file.write_text("\n".join(before + [text, ""]))
    code, printed = check(copy)
    assert code == 1
    found = [line for line in printed.splitlines() if line.startswith(path) and reason in line]
    assert found, printed
    assert name == "a file is too long" or int(found[0].split(":")[1]) > len(before)


def test_prose_is_not_code(copy):
    file = copy / "collectors/pacing/pacer.cpp"
    file.write_text(file.read_text() + '// std::cout << "never";\nconstexpr auto word = "stderr";\n')
    _, printed = check(copy)
    assert "terminal" not in printed
