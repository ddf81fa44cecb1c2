"""Each operator of C++ on a small source: what it matches, and what it leaves alone."""

import pytest

from . import sites

EVERYWHERE = "collectors/example.cpp"


def found(body, operator, file=EVERYWHERE, head=""):
    """(before, after) of the operator's mutants in one function."""
    text = f"{head}\nvoid Example::work(int n) {{\n{body}\n}}\n"
    mutants = [site.mutant for site in sites.in_text(file, text)]
    return [(one.before, one.after) for one in mutants if one.operator == operator]


@pytest.mark.parametrize(
    "body, operator, before, after",
    [
        ("if (marking) m.shade(value);", "drop_barrier", "m.shade(value);", "nothing"),
        ("heap_.emit({.cycle = 1});", "drop_event", "heap_.emit({.cycle = 1});", "nothing"),
        ("mutator->retire_holes();", "drop_step", "mutator->retire_holes();", "nothing"),
        ("total_ += n;", "drop_step", "total_ += n;", "nothing"),
        ("for (int i = 0; i < n; ++i) work(i);", "off_by_one", "i < n", "i <= n"),
        (
            "if (count(a) >= b.c(1)) return;",
            "off_by_one",
            "count(a) >= b.c(1)",
            "count(a) > b.c(1)",
        ),
        ("for (auto& one : all()) use(one);", "skip_last", "all()", "all but the last of all()"),
        ("return std::ceil(n);", "wrong_rank", "std::ceil(n)", "std::floor(n)"),
        ("x = std::max<T>(1, n);", "wrong_bound", "std::max<T>(1, n)", "std::min<T>(1, n)"),
        ("x = e.end_ns - t;", "wrong_pairing", "e.end_ns", "e.begin_ns"),
        ("x = n / 1e6;", "wrong_unit", "1e6", "1e9"),
        ("a(1); b.store(2);", "swap_publications", "a(1); b.store(2);", "b.store(2); a(1);"),
    ],
)
def test_an_operator_changes_one_place(body, operator, before, after):
    assert found(body, operator) == [(before, after)]


def test_a_step_may_be_forgotten_from_the_second_cycle_on():
    assert [before for before, _ in found("flush(a);", "forget_later")] == ["flush(a);"]
    assert not found("flush(a);", "forget_later", file="harness/record/recorder.cpp")


ORDERED = "m.write(std::memory_order_release); x = a.load(std::memory_order_seq_cst);"


def test_an_order_is_weakened_by_one_step_in_explored_sources_only():
    explored = found(ORDERED, "weaken_order", head="template <class M, class Write>\n")
    assert [after for _, after in explored] == [
        "m.write(std::memory_order_relaxed)",
        "a.load(std::memory_order_acquire)",
    ]
    assert not found(ORDERED, "weaken_order")


@pytest.mark.parametrize(
    "body",
    [
        "std::scoped_lock lock(lock_);",
        "const int x = f(n);",
        "Type* pointer = f();",
        "std::vector<int> all(n);",
        "World::Exclusive world(heap_, self);",
        "return f(n);",
        "x = std::uint64_t{1} << (n % 64);" "",
        "pass_window(Window::here);",
        "if (faulty(Fault::here)) f(n);",
        "if constexpr (faults_built) { f(n); }",
    ],
)
def test_what_is_no_step_or_does_nothing_here_is_left_alone(body):
    steps = [before for before, _ in found(body, "drop_step")]
    assert steps == ([body] if body.startswith("x = ") else [])


def test_declarations_and_templates_are_no_comparisons():
    assert not found("std::vector<int> a; f<int>(n); x = n << 2; p->q();", "off_by_one")


@pytest.mark.parametrize("operator", ["wrong_bound", "wrong_unit"])
def test_what_is_evaluated_by_the_compiler_is_left_alone(operator):
    constant = "constexpr int a[]{std::max(1, 2), 1'000'000};"
    assert not found(constant, operator)
    assert not found(f"static {constant}", operator)
    assert found(f"if constexpr (b) {{ {constant[10:]} }}", operator)


def test_code_outside_of_functions_is_not_touched():
    text = "struct S {\n  int a = std::max(1, 2);\n  int b{f(1)};\n};\nint c = std::max(1, 2);\n"
    assert not sites.in_text(EVERYWHERE, text)


def test_functions_have_their_names():
    text = (
        "namespace n { class C : public B { C(int a) : a_{a}, b_(a) { f(1); }\n"
        "  template <class T = std::thread> void g() const override { f(2); } }; }\n"
        "auto C::h() -> int { f(3); }\n"
    )
    names = [site.mutant.name.split(":f(")[0] for site in sites.in_text(EVERYWHERE, text)]
    assert [name for name in names if name.endswith("drop_step")] == [
        f"{EVERYWHERE}:{name}:drop_step" for name in ("C::C", "C::g", "C::h")
    ]
