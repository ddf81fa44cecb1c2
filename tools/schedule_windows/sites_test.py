"""tools/check_windows: green on the tree as it is, red for each kind of site that is added bare."""

import pathlib
import shutil
import subprocess

import pytest

from schedule_windows import sites

ROOT = pathlib.Path(__file__).resolve().parents[2]
FUNCTION = "void f() {{\n{}\n}}\n"
WINDOW = "pass_window(Window::between_cycles);"
SITES = {
    "an addition": "count_.fetch_add(1, std::memory_order_relaxed);",
    "an exchange": "self->flag.exchange(true);",
    "a compare-exchange over two lines": "words_[at(i)].compare_exchange_strong(\n  seen, wanted);",
    "a store that releases": "state.store(Status::stopped, std::memory_order_release);",
    "a store whose order is the default": "state.store(1);",
    "a store whose order is an argument": "value_.store(value, order);",
    "a push onto a lock-free stack": "stacks_->free.bounded_push(packet);",
    "an operator on an atomic": "++counted_;",
}


def found(tmp_path, text):
    path = tmp_path / "unit.cpp"
    path.write_text("std::atomic<int> counted_{0};\n" + text, encoding="utf-8")
    return sites.sites_of(path, "core/unit.cpp")


def check(root):
    command = [ROOT / "tools/check_windows", root]
    done = subprocess.run(command, capture_output=True, encoding="utf-8")
    return done.returncode, done.stdout


def test_each_site_of_the_tree_has_a_window_or_a_proof():
    assert check(ROOT) == (0, "")


def test_the_tree_has_both_kinds():
    windows = [site.window is not None for site in sites.all_sites(ROOT)]
    assert windows.count(True) >= 50 and windows.count(False) >= 30


@pytest.mark.parametrize("name", SITES)
def test_a_site_is_found_and_a_window_beside_it_seen(tmp_path, name):
    code = SITES[name]
    assert [site.window for site in found(tmp_path, FUNCTION.format(code))] == [None]
    for lines in ([WINDOW, code], [code, WINDOW]):
        both = found(tmp_path, FUNCTION.format("\n".join(lines)))
        assert [site.window for site in both] == ["between_cycles"]


@pytest.mark.parametrize(
    "code",
    [
        "state.store(1, std::memory_order_relaxed);",
        "std::exchange(a, b);",
        "// count_.fetch_add(1);",
        "const int counted_ = other;",
        'say("x.exchange(1)");',
        "counted_.load();",
    ],
)
def test_what_publishes_nothing_is_no_site(tmp_path, code):
    assert found(tmp_path, FUNCTION.format(code)) == []


def test_a_window_counts_for_its_neighbours_alone(tmp_path):
    one, two, three = (f"{name}.fetch_add(1);" for name in "abc")
    near = FUNCTION.format("\n".join([one, two, WINDOW, three]))
    assert [site.window is not None for site in found(tmp_path, near)] == [False, True, True]
    far = FUNCTION.format("\n".join([WINDOW, *["work();"] * 9, one]))
    assert [site.window for site in found(tmp_path, far)] == [None]
    elsewhere = FUNCTION.format(WINDOW) + FUNCTION.format(one)
    assert [site.window for site in found(tmp_path, elsewhere)] == [None]


@pytest.fixture
def copy(tmp_path):
    for folder in ("core", "collectors", "tools/schedule_windows"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    return tmp_path


def change(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_site_that_is_added_is_found(copy):
    change(
        copy / "core/cycle/grey_set.cpp",
        "GreySet::~GreySet() = default;",
        "GreySet::~GreySet() { published_.exchange(0); }",
    )
    code, printed = check(copy)
    assert (
        code == 1
        and "core/cycle/grey_set.cpp:" in printed
        and "published_.exchange has no" in printed
    )


def test_a_second_site_with_the_text_of_a_proved_one_is_found(copy):
    change(
        copy / "collectors/cycle/cycle.cpp",
        "\nvoid Cycle::rethrow_failure() const {",
        "\nvoid Cycle::again() { failed_.store(true); }\nvoid Cycle::rethrow_failure() const {",
    )
    code, printed = check(copy)
    assert code == 1 and printed.count("; 1 of 2 such sites are proved") == 2


def test_a_window_that_is_taken_away_is_missed(copy):
    change(
        copy / "core/mutator/safepoint_protocol.hpp",
        "    pass_window(Window::between_work_and_report);\n",
        "",
    )
    code, printed = check(copy)
    assert code == 1 and "handshake.store has no" in printed


def test_a_proof_without_its_site_is_found(copy):
    change(copy / "collectors/cycle/cycle.cpp", "failed_.store(", "failed_.put(")
    said = "collectors/cycle/cycle.cpp: failed_.store is proved 1 times; fewer such sites"
    code, printed = check(copy)
    assert code == 1 and printed.startswith(said)


def test_a_proof_is_a_sentence(copy):
    change(copy / "tools/schedule_windows/proofs.toml", "a fork, which has one thread.", "a fork")
    assert check(copy)[0] == 2
