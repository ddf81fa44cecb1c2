"""A workload's random choices follow --seed: two seeds make two runs, and one seed the same again.

What a run did is its mutation trace. A workload whose mutators start others cannot be recorded:
there it is how many objects all of them allocated.
"""

import hashlib
import json

import pytest

# These choose nothing at random.
WITHOUT_CHOICE = {"gcbench", "binary_trees", "fifo", "quads", "list"}
# One operation of these makes 10^5 objects.
LARGE_OPERATIONS = {"gcbench", "mt_gcbench"}
NOT_RECORDED = {"churn_threads"}


@pytest.fixture
def run(tricolour, tmp_path):
    """Identifies what a short run of a listed workload with `seed` did."""

    def identify(listed, seed):
        workload = listed["name"]
        words = ["run", "--workload", workload, "--heap", "32M", "--seed", seed, "--json"]
        words += ["--operations", 1 if workload in LARGE_OPERATIONS else 40]
        for parameter in listed["parameters"]:
            if "small" in parameter:
                words += ["--param", f"{parameter['name']}={parameter['small']}"]
        if workload in NOT_RECORDED:
            often = ["--verify", "--set", "collector.collect_every=20000"]
            return json.loads(tricolour(*words, *often).stdout)["verify"]["allocations_checked"]
        trace = tmp_path / "trace"
        tricolour(*words, "--force", "--record-mutations", trace)
        return hashlib.sha256(records_of(trace.read_bytes())).hexdigest()

    return identify


def records_of(trace):
    """Without the header, which has the command and so the seed (docs/schema.md)."""
    return trace[72 + int.from_bytes(trace[12:16], "little") :]


def test_every_workload_follows_its_seed(tricolour, run):
    for workload in json.loads(tricolour("list", "workloads", "--json").stdout):
        name = workload["name"]
        first = run(workload, 1)
        assert run(workload, 1) == first, f"{name}: one seed made two runs"
        if name in WITHOUT_CHOICE:
            assert (
                run(workload, 2) == first
            ), f"{name} is said to choose nothing at random, and does"
        else:
            assert run(workload, 2) != first, f"{name}: two seeds made one run"
