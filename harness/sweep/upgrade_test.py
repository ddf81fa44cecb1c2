"""`tricolour upgrade`: runs of schema version 2 become ones of this version; no figure changes."""

import gzip
import json
import shutil

import numpy as np
import pandas as pd
import pytest

CAUSES = {"paused": "pause", "lazy_sweeping": "sweep", "allocation_slow_path": "allocation"}
ACTIVITIES = {"assist": "assisting", "stall": "stalled"}
LACKING = {
    "pauses": ("max_thread_cpu_ns", "by_kind", "quantiles_ns"),
    "stalls": ("max_ns",),
    "assists": ("max_ns",),
    "requests": ("latencies",),
}
ABSENT = ("held", "explicit_wall_ns", "utilisation")


def renamed(times, names):
    return {names.get(name, name): value for name, value in times.items()}


def earlier(record):
    """As version 2 wrote it."""
    record = json.loads(json.dumps(record)) | {"schema_version": 2}
    record["mutator_time_ns"] = [renamed(row, ACTIVITIES) for row in record["mutator_time_ns"]]
    for one in record["requests"]["slow"]:
        one["causes"] = renamed(one["causes"], CAUSES)
    record["requests"]["slow_causes"] = renamed(record["requests"]["slow_causes"], CAUSES)
    for name, members in LACKING.items():
        for member in members:
            del record[name][member]
    for name in ABSENT:
        del record[name]
    return record


def make_earlier(run):
    path = run / "run.json"
    path.write_text(json.dumps(earlier(json.loads(path.read_text())), indent=1) + "\n")
    for table in ("pauses", "requests"):
        if (run / f"{table}.csv").exists():
            rows = pd.read_csv(run / f"{table}.csv")
            rows[rows.columns[:-2]].to_csv(run / f"{table}.csv", index=False)
    if (run / "requests.bin").exists():
        rows = np.fromfile(run / "requests.bin", dtype="<i8").reshape(-1, 7)
        np.ascontiguousarray(rows[:, :5]).tofile(run / "requests.bin")


def files(folder):
    found = {
        path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }
    return {
        path: json.loads(content) if path.name == "run.json" else content
        for path, content in found.items()
    }


@pytest.fixture
def sweep(tricolour, experiment, tmp_path):
    folder = tmp_path / "sweep"
    tricolour("sweep", experiment(seconds=0.3), "--out", folder, "--quiet")
    return folder


def test_an_upgraded_sweep_is_the_one_that_this_version_writes(tricolour, sweep):
    now = files(sweep)
    runs = sorted(sweep.glob("runs/*/*"))
    for run in runs[1:]:
        make_earlier(run)
    refused = tricolour("report", sweep, "--quiet", expect=2).stderr
    assert f"tricolour upgrade {sweep}" in refused and refused.count("\n") == 1
    said = tricolour("upgrade", sweep).stdout
    assert said == (
        f"{sweep}: {len(runs) - 1} runs rewritten to schema version 3, 1 had it, 0 left as they "
        "were\n"
    )
    assert files(sweep) == now
    assert (
        f"0 runs rewritten to schema version 3, {len(runs)} had it"
        in tricolour("upgrade", sweep).stdout
    )


def test_a_damaged_run_is_named_and_left(tricolour, sweep):
    runs = sorted(sweep.glob("runs/*/*"))
    for run in runs:
        make_earlier(run)
    with (runs[0] / "phases.csv").open("a") as table:
        table.write("0,0,mutator,stalling,1,2,0,0\n")
    before = files(runs[0])
    ended = tricolour("upgrade", sweep, expect=1)
    assert f"not upgraded: {runs[0]}: phases.csv:" in ended.stderr
    assert "'stalling' is no phase" in ended.stderr and files(runs[0]) == before
    assert f"{len(runs) - 1} runs rewritten" in ended.stdout and "1 left" in ended.stdout


def test_a_published_folder_keeps_its_figures_and_the_new_ones_are_null(tricolour, sweep):
    records = [json.loads(path.read_text()) for path in sorted(sweep.glob("runs/*/*/run.json"))]
    text = "".join(json.dumps(earlier(record), indent=1) + "\n" for record in records)
    (sweep / "runs.json.gz").write_bytes(gzip.compress(text.encode()))
    shutil.rmtree(sweep / "runs")
    assert f"{len(records)} runs rewritten" in tricolour("upgrade", sweep).stdout
    found, decoder = (
        gzip.decompress((sweep / "runs.json.gz").read_bytes()).decode(),
        json.JSONDecoder(),
    )
    for record in records:
        upgraded, end = decoder.raw_decode(found)
        found = found[end:].lstrip()
        for name, members in LACKING.items():
            assert all(upgraded[name][member] is None for member in members)
            record[name] |= dict.fromkeys(members)
        assert upgraded == record | dict.fromkeys(ABSENT)
    assert found == "" and not list(sweep.glob(".*.plain"))
    assert f"{len(records)} had it" in tricolour("upgrade", sweep).stdout


def test_a_single_run_and_what_is_none(tricolour, sweep, tmp_path):
    run = next(iter(sorted(sweep.glob("runs/*/*"))))
    now = files(run)
    make_earlier(run)
    assert "1 runs rewritten" in tricolour("upgrade", run).stdout and files(run) == now
    assert "is no result folder" in tricolour("upgrade", tmp_path, expect=2).stderr
    (run / "note").write_text("of a person")
    make_earlier(run)
    assert "not a result folder of this program" in tricolour("upgrade", run, expect=1).stderr
    assert (run / "note").read_text() == "of a person"
