"""The heap in another project's build, installed by components, and a build with few packages."""

import subprocess

import pytest
from embed_test import EXAMPLE, ROOT, configure, embeds, run

TAKEN_IN = {
    "add_subdirectory": f'add_subdirectory("{ROOT}" tricolour)\n',
    "FetchContent": "include(FetchContent)\n"
    f'FetchContent_Declare(tricolour SOURCE_DIR "{ROOT}")\n'
    "FetchContent_MakeAvailable(tricolour)\n",
}
PROJECT = "cmake_minimum_required(VERSION 3.25)\nproject(host LANGUAGES CXX)\n"
# What the heap does not need.
HARNESS_NEEDS = ("fmt", "CLI11", "nlohmann_json", "tomlplusplus", "Catch2", "benchmark")
WITHOUT = [f"-DCMAKE_DISABLE_FIND_PACKAGE_{name}=ON" for name in HARNESS_NEEDS]
# A shared library whose function is the example.
HOLDER = """
add_library(holder SHARED example.cpp)
target_link_libraries(holder PRIVATE tricolour::heap)
add_executable(embed main.cpp)
target_link_libraries(embed PRIVATE holder)
"""


def project(folder, text):
    folder.mkdir()
    (folder / "CMakeLists.txt").write_text(PROJECT + text)
    return folder


def targets(build):
    return run("cmake", "--build", build, "--target", "help")


@pytest.mark.parametrize("text", TAKEN_IN.values(), ids=TAKEN_IN)
def test_a_subproject_is_the_heap_alone(tmp_path, text):
    build = tmp_path / "build"
    configure(project(tmp_path / "source", text), build, *WITHOUT)
    built = targets(build)
    assert "tricolour_core" in built and "tricolour_collectors" in built
    for other in ("tricolour_harness", "tricolour_exploration", "core_test", "peers", "bench"):
        assert other not in built
    flags = "".join(path.read_text() for path in build.rglob("flags.make"))
    assert "-fPIC" in flags and "-Werror" not in flags


@pytest.mark.full
def test_a_shared_library_takes_the_heap_in(tmp_path):
    source = project(tmp_path / "source", TAKEN_IN["FetchContent"] + HOLDER)
    example = (EXAMPLE / "main.cpp").read_text()
    assert "int main() {" in example
    (source / "example.cpp").write_text(example.replace("int main() {", "void example() {"))
    (source / "main.cpp").write_text("void example();\nint main() { example(); }\n")
    configure(source, tmp_path / "build", *WITHOUT)
    run("cmake", "--build", tmp_path / "build", "--parallel", "2")
    embeds(tmp_path / "build/embed")


def found(tmp_path, prefix, components):
    """Whether CMake finds these components, and what it says."""
    wanted = [f"tricolour::{name}" for name in components or ["heap"]]
    source = project(
        tmp_path / f"finds-{'-'.join(components)}",
        f"find_package(tricolour REQUIRED COMPONENTS {' '.join(components)})\n"
        + "".join(
            f'if(NOT TARGET {target})\nmessage(FATAL_ERROR "no {target}")\nendif()\n'
            for target in wanted
        ),
    )
    done = subprocess.run(
        ["cmake", "-S", source, "-B", source / "build", f"-DCMAKE_PREFIX_PATH={prefix}"],
        capture_output=True,
        text=True,
    )
    return done.returncode == 0, done.stderr


def test_each_component_is_found_where_it_is_installed(build_dir, tmp_path):
    both = tmp_path / "both"
    run("cmake", "--install", build_dir, "--prefix", both)
    for components in ([], ["heap"], ["tool"], ["heap", "tool"]):
        assert found(tmp_path, both, components) == (True, "")


def test_a_component_that_is_not_installed_is_named(build_dir, tmp_path):
    heap = tmp_path / "heap"
    run("cmake", "--install", build_dir, "--prefix", heap, "--component", "heap")
    assert not (heap / "bin").exists()
    assert found(tmp_path, heap, ["heap"])[0]
    for other in ("tool", "painting"):
        good, said = found(tmp_path, heap, [other])
        assert not good and other in said


def test_without_catch2_there_are_no_tests_and_cmake_says_so(tmp_path):
    said = configure(ROOT, tmp_path, "-DCMAKE_DISABLE_FIND_PACKAGE_Catch2=ON")
    assert "Catch2 was not found: no tests" in said
    built = targets(tmp_path)
    assert "... tricolour\n" in built and "core_test" not in built
