"""Names that last, samples that a seed decides, and mutated copies that compile line by line."""

import itertools

import pytest

from . import sites, tree

FILE = "core/example.cpp"
TEXT = """// A comment (with a bracket.
void f(int n) {
  if (n < 3) shade(n);
  for (int i : all(n)) { a.store(i); b.push(i); }  // both "published"
}
void g() { step(); step(); }
"""


def names(text):
    return [site.mutant.name for site in sites.in_text(FILE, text)]


def test_names_are_unique_and_survive_unrelated_changes():
    before = names(TEXT)
    assert len(set(before)) == len(before)
    assert f"{FILE}:g:drop_step:step();#2" in before
    changed = "int unrelated() { return other(); }\n\n" + TEXT.replace("// A comment", "// Another")
    assert [name for name in names(changed) if ":unrelated:" not in name] == before


def test_a_mutated_copy_keeps_its_lines_and_has_every_mutant_once():
    numbered = list(enumerate(sites.in_text(FILE, TEXT), 1))
    copy = tree.mutated(TEXT, numbered)
    assert copy.count("\n") == TEXT.count("\n")
    for number, site in numbered:
        later = "_later" if site.mutant.operator == "forget_later" else ""
        switch = f"tricolour::mutation::active{later}({number}u)"
        assert copy.count(switch) == 1
        assert switch in copy.splitlines()[site.mutant.line - 1]
    assert len(sites.CppSource(copy).tokens) > len(sites.CppSource(TEXT).tokens)


def test_edits_nest_and_follow_each_other():
    text = "void f() { a(std::min(1, 2)); b(); }\n"
    named = {one.mutant.operator + one.mutant.before[0]: one for one in sites.in_text(FILE, text)}
    chosen = ("drop_stepa", "wrong_bounds", "drop_stepb")
    copy = tree.mutated(text, enumerate((named[one] for one in chosen), 1))
    active = "tricolour::mutation::active"
    assert copy == (
        f"void f() {{ {{ if (!{active}(1u)) {{ a(({active}(2u) ? (std::max(1, 2)) : "
        f"(std::min(1, 2)))); }} }} {{ if (!{active}(3u)) {{ b(); }} }} }}\n"
    )


def test_of_edits_that_begin_together_the_longer_is_outside():
    text = "void f() { a.store(1); b.store(2); }\n"
    chosen = [one for one in sites.in_text(FILE, text) if one.mutant.operator != "forget_later"]
    assert [one.mutant.operator for one in chosen] == ["drop_step"] * 2 + ["swap_publications"]
    copy = tree.mutated(text, enumerate(chosen, 1))
    active = "tricolour::mutation::active"
    assert copy == (
        f"void f() {{ if ({active}(3u)) {{ b.store(2); tricolour::mutation::linger(); "
        f"a.store(1); }} else {{ "
        f"{{ if (!{active}(1u)) {{ a.store(1); }} }} "
        f"{{ if (!{active}(2u)) {{ b.store(2); }} }} }} }}\n"
    )


def test_a_copy_with_no_mutant_is_the_source():
    assert tree.mutated(TEXT, []) == TEXT


def mutant(room, operator, number):
    return sites.Mutant(f"{room}/{operator}/{number}", room, operator, "f", 1, "a", "b")


MANY = [mutant(*one) for one in itertools.product("abc", ("x", "y"), range(50))] + [
    mutant("small", "x", number) for number in range(3)
]


def test_a_sample_is_decided_by_its_seed_and_has_every_room_and_operator():
    sample = sites.sample(MANY, 40, 7)
    assert sample == sites.sample(list(reversed(MANY)), 40, 7) and len(set(sample)) == 40
    assert sample != sites.sample(MANY, 40, 8)
    rooms = [one.room for one in sample]
    assert rooms.count("small") == 3 and min(rooms.count(room) for room in "abc") >= 12
    assert {(one.room, one.operator) for one in sample} >= set(itertools.product("abc", "xy"))


@pytest.mark.parametrize("count", [5, 20])
def test_a_larger_sample_goes_on_from_a_smaller_one(count):
    assert sites.sample(MANY, 40, 7)[:count] == sites.sample(MANY, count, 7)


def test_what_the_compiler_refuses_is_left_out():
    numbered = dict(enumerate(sites.in_text(FILE, TEXT), 1))
    said = (
        f"In file included from x.cpp\nsource/{FILE}:6:3: error: no step\n"
        f"  required from source/{FILE}:3:1\nsource/other.cpp:3:1: error: not ours\n"
    )
    refused = tree.refused_by(said, numbered)
    assert refused == {name for name in names(TEXT) if ":g:" in name}
