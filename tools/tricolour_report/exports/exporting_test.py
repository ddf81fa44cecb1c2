"""Every format holds every timed run, says what failed, and appears whole or not at all."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ..read.experiment import load_experiment
from ..read.tables import read_table
from ..testing.line_grammar import Grammar
from ..testing.synthetic_sweep import write_sweep
from . import exporting
from .exporting import FORMATS

GRAMMARS = Path(__file__).parents[1] / "testing"
PAIRS = (("stop_the_world", "none"), ("incremental", "yuasa"), ("concurrent", "yuasa"))
FAILING = {("incremental", "yuasa", "latency"): "heap_exhausted"}


@pytest.fixture(scope="module")
def sweep(tmp_path_factory):
    """Three combinations, two invocations; one combination failed."""
    return write_sweep(
        tmp_path_factory.mktemp("sweep"), 2, ("latency",), combinations=PAIRS, failing=FAILING
    )


@pytest.fixture
def exported(sweep, tmp_path, command):
    def export(form):
        code, out, error = command("export", sweep, "--format", form, "--out", tmp_path / form)
        assert code == 0 and out.strip() == str(tmp_path / form)
        return tmp_path / form, error

    return export


def files(folder):
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("form", ["hgrm", "hlog"])
def test_histograms_have_a_file_for_each_run_and_kind(exported, form):
    folder, error = exported(form)
    kinds = ("pauses", "requests_simple", "requests_metered_100ms", "requests_metered_full")
    cells = ("latency-stop_the_world-none-2x-00000000", "latency-concurrent-yuasa-2x-00000002")
    assert files(folder) == {
        f"{cell}-{block}-{kind}.{form}" for cell in cells for block in (0, 1) for kind in kinds
    }
    assert (
        error.count("left out latency-incremental-yuasa-2x-00000001") == 2
        and "heap_exhausted" in error
    )


def test_google_benchmark_has_every_metric_and_the_failures(exported, sweep):
    folder, _ = exported("gbench")
    document = json.loads((folder / "benchmarks.json").read_text())
    entries = document["benchmarks"]
    assert len(entries) == 4 and [entry["repetition_index"] for entry in entries] == [0, 1] * 2
    assert entries[0]["name"] == "latency/collector:stop_the_world/barrier:none/heap:2x"
    assert [one["status"] for one in document["failures"]] == ["heap_exhausted"] * 2
    assert all(
        "incremental" in one["name"] and "no room" in one["error_message"]
        for one in document["failures"]
    )
    digest = load_experiment(sweep, print).results[0].digests[0]
    assert entries[0]["real_time"] == digest.record["wall_ns"] / digest.record["operations"]
    assert (
        entries[0]["cpu_time"]
        == sum(digest.record["cpu_ns"].values()) / digest.record["operations"]
    )
    for name in ("pause_max", "held_max"):
        assert entries[0][name] == digest.metrics[name]


def test_benchstat_text_is_of_its_grammar(exported):
    folder, _ = exported("benchstat")
    text = (folder / "benchmarks.txt").read_text()
    assert Grammar(GRAMMARS / "benchstat.grammar").complaint(text) is None
    name = "BenchmarkTricolour/workload=latency/collector=concurrent/barrier=yuasa/heap=2x\t"
    results = [line for line in text.splitlines() if line.startswith(name)]
    assert len(results) == 2 and "nan" not in text
    assert all(f"{name}-max-ns" in results[0] for name in ("pause", "held"))
    assert text.count("--- FAIL: BenchmarkTricolour/workload=latency/collector=incremental") == 2
    assert text.count("cpu: ") == 1  # stated once, since it never changes


@pytest.mark.parametrize(
    "damage",
    [
        ("\t", " "),
        ("Unit ", "unit "),
        (" ns/op", ""),
        ("better=lower", "better"),
        ("--- FAIL: B", "FAIL: B"),
        ("workload=", "workload "),
    ],
)
def test_the_grammar_refuses_what_is_not_benchstat(exported, damage):
    text = (exported("benchstat")[0] / "benchmarks.txt").read_text()
    assert text.replace(*damage, 1) != text
    assert Grammar(GRAMMARS / "benchstat.grammar").complaint(text.replace(*damage, 1)) is not None


def test_dacapo_files_are_of_their_grammar_and_hold_the_latencies(exported, sweep):
    folder, _ = exported("dacapo")
    cell = "latency-concurrent-yuasa-2x-00000002"
    kinds = ("simple", "metered_100ms", "metered")
    assert files(folder / cell) == {
        f"dacapo-latency-usec-{kind}-{block}.csv" for kind in kinds for block in (0, 1)
    }
    for path in folder.rglob("*.csv"):
        assert (
            Grammar(GRAMMARS / "dacapo_latency.grammar").complaint(path.read_text()) is None
        ), path
    rows = np.loadtxt(
        folder / cell / "dacapo-latency-usec-simple-1.csv", delimiter=",", dtype="int64"
    )
    table = read_table(sweep / "runs/00000002/1", "requests")
    weights = table["weight"].to_numpy()
    assert weights.max() > 1 and len(rows) == weights.sum() == 4000
    assert np.array_equal(
        rows[:, 1] - rows[:, 0],
        np.repeat((table["end_ns"] - table["start_ns"]).to_numpy() // 1000, weights),
    )
    metered = np.loadtxt(
        folder / cell / "dacapo-latency-usec-metered-1.csv", delimiter=",", dtype="int64"
    )
    assert (
        np.abs(
            metered[:, 1]
            - metered[:, 0]
            - np.repeat(table["metered_full_ns"].to_numpy(), weights) / 1000
        ).max()
        <= 1.001
    )


@pytest.mark.parametrize(
    "text", ["1,2\n", "1, 2", "1, 2, 3\n", "1.5, 2\n", "start, end\n1, 2\n", ""]
)
def test_the_grammar_refuses_what_dacapo_would_not_write(text):
    assert Grammar(GRAMMARS / "dacapo_latency.grammar").complaint(text) is not None


def test_tidy_tables_can_be_grouped(exported, sweep):
    folder, _ = exported("csv")
    runs, pauses = pd.read_csv(folder / "runs.csv"), pd.read_csv(folder / "pauses.csv")
    longest = pauses.groupby(["collector", "block"])["length_ns"].max()
    told = runs[runs["metric"] == "pause_max"].set_index(["collector", "block"])["value"]
    assert longest.astype(float).to_dict() == told.to_dict()
    assert set(runs[runs["status"] == "heap_exhausted"]["collector"]) == {"incremental"}
    assert set(pd.read_csv(folder / "lower_bound_overhead.csv")["resource"]) == {"wall", "cpu"}


def test_an_existing_output_and_an_unknown_format_are_refused(sweep, tmp_path, command):
    code, _, error = command("export", sweep, "--format", "csv", "--out", tmp_path)
    assert code == 2 and "exists already" in error and not any(tmp_path.iterdir())
    code, _, error = command("export", sweep, "--format", "xml", "--out", tmp_path / "new")
    assert code == 2 and "there are hgrm, hlog" in error and not any(tmp_path.iterdir())
    code, _, error = command("export", sweep, "--format", "csv", "--out", tmp_path / "no" / "place")
    assert code == 2 and "is not a folder" in error


@pytest.mark.parametrize("form", FORMATS)
def test_a_full_disk_leaves_nothing_behind(sweep, tmp_path, command, monkeypatch, form):
    def full(experiment, out, progress):
        (out / "begun").write_text("half")
        raise OSError(28, "No space left on device")

    monkeypatch.setitem(exporting.FORMATS, form, full)
    code, out, error = command(
        "export", sweep, "--format", form, "--out", tmp_path / "new", "--quiet"
    )
    assert code == 1 and out == "" and "No space left" in error and not any(tmp_path.iterdir())


def test_a_sweep_without_requests_has_no_dacapo_files(tmp_path, command):
    folder = write_sweep(tmp_path / "sweep", 1, ("gcbench",), combinations=PAIRS[:1])
    code, _, error = command(
        "export", folder, "--format", "dacapo", "--out", tmp_path / "out", "--quiet"
    )
    assert code == 2 and "recorded a request" in error and not (tmp_path / "out").exists()
