"""What becomes of a mutant: caught, survived, late, interrupted; and the table of it."""

import json
import sys
from pathlib import Path

import pytest

from tricolour_report.program.errors import UsageProblem
from tricolour_report.program.session import Finished

from . import campaign, checks, equivalents, python_sites, results, sites
from .checks import Check, Programs, culprit_of_pytest, culprit_of_test_program, failed_combination

ROOT = Path(__file__).resolve().parents[2]
# As a test program: it prints its test's name, and what it does depends on the switch.
PROGRAM = """
import os, sys, time
print('<TestCase name="the &lt;test&gt;">', flush=True)
number = os.environ["TRICOLOUR_MUTANT"]
if number == "2":
    time.sleep(600)
sys.exit(number == "1")
"""


def mutant(number, room="core"):
    return sites.Mutant(f"f:{number}", room, "drop_step", "f", number, "a();", "nothing")


@pytest.fixture
def make(tmp_path, monkeypatch):
    check = Check("a_test", (sys.executable, "-c", PROGRAM), culprit_of_test_program)
    monkeypatch.setattr(campaign, "checks_for", lambda programs, mutant: [check])
    monkeypatch.setattr(campaign, "LEAST_TIMEOUT_S", 8.0)
    monkeypatch.setattr(campaign, "GRACE_S", 0.0)
    programs = Programs(tmp_path, tmp_path, tmp_path)
    numbers = {f"f:{number}": number for number in range(10)}
    return lambda: campaign.Campaign(programs, numbers, tmp_path / "out")


def test_who_caught_a_mutant_and_how(make):
    tried = make()
    tried.run([mutant(1), mutant(2), mutant(3)])
    found = tried.decided()
    assert {name: (one["status"], one["hang"]) for name, one in found.items()} == {
        "f:1": ("caught", False),
        "f:2": ("caught", True),
        "f:3": ("survived", False),
    }
    assert found["f:1"]["check"] == "a_test" and found["f:1"]["caught_by"] == "the <test>"


def test_tests_of_python_are_named_by_their_paths_in_the_tree(make, tmp_path, monkeypatch):
    (tmp_path / "room").mkdir()
    test = tmp_path / "room" / "some_test.py"
    test.write_text("def test_it():\n    assert False\n", encoding="utf-8")
    programs = Programs(tmp_path, tmp_path, sys.executable)
    failing = checks.pytest_check(programs, "room", (test,))
    monkeypatch.setattr(campaign, "checks_for", lambda programs, mutant: [failing])
    monkeypatch.setattr(campaign.Campaign, "_nominal", lambda *_: 1.0)
    tried = make()
    tried.run([mutant(1)])
    assert tried.decided()["f:1"]["caught_by"] == "room/some_test.py::test_it"


def test_what_is_decided_is_not_run_again(make, tmp_path):
    make().run([mutant(1)])
    journal = tmp_path / "out" / campaign.JOURNAL
    line = journal.read_text()
    journal.write_text(line.replace('"caught"', '"survived"') + '{"name": "cut o')
    again = make()
    again.run([mutant(1), mutant(3)])
    assert again.decided()["f:1"]["status"] == "survived"
    assert [json.loads(one)["name"] for one in journal.read_text().splitlines()] == ["f:1", "f:3"]


def test_a_check_that_fails_by_itself_ends_the_campaign(make, monkeypatch):
    failing = Check("a_test", (sys.executable, "-c", "import sys; sys.exit(1)"), lambda ended: "")
    monkeypatch.setattr(campaign, "checks_for", lambda programs, mutant: [failing])
    with pytest.raises(campaign.BaselineFailed, match="a_test fails with no mutant on"):
        make().run([mutant(1)])


def decided(status, hang=False, seconds=1.0):
    return {"status": status, "hang": hang, "seconds": seconds, "check": "t", "caught_by": "x"}


def test_the_summary_counts_what_is_judged():
    sample = [mutant(number) for number in range(5)]
    outcome = {
        "f:0": decided("caught"),
        "f:1": decided("caught", hang=True, seconds=90.0),
        "f:2": decided("survived"),
    }
    found = results.collect(sample, outcome, {"f:3": "it changes a prefetch, which is only a hint"})
    assert [row["status"] for row in found.rows] == "caught caught survived equivalent open".split()
    assert found.share_caught() == pytest.approx(2 / 3) and found.median_s() == 45.5
    told = " ".join(found.shortfalls())
    assert "66.7 % caught" in told and "1 caught only by a hang" in told
    assert "45.5 s" in told and "1 of 5 are called equivalent" in told
    text = results.summary(found, {"seed": 7})
    assert "| core | 5 | 2 | 1 | 1 | 1 |" in text and "| f:2 | drop_step | `a();` |" in text
    assert results.table(found).count("\n") == 6


def test_a_target_that_is_reached_has_no_shortfall():
    found = results.collect([mutant(0)], {"f:0": decided("caught")}, {})
    assert found.shortfalls() == []


@pytest.mark.parametrize(
    "text, complaint",
    [
        ('[[equivalent]]\nname = "f:9"\nproof = "x"', "no mutant 'f:9' any more"),
        ('[[equivalent]]\nname = "f:1"\nproof = "short"', "needs a sentence"),
        ('[[equivalent]]\nname = "f:1"', "needs a name and a proof"),
    ],
)
def test_a_mutant_is_called_equivalent_with_a_proof_only(tmp_path, text, complaint):
    (tmp_path / "list.toml").write_text(text)
    with pytest.raises(UsageProblem, match=complaint):
        equivalents.read([mutant(1)], tmp_path / "list.toml")


def test_what_is_called_equivalent_is_a_mutant_of_the_present_sources():
    everything = [site.mutant for site in sites.in_tree(ROOT)] + python_sites.in_tree(ROOT)
    assert equivalents.read(everything)


@pytest.mark.parametrize(
    "room, file, first",
    [
        ("core", "core/unit.cpp", ["core_test unit_test", "core_test", "barriers_test"]),
        ("core", "core/untested.cpp", ["core_test", "barriers_test", "collectors_test"]),
        ("barriers", "barriers/yuasa.hpp", ["barriers_test", "collectors_test", "core_test"]),
        ("harness", "harness/figures/figures.cpp", ["harness_test", "command line"]),
    ],
)
def test_the_fastest_check_comes_first(tmp_path, room, file, first):
    (tmp_path / "core").mkdir()
    (tmp_path / "core/unit_test.cpp").touch()
    tried = sites.Mutant("n", room, "drop_step", file, 1, "a();", "nothing")
    found = [one.name for one in checks.checks_for(Programs(tmp_path, tmp_path, tmp_path), tried)]
    assert found[: len(first)] == first
    assert ("explore yuasa" in found) == (room == "barriers")


def test_names_in_what_checks_say():
    assert culprit_of_pytest(Finished(1, "x\nFAILED a/b_test.py::test_c - no\n", "")) == (
        "a/b_test.py::test_c"
    )
    said = "FAILED (exit 3): b/tricolour run --verify --collector concurrent --barrier yuasa -x"
    assert failed_combination(Finished(3, "", said)) == "exit 3: concurrent/yuasa"
