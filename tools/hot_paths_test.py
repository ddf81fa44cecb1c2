"""tools/check_hot_paths: green on the build; sees indirect calls, counts instructions, and holds
the traits to their word."""

import importlib.machinery
import importlib.util
import json
import pathlib
import platform
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent
TOOL = ROOT / "tools/check_hot_paths"

PROBE = """
struct Collector { virtual void shade(void*) = 0; };
extern "C" void through_virtual(Collector& c, bool& flag, void* p) { if (flag) c.shade(p); }
extern "C" void through_pointer(void (*f)(void*), void* p) { f(p); }
void slow(void*);
extern "C" void direct(bool& flag, void** slot, void* p) {
  if (__builtin_expect(flag, 0)) slow(p);
  __atomic_store_n(slot, p, __ATOMIC_RELEASE);
}
extern "C" void reference_first(bool& flag, void** slot, void* p) {
  if (p != nullptr) if (__builtin_expect(*(volatile bool*)&flag, 0)) slow(p);
  __atomic_store_n(slot, p, __ATOMIC_RELEASE);
}
extern "C" void plain(void** slot, void* p) { __atomic_store_n(slot, p, __ATOMIC_RELEASE); }
"""


@pytest.fixture
def tool():
    loader = importlib.machinery.SourceFileLoader("check_hot_paths", str(TOOL))
    module = importlib.util.module_from_spec(
        importlib.util.spec_from_loader("check_hot_paths", loader)
    )
    loader.exec_module(module)
    return module


@pytest.fixture
def functions(tool, tmp_path):
    (tmp_path / "probe.cpp").write_text(PROBE)
    subprocess.run(["c++", "-O2", "-c", "probe.cpp"], cwd=tmp_path, check=True)
    return tool.disassemble(tmp_path / "probe.o")


def test_the_build_has_no_indirect_call_on_a_hot_path(build_dir):
    done = subprocess.run([str(TOOL), "--json", str(build_dir)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    rows = {row["name"]: row for row in json.loads(done.stdout)["barriers"]}
    assert rows["none"]["idle_instructions"] == 0
    assert all(
        1 <= row["idle_instructions"] + row["idle_load_instructions"] <= 8
        for name, row in rows.items()
        if name != "none"
    )


def test_indirect_calls_are_seen(functions):
    assert functions["through_virtual"].indirect_calls()
    assert functions["through_pointer"].indirect_calls()
    assert not functions["direct"].indirect_calls()


def test_the_fast_path_leaves_the_slow_one_out(functions):
    if platform.machine() != "x86_64":
        pytest.skip("counts are x86-64's")
    assert [mnemonic for mnemonic, _ in functions["plain"].fast_path()] == ["mov", "ret"]
    assert 4 <= len(functions["direct"].fast_path()) < len(functions["direct"].code)


def test_a_null_test_is_seen_on_the_fast_path(tool, functions):
    def tests_a_reference(name):
        return any(tool.assumption(*each) == "unequal" for each in functions[name].fast_path())

    if platform.machine() != "x86_64":
        pytest.skip("only x86-64's code is judged")
    assert tests_a_reference("reference_first")
    assert not tests_a_reference("direct")


@pytest.mark.parametrize(
    "instruction, equal",
    [
        (("cmpb", "$0x0,0x69(%rdi)"), "equal"),
        (("test", "%al,%al"), "equal"),
        (("test", "%rsi,%rsi"), "unequal"),
        (("cmp", "$0x1f,%rdx"), None),
    ],
)
def test_flags_are_clear_and_references_not_null(tool, instruction, equal):
    assert tool.assumption(*instruction) == equal


def rows_with(paths_of_yuasa, indirect=(), reference_tests=()):
    plain = {
        "store": 2,
        "two_stores": 4,
        "three_stores": 6,
        "load": 2,
        "allocate_32": 19,
        "poll": 3,
    }
    return [
        {"name": "none", "paths": plain, "reference_tests": [], "indirect_calls": []},
        {
            "name": "yuasa",
            "paths": plain | paths_of_yuasa,
            "reference_tests": list(reference_tests),
            "indirect_calls": list(indirect),
        },
    ]


def test_faults_are_reported(tool, monkeypatch):
    monkeypatch.setattr(
        tool,
        "stated",
        lambda barrier, count: 3 if (barrier, count) == ("yuasa", "idle_instructions") else 0,
    )
    assert tool.judge(rows_with({"three_stores": 9}), True) == []
    assert (
        "state 3 idle instructions, the compiler makes 4"
        in tool.judge(rows_with({"three_stores": 10}), True)[0]
    )
    assert (
        tool.judge(rows_with({"three_stores": 10}), False) == []
    ), "another compiler's counts are not the committed ones"
    assert (
        "state 0 idle load instructions, the compiler makes 2"
        in tool.judge(rows_with({"three_stores": 9, "load": 4}), True)[0]
    )
    assert (
        "indirect call"
        in tool.judge(rows_with({"three_stores": 9}, ["probe_store_yuasa: call *(%rax)"]), True)[0]
    )
    assert (
        "yuasa: two_stores tests a reference for null"
        in tool.judge(rows_with({"three_stores": 9}, reference_tests=["two_stores"]), True)[0]
    )
    assert "no way through poll" in tool.judge(rows_with({"poll": None}), True)[0]


def test_a_folder_that_is_no_build_is_named(tmp_path):
    done = subprocess.run([str(TOOL), str(tmp_path)], capture_output=True, text=True)
    assert done.returncode == 2 and str(tmp_path) in done.stderr
