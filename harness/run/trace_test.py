"""The timelines of `tricolour run --trace` and `tricolour export --format perfetto`: they nest, and
tell the same.

The binary is $TRICOLOUR, or build/release/tricolour of this checkout.
"""

import json
import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TRICOLOUR = os.environ.get("TRICOLOUR", str(ROOT / "build" / "release" / "tricolour"))
RUN = ["run", "--workload", "binary_trees", "--param", "depth=10", "--heap", "8M"]
CONCURRENT = [*RUN, "--collector", "concurrent", "--barrier", "yuasa"]


def tricolour(*words, expect=0):
    result = subprocess.run(
        [TRICOLOUR, *map(str, words)], capture_output=True, text=True, timeout=120
    )
    assert (
        result.returncode == expect
    ), f"{words}: exit {result.returncode}\n{result.stdout}\n{result.stderr}"
    return result


def nanoseconds(event):
    begin = round(event["ts"] * 1000)
    return begin, begin + round(event["dur"] * 1000)


def crossings(document):
    """Slices that neither nest in another one of their row nor stand beside it."""
    open_slices, found = {}, []
    slices = [event for event in document["traceEvents"] if event["ph"] == "X"]
    for event in sorted(slices, key=lambda event: (nanoseconds(event)[0], -nanoseconds(event)[1])):
        begin, end = nanoseconds(event)
        ends = open_slices.setdefault(event["tid"], [])
        while ends and ends[-1] <= begin:
            ends.pop()
        if ends and end > ends[-1]:
            found.append(event)
        ends.append(end)
    return found


@pytest.mark.parametrize(
    "words",
    [
        RUN,
        [*RUN, "--collector", "incremental", "--barrier", "dijkstra", "--mutators", "2"],
        [*CONCURRENT, "--sweep", "concurrent"],
        [*CONCURRENT, "--mutators", "2", "--verify"],
    ],
)
def test_a_timeline_nests(tmp_path, words):
    trace = tmp_path / "trace.json"
    tricolour(*words, "--operations", 200, "--trace", trace)
    document = json.loads(trace.read_text())
    assert document["otherData"]["command"].startswith("tricolour run")
    events = document["traceEvents"]
    rows = {event["tid"]: event["args"]["name"] for event in events if event["ph"] == "M"}
    slices = [event for event in events if event["ph"] == "X"]
    assert {"run", "mutator 0"} <= set(rows.values()) and {
        event["tid"] for event in slices
    } <= rows.keys()
    assert any(event["name"] == "marking" and event["args"]["cycle"] > 0 for event in slices)
    assert any(event["name"].startswith("pause: ") and event["args"]["cause"] for event in slices)
    assert all(event["ts"] >= 0 for event in events if event["ph"] != "M")
    assert crossings(document) == []


def told(document, kinds):
    """What a timeline tells at which moment, without the rows.

    And without `blocked`, which the tables do not have.
    """
    origin = document["otherData"]["origin_ns"]
    return sorted(
        (
            event["ph"],
            event["name"],
            origin + round(event["ts"] * 1000),
            round(event.get("dur", 0) * 1000),
            json.dumps(event["args"]),
        )
        for event in document["traceEvents"]
        if event["ph"] in kinds and event["name"] != "blocked"
    )


@pytest.mark.parametrize(
    "words", [[*RUN, "--mutators", "2"], [*CONCURRENT, "--mutators", "2", "--sweep", "concurrent"]]
)
def test_an_exported_timeline_agrees_with_that_of_the_run(tmp_path, words):
    sweep = tmp_path / "sweep"
    tricolour(
        *words, "--operations", 200, "--trace", tmp_path / "trace.json", "--out", sweep / "run"
    )
    run = json.loads((sweep / "run" / "run.json").read_text())
    listing = {"block": 0, "path": "run", "status": "ok", "exit_code": 0}
    parameters = {
        key: run["parameters"][key] for key in ("collector", "barrier", "workload", "heap")
    }
    index = {
        "schema_version": 1,
        "name": "one",
        "created_utc": "",
        "baseline": {"collector": "stop_the_world", "barrier": "none"},
        "invocations": 1,
        "cells": [{"cell": run["cell"], "parameters": parameters, "runs": [listing]}],
    }
    (sweep / "index.json").write_text(json.dumps(index))
    tricolour("export", sweep, "--format", "perfetto", "--out", tmp_path / "export", "--quiet")
    exported = json.loads(next((tmp_path / "export").iterdir()).read_text())
    recorded = json.loads((tmp_path / "trace.json").read_text())
    assert told(exported, "XC") == told(recorded, "XC") and len(told(exported, "X")) > 10
    assert crossings(exported) == []
    assert exported["otherData"]["command"] == recorded["otherData"]["command"]
    names = [
        {event["args"]["name"] for event in one["traceEvents"] if event["ph"] == "M"}
        for one in (exported, recorded)
    ]
    assert {"run", "collector"} <= names[0] and names[0] - {"collector"} <= names[1]


def test_an_existing_timeline_is_refused(tmp_path):
    trace = tmp_path / "trace.json"
    trace.write_text("mine")
    assert "--force" in tricolour(*RUN, "--operations", 1, "--trace", trace, expect=2).stderr
    assert trace.read_text() == "mine"
    tricolour(*RUN, "--operations", 1, "--trace", trace, "--force")
    assert json.loads(trace.read_text())
    assert (
        "cannot write"
        in tricolour(
            *RUN, "--operations", 1, "--trace", tmp_path / "none" / "trace.json", expect=1
        ).stderr
    )
