"""What a run says of held mutators is what its tables come to.

Purpose: the definition of `held` once more, in simple words and from the tables alone, for real
runs of collectors that pause, of those that shake hands, and of a workload that starts further
mutators.
"""

import json
import sys
from math import ceil
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))

from tricolour_report.read.tables import read_table

TREES = "--workload binary_trees --operations 10 --mutators"
LOADS = [
    f"{TREES} 2 --collector stop_the_world --barrier none",
    f"{TREES} 1 --collector incremental --barrier yuasa",
    f"{TREES} 2 --collector concurrent --barrier yuasa",
    f"{TREES} 2 --collector concurrent --barrier hybrid --roots ragged",
    "--workload churn_threads --operations 4000 --collector concurrent --barrier yuasa",
]


def stretches(pauses, phases, mutator):
    """Of one mutator, by time: [begin, end] of each."""
    stops = pauses[pauses["mutator"].isin(["all", str(mutator)])]
    own = phases[(phases["role"] == "mutator") & (phases["thread"] == mutator)]
    spans = stops.loc[stops["kind"] != "verify", ["begin_ns", "resume_ns"]].values.tolist()
    spans += own.loc[own["phase"] == "handshake", ["begin_ns", "end_ns"]].values.tolist()
    for begin, end in own.loc[own["phase"] == "paused", ["begin_ns", "end_ns"]].values.tolist():
        if not ((stops["request_ns"] < end) & (stops["resume_ns"] > begin)).any():
            spans.append([begin, end])
    joined = []
    for begin, end in sorted(spans):
        if joined and begin <= joined[-1][1]:
            joined[-1][1] = max(joined[-1][1], end)
        else:
            joined.append([begin, end])
    return joined


@pytest.mark.parametrize("load", LOADS)
def test_what_was_held_is_what_the_tables_come_to(tricolour, tmp_path, load):
    """Operations and not seconds, so that a busy machine collects as often."""
    run = tmp_path / "run"
    tricolour("run", *load.split(), "--heap", "24M", "--out", run)
    record = json.loads((run / "run.json").read_text())
    pauses, phases = read_table(run, "pauses"), read_table(run, "phases")
    lengths = sorted(
        end - begin
        for mutator in range(record["parameters"]["mutators"])
        for begin, end in stretches(pauses, phases, mutator)
        if end > record["start_ns"] and begin < record["end_ns"]
    )
    ranked = lambda per_mille: lengths[ceil(per_mille * len(lengths) / 1000) - 1]
    assert lengths and record["held"] == {
        "count": len(lengths),
        "total_ns": sum(lengths),
        "p50_ns": ranked(500),
        "p99_ns": ranked(990),
        "p999_ns": ranked(999),
        "max_ns": lengths[-1],
    }
