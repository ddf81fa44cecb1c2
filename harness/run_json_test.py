"""What `run --json` and `doctor --json` say of a run and of the machine under it, and that the text says the same.

Purpose: figures that only a whole run has. The binary is $TRICOLOUR, or build/release/tricolour of this checkout.
"""

import json
import os
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TRICOLOUR = os.environ.get("TRICOLOUR", str(ROOT / "build" / "release" / "tricolour"))
RUN = ["run", "--workload", "binary_trees", "--param", "depth=10", "--heap", "8M"]


def said(*words):
    return subprocess.run([TRICOLOUR, *map(str, words)], capture_output=True, text=True, timeout=120, check=True).stdout


def test_json_has_every_figure():
    run = json.loads(said(*RUN, "--operations", 20, "--json"))
    assert run["status"] == "ok" and run["operations"] == 20 and run["cycles"] > 0
    assert run["pauses"]["count"] > 0 and run["pauses"]["max_ns"] >= run["pauses"]["p99_ns"] >= run["pauses"]["p50_ns"] > 0
    partition = {key: value for key, value in run["mutator_time_ns"][0].items() if key != "mutator"}
    assert sum(partition.values()) == run["wall_ns"]


def test_resident_memory_and_bystander_are_always_there():
    run = json.loads(said(*RUN, "--seconds", 0.5, "--record", "off", "--json"))
    assert run["heap"]["peak_resident"] > run["heap"]["size"]
    bystander = run["bystander"]
    assert 0 < bystander["count"] <= 501 and bystander["max_ns"] >= bystander["p99_ns"] >= bystander["p50_ns"] >= 0
    assert re.search(r"^  bystander +delay p50 ", said(*RUN, "--seconds", 0.1, "--record", "off"), re.M)


def test_counters_are_plausible_or_say_why_there_are_none():
    run = json.loads(said(*RUN, "--seconds", 0.5, "--json"))
    counters = dict(run["counters"])
    unavailable = counters.pop("unavailable")
    assert {name for name, value in counters.items() if value is None} == unavailable.keys() and all(unavailable.values())
    if counters["task_clock_ns"] is not None:
        assert 0.7 < counters["task_clock_ns"] / sum(run["cpu_ns"].values()) < 1.3
    if counters["page_faults"] is not None:
        assert counters["page_faults"] * os.sysconf("SC_PAGESIZE") < run["heap"]["size"] / 2, "the heap's pages are touched before the region"
    text = said(*RUN, "--seconds", 0.1)
    assert all(name.removesuffix("_ns").replace("task_clock", "task clock") in text for name in counters)
    assert json.loads(said("doctor", "--json"))["performance_counters"].keys() == counters.keys()
