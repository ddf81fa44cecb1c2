"""What a verified run says of its own checks: how often each ran, and that without a cycle it
checked nothing.
"""

import json
import re
from pathlib import Path

import jsonschema
import pytest

ROOT = Path(__file__).resolve().parents[2]
GCBENCH = ["run", "--workload", "gcbench", "--param", "scale=-4", "--verify"]
RUN = [*GCBENCH, "--heap", "4M", "--operations", 4]
SCHEMA = json.loads((ROOT / "results/schema/run.schema.json").read_text())
PAIRS = [
    words.split()
    for words in (
        *(f"stop_the_world none {sweep}" for sweep in ("eager", "lazy", "parallel")),
        *(f"incremental dijkstra {sweep}" for sweep in ("eager", "lazy", "parallel")),
        *(f"concurrent yuasa {sweep}" for sweep in ("eager", "lazy", "parallel", "concurrent")),
    )
]


@pytest.mark.parametrize("collector, barrier, sweep", PAIRS)
def test_every_check_runs_once_a_cycle(tricolour, collector, barrier, sweep):
    pair = ["--collector", collector, "--barrier", barrier, "--sweep", sweep]
    run = json.loads(tricolour(*RUN, *pair, "--json").stdout)
    jsonschema.validate(run, SCHEMA)
    verify = run["verify"]
    cycles = run["whole_process"]["cycles"]
    assert cycles >= 2
    for what in ("cycles", "colours", "sweeps", "metadata"):
        assert verify[f"{what}_checked"] == cycles
    assert verify["objects_checked_after_sweeps"] > 0
    assert verify["allocations_checked"] >= run["allocated_objects"] > 0
    assert verify["allocations_checked"] > verify["frees_checked"] > 0


def test_the_text_counts_the_checks(tricolour):
    text = " ".join(tricolour(*RUN, "--sweep", "eager").stdout.split())
    cycles = re.search(r"verified +(\d+) cycles, 0 objects lost", text)[1]
    at_termination, after, sweeps, colours, metadata = re.search(
        r"per cycle (.+) objects traced at terminations, (.+) after (\d+) sweeps; "
        r"checked: colours (\d+), metadata (\d+) times",
        text,
    ).groups()
    # An eager sweep ends in the pause of its termination.
    assert at_termination == after
    assert {sweeps, colours, metadata} == {cycles}


def test_a_run_that_is_not_verified_counts_nothing(tricolour):
    words = [word for word in RUN if word != "--verify"]
    run = json.loads(tricolour(*words, "--json").stdout)
    assert set(run["verify"].values()) == {0}


@pytest.mark.parametrize("length", [["--operations", 1], ["--seconds", 0.01]])
def test_a_run_without_a_cycle_has_verified_nothing(tricolour, tmp_path, length):
    words = [*GCBENCH, "--heap", "512M", *length]
    out = tmp_path / "run"
    ended = tricolour(*words, "--json", "--out", out, expect=2)
    for word in ("no cycle ran", "--seconds", "--operations", "--heap"):
        assert word in ended.stderr
    run = json.loads(ended.stdout)
    assert json.loads((out / "run.json").read_text()) == run
    jsonschema.validate(run, SCHEMA)
    assert (run["status"], run["exit_code"], run["verify"]["cycles_checked"]) == ("error", 2, 0)
    assert run["operations"] >= 1 and (out / "verify.csv").exists()
