"""What is installed works without the checkout: the embed example builds and runs, and the program
writes a report."""

import os
import pathlib
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
EXAMPLE = HERE / "embed"


def run(*command):
    done = subprocess.run(
        [str(word) for word in command], capture_output=True, text=True, timeout=600
    )
    assert done.returncode == 0, f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}"
    return done.stdout


def configure(source, build, *options):
    return run("cmake", "-S", source, "-B", build, "-DCMAKE_BUILD_TYPE=Release", *options)


def embeds(program):
    """Runs the example, which says what its heap did."""
    printed = run(program)
    cycles, live, stalls = map(
        int, re.fullmatch(r"(\d+) cycles, (\d+) bytes live, (\d+) stalls\n", printed).groups()
    )
    assert cycles >= 2
    node_bytes = 32
    assert 100_000 * node_bytes <= live < 32 << 20, "the last list is alive"


def test_a_program_embeds_the_heap(build_dir, tmp_path):
    prefix, build = tmp_path / "prefix", tmp_path / "build"
    run("cmake", "--install", build_dir, "--prefix", prefix)
    assert not list(prefix.rglob("*_test.*")), "tests are installed"
    configure(EXAMPLE, build, f"-DCMAKE_PREFIX_PATH={prefix}")
    run("cmake", "--build", build)
    embeds(build / "embed")


def complaint(headers, name):
    """What the compiler says of a source that includes the header and nothing else."""
    command = [
        "c++",
        "-std=c++20",
        "-fsyntax-only",
        "-Wall",
        "-Wextra",
        "-Werror",
        "-I",
        headers,
        "-x",
        "c++",
        "-",
    ]
    return subprocess.run(
        command, input=f'#include "{name}"\n', capture_output=True, text=True, timeout=600
    ).stderr


def test_each_installed_header_compiles_by_itself(build_dir, tmp_path):
    run("cmake", "--install", build_dir, "--prefix", tmp_path)
    headers = tmp_path / "include/tricolour"
    names = sorted(path.relative_to(headers).as_posix() for path in headers.rglob("*.hpp"))
    assert "core/mutator/mutator.hpp" in names and "core/build_flavour.hpp" in names
    assert not [name for name in names if name.startswith(("core/exploration/", "tools/"))]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        said = dict(zip(names, pool.map(lambda name: complaint(headers, name), names)))
    assert not {name: text for name, text in said.items() if text}


@pytest.mark.full
def test_a_checked_heap_that_is_installed_names_each_misuse(tmp_path):
    prefix, build = tmp_path / "prefix", tmp_path / "build"
    run(ROOT / "tools/build", "checked", "tricolour")
    run("cmake", "--install", ROOT / "build/checked", "--prefix", prefix)
    configure(HERE / "misuse", build, f"-DCMAKE_PREFIX_PATH={prefix}")
    run("cmake", "--build", build)
    misuses = run(build / "misuse").split()
    assert len(misuses) >= 7
    silent = {}
    for misuse in misuses:
        done = subprocess.run(
            [build / "misuse", misuse], capture_output=True, text=True, timeout=120
        )
        if done.returncode == 0 or "Misuse" not in done.stderr:
            silent[misuse] = (done.returncode, done.stderr)
    assert not silent


def test_the_installed_program_writes_a_report(build_dir, tmp_path):
    prefix, out = tmp_path / "prefix", tmp_path / "sweep"
    run("cmake", "--install", build_dir, "--prefix", prefix)
    assert list(prefix.rglob("results/schema/run.schema.json")) and list(
        prefix.rglob("tools/tricolour_report/__main__.py")
    )
    assert not list(prefix.rglob("*_test.py")), "tests are installed"
    with next(prefix.rglob("page.html.j2")).open("a") as page:
        page.write("<!-- installed -->")
    experiment = tmp_path / "tiny.toml"
    experiment.write_text(
        'schema = 1\nname = "tiny"\n[matrix]\ncollector = "stop_the_world"\n'
        'barrier = ["none", "yuasa"]\nheap = "8M"\n'
        'workload = { name = "binary_trees", operations = 50, param = { depth = 10 } }\n'
        "[run]\ninvocations = 1\n"
    )
    program = prefix / "bin" / "tricolour"
    run(program, "sweep", experiment, "--out", out)
    assert run(program, "report", out).splitlines()[-1] == str(out / "report.html")
    assert (
        "<!-- installed -->" in (out / "report.html").read_text()
    ), "another package than the installed one ran"


def test_the_page_shows_the_example():
    page = (ROOT / "docs/embedding.md").read_text(encoding="utf-8")
    shown = re.search(r"<!-- example:embed [^>]*-->\n```cpp\n(.*?)```\n", page, re.S)
    assert shown.group(1) == (EXAMPLE / "main.cpp").read_text()


def test_the_example_is_short():
    assert len((EXAMPLE / "main.cpp").read_text().splitlines()) <= 31
