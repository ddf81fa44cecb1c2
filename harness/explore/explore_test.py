"""`tricolour explore` as its users meet it: verdicts, counterexamples, the page, exit codes.

The binary is $TRICOLOUR, or build/release/tricolour of this checkout. What the explorer must find
is tested beside the barriers.
"""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TRICOLOUR = os.environ.get("TRICOLOUR", str(ROOT / "build" / "release" / "tricolour"))
SMALL = ["--mutators", "1", "--operations", "2"]


def explore(*words, expect=0):
    result = subprocess.run(
        [TRICOLOUR, "explore", *map(str, words)], capture_output=True, text=True, timeout=120
    )
    assert (
        result.returncode == expect
    ), f"{words}: exit {result.returncode}\n{result.stdout}\n{result.stderr}"
    return result


@pytest.mark.parametrize("memory", ["sc", "tso", "ra"])
def test_a_sound_barrier(memory):
    text = explore("--barrier", "yuasa", "--memory", memory, *SMALL).stdout
    assert "no lost object within these bounds" in text and "every state was visited" in text
    found = json.loads(explore("--barrier", "yuasa", "--memory", memory, "--json", *SMALL).stdout)
    assert found["exhausted"] and found["counterexample"] is None
    assert found["memory"] == memory and found["cycles"] == 2
    assert found["transitions"] > found["states"] > 100 and found["interleavings_at_least"] >= 1


def test_several_threads_mark():
    words = ["--barrier", "yuasa", "--mark-threads", 2, "--assists", *SMALL]
    text = explore(*words).stdout
    assert "2 mark threads, and mutators assist" in text and "every state was visited" in text
    found = json.loads(explore(*words, "--json").stdout)
    alone = json.loads(explore("--barrier", "yuasa", "--json", *SMALL).stdout)
    assert (found["mark_threads"], found["assists"]) == (2, True)
    assert (alone["mark_threads"], alone["assists"]) == (1, False)
    assert found["states"] > alone["states"]


def test_a_counterexample_is_a_table():
    text = explore("--barrier", "none", *SMALL, expect=3).stdout
    verdict = re.search(r"object (\w) is lost, in (\d+) steps\. From step (\d+) on", text)
    lost, steps, broken = verdict[1], int(verdict[2]), int(verdict[3])
    rows = re.findall(r"^(\d+)( !)? .*$", text.split("to be marked\n")[1], re.MULTILINE)
    assert [int(number) for number, _ in rows] == list(range(steps + 1))
    assert [int(number) for number, mark in rows if mark] == [broken]
    assert f"{lost}:white" in text


def test_a_counterexample_for_machines():
    found = json.loads(
        explore(
            "--barrier", "yuasa", "--protocol", "white-allocation", "--json", *SMALL, expect=3
        ).stdout
    )
    example = found["counterexample"]
    assert not found["exhausted"] and found["interleavings_at_least"] is None
    assert 1 <= example["broken_at"] <= len(example["steps"])
    last = example["steps"][-1]["heap"]
    assert example["lost"] in [one["name"] for one in last["objects"]]
    assert {step["thread"] for step in example["steps"]} <= {"collector", "mutator 1"}
    assert {"name", "colour", "slots", "dirty"} <= last["objects"][0].keys()
    assert {"roots", "shade_buffer", "store_buffer", "operation"} <= last["mutators"][0].keys()


def test_the_page_needs_nothing_else(tmp_path):
    page = tmp_path / "counterexample.html"
    found = json.loads(
        explore("--barrier", "none", "--html", page, "--json", *SMALL, expect=3).stdout
    )
    text = page.read_text()
    assert not re.search(r"(src|href)\s*=|@import|url\(http", text)
    inside = json.loads(
        re.search(r'<script type="application/json" id="report">(.*?)</script>', text, re.DOTALL)[
            1
        ].replace("<\\/", "</")
    )
    assert inside["counterexample"] == found["counterexample"]


def test_no_counterexample_no_page(tmp_path):
    page = tmp_path / "page.html"
    assert "no counterexample" in explore("--barrier", "dijkstra", "--html", page, *SMALL).stderr
    assert not page.exists()


def test_what_one_slot_cannot_show_is_told():
    said = "--slots 2 can"
    assert said in explore("--barrier", "yuasa", *SMALL).stdout
    assert said in explore("--barrier", "yuasa", "--budget", 100, *SMALL).stdout
    two_slots = ["--mutators", 1, "--operations", 1, "--slots", 2]
    assert said not in explore("--barrier", "yuasa", *two_slots).stdout


def test_the_budget_is_told():
    assert (
        "the budget was reached" in explore("--barrier", "dijkstra", "--budget", 100, *SMALL).stdout
    )


def test_variants_of_the_protocol():
    explore("--barrier", "hybrid", "--protocol", "ragged", *SMALL)
    explore(
        "--barrier", "yuasa", "--protocol", "ragged", "--mutators", 1, "--operations", 3, expect=3
    )
    explore("--barrier", "dijkstra", "--protocol", "no-rescan", *SMALL, expect=3)
    explore("--barrier", "dijkstra", "--protocol", "handshake-end", *SMALL)
    explore(
        "--barrier", "dijkstra", "--protocol", "handshake-end,white-allocation", *SMALL, expect=3
    )


@pytest.mark.parametrize(
    "words, reason",
    [
        (["--barrier", "yuasaa"], "yuasa"),
        (["--barrier", "yuasa", "--memory", "arm"], "tso"),
        (["--barrier", "yuasa", "--protocol", "raged"], "ragged"),
        (["--barrier", "yuasa", "--repertoire", "jump"], "exchange"),
        (["--barrier", "yuasa", "--mutators", "4"], "1 to 3"),
        (["--barrier", "yuasa", "--objects", "1"], "2 to 4"),
        (["--barrier", "yuasa", "--budget", "0"], "budget"),
        (["--barrier", "boehm_cards", "--protocol", "handshake-end"], "stop"),
        ([], "--barrier"),
    ],
)
def test_wrong_usage(words, reason):
    assert reason in explore(*words, expect=2).stderr
