"""The embed example builds against an installed Tricolour, found by find_package, and runs."""

import pathlib
import re
import subprocess

EXAMPLE = pathlib.Path(__file__).resolve().parent / "examples/embed"


def run(*command):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}"
    return done.stdout


def test_a_program_embeds_the_heap(build_dir, tmp_path):
    prefix, build = tmp_path / "prefix", tmp_path / "build"
    run("cmake", "--install", build_dir, "--prefix", prefix)
    assert not list(prefix.rglob("*_test.*")), "tests are installed"
    run("cmake", "-S", EXAMPLE, "-B", build, f"-DCMAKE_PREFIX_PATH={prefix}", "-DCMAKE_BUILD_TYPE=Release")
    run("cmake", "--build", build)
    printed = run(build / "embed")
    cycles, live, stalls = map(int, re.fullmatch(r"(\d+) cycles, (\d+) bytes live, (\d+) stalls\n", printed).groups())
    assert cycles >= 2
    node_bytes = 32
    assert 100_000 * node_bytes <= live < 32 << 20, "the last list is alive"


def test_the_example_is_short():
    assert len((EXAMPLE / "main.cpp").read_text().splitlines()) <= 31
