"""The report says of a run of known times what is known by hand.

Purpose: tools/testing/known_run.toml states the events of a run and every figure of it;
harness_test plays them into the recorder and writes the result folders, in text and with binary
requests, that are read here: digest, statistics, the report's row, the page's data and the exports.
"""

import json
import os
import pathlib
import subprocess

import numpy as np
import pytest
import tomllib

from tricolour_report.compare.rows import groups
from tricolour_report.compare.tidy import tidy_table
from tricolour_report.compare.waits import UNEXPLAINED, waits
from tricolour_report.exports import recorded_times
from tricolour_report.exports.exporting import write_export
from tricolour_report.exports.hdr_histogram import HdrHistogram
from tricolour_report.page.interactive.document import document
from tricolour_report.read import schema
from tricolour_report.read.digest import WINDOWS, digest_run
from tricolour_report.read.experiment import load_experiment
from tricolour_report.read.sweep_folder import Cell, Run
from tricolour_report.read.tables import read_table
from tricolour_report.statistics.quantiles import quantile

ROOT = pathlib.Path(__file__).resolve().parent.parent
KNOWN = tomllib.loads((ROOT / "tools/testing/known_run.toml").read_text(encoding="utf-8"))
BY_HAND = KNOWN["by_hand"]
KEYS = ("collector", "barrier", "workload", "heap")


@pytest.fixture(scope="module")
def folders(request, tmp_path_factory):
    """`known` and `many`, the result folders, in a folder that is a sweep of the first."""
    build = pathlib.Path(request.config.getoption("--build-dir")).resolve()
    sweep = tmp_path_factory.mktemp("sweep")
    words = [build / "harness_test", "[.known_run]"]
    environment = {**os.environ, "TRICOLOUR_KNOWN_RUN": str(sweep)}
    subprocess.run(words, env=environment, check=True, capture_output=True, timeout=120)
    record = json.loads((sweep / "known/run.json").read_text(encoding="utf-8"))
    parameters = {key: record["parameters"][key] for key in KEYS}
    listing = {"block": 0, "path": "known", "status": "ok", "exit_code": 0}
    index = {
        "schema_version": schema.version("index.schema.json"),
        "name": "known",
        "created_utc": "2026-01-02T03:04:05Z",
        "invocations": 1,
        "baseline": {key: parameters[key] for key in ("collector", "barrier")},
        "cells": [{"cell": record["cell"], "parameters": parameters, "runs": [listing]}],
    }
    (sweep / "index.json").write_text(json.dumps(index), encoding="utf-8")
    return sweep


@pytest.fixture(scope="module")
def experiment(folders):
    return load_experiment(folders, pytest.fail)


def digested(folder):
    record = schema.read(folder / "run.json", "run.schema.json")
    return digest_run(Run(Cell("", {}), 0, folder, "ok", 0, record))


def test_every_metric_is_its_value_by_hand(folders):
    found = digested(folders / "known").metrics
    told = {name: found[name] for name in BY_HAND["metrics"]}
    assert told == pytest.approx(BY_HAND["metrics"], rel=1e-12)


def test_pauses_count_by_kind_and_the_oracle_is_none(folders):
    kinds = {kind: lengths.tolist() for kind, lengths in digested(folders / "known").pauses.items()}
    series = kinds.pop("full")[:-1]
    assert sorted(series) == list(range(10, 9951, 10))
    assert kinds == {
        "cycle_begin": [50_000],
        "fallback": [800_000],
        "quantum": [60_000, 80_000],
        "termination": [350_000],
    }


def test_many_requests_are_binary_and_read_whole(folders):
    assert not (folders / "many/requests.csv").exists()
    rows = read_table(folders / "many", "requests")
    wanted = BY_HAND["many"]
    assert len(rows) == wanted["count"] and (rows["weight"] == 1).all()
    digest = digested(folders / "many")
    for p in ("p50", "p99", "p999", "p9999"):
        assert digest.metrics[f"request_{p}"] == wanted[f"{p}_ns"]
    lengths = (rows["end_ns"] - rows["intended_ns"]).to_numpy()
    assert quantile(lengths, 0.9999) == wanted["p9999_ns"]
    # As text the slow ones are the same rows; what is metered depends on the others.
    slow = [
        table.loc[table["end_ns"] - table["intended_ns"] >= 1_000_000, :"weight"]
        .to_numpy()
        .tolist()
        for table in (rows, read_table(folders / "known", "requests"))
    ]
    assert slow[0] == slow[1] and len(slow[0]) == BY_HAND["exported"]["slow"]


def test_weights_count_in_the_quantiles_of_requests(folders):
    count = digested(folders / "known").request_count
    assert count == BY_HAND["run"]["requests"]["count"]
    rows = read_table(folders / "known", "requests")
    lengths = (rows["end_ns"] - rows["intended_ns"]).to_numpy()
    weights = rows["weight"].to_numpy()
    told = BY_HAND["exported"]["requests"]
    assert {str(one): int(weights[lengths == one].sum()) for one in np.unique(lengths)[:3]} == told
    # Ranks 499.3 -> 500, 553.9 -> 554, 888.7 -> 889 and 900.9 -> 901 of 1001: the least of these is
    # longer where each row counts once.
    curve = digested(folders / "known").request_curves["intended"]
    assert curve[[6, 7, 19, 20]].tolist() == [1007, 2031, 2031, 3071]
    # Ten are beyond rank 991.
    assert curve[40] == BY_HAND["run"]["requests"]["p99_ns"] and np.isnan(curve[41])


def test_utilisation_curves_have_the_values_of_the_named_windows(folders):
    digest = digested(folders / "known")
    for window, place in (("1ms", 20), ("10ms", 30), ("100ms", 40), ("1s", 50)):
        told = BY_HAND["run"]["mmu"][window]
        assert digest.mmu[place] == pytest.approx(told, abs=1e-6)
        assert digest.bmu[place] <= digest.mmu[place]
    length = KNOWN["region"]["length_ns"]
    assert (np.isfinite(digest.mmu) == (WINDOWS <= length)).all()
    assert (np.diff(digest.bmu[np.isfinite(digest.bmu)]) >= 0).all()


def test_the_curve_of_pauses_ends_where_ten_are_beyond(folders):
    curve = digested(folders / "known").pause_curve
    # Ranks 1, 901 and 991 of 1001: the shortest of the series has 10 ns.
    assert curve[[0, 20, 40]].tolist() == [10, 9010, 9910] and np.isnan(curve[41])


def test_slow_requests_have_their_causes_and_the_rest_is_unexplained(experiment):
    found = waits(experiment.results[0])
    told = BY_HAND["run"]["requests"]
    assert (found.count, found.total) == (told["slow_count"], told["slow_total_ns"])
    named = dict(found.parts)
    rest = told["slow_total_ns"] - sum(told["slow_causes"].values())
    assert named.pop(UNEXPLAINED) == rest and named == told["slow_causes"]
    assert found.explained == pytest.approx(told["explained_share"], rel=1e-12)
    slowest = BY_HAND["slow"][0]
    assert (found.slowest.thread, found.slowest.length) == (1, slowest["duration_ns"])
    assert found.slowest.start == slowest["start_ns"] - KNOWN["region"]["begin_ns"]


def test_the_row_of_the_report_says_it(experiment):
    row = groups(experiment)[0].rows[0]
    assert {name: getattr(row, name) for name in BY_HAND["row"]} == BY_HAND["row"]


def marks_of(data, figure, panel):
    """Of the only chart of a figure."""
    (chart,) = next(one["charts"] for one in data["figures"] if one["name"] == figure).values()
    return chart["panels"][panel]["marks"]


def test_the_page_has_the_same_figures(experiment):
    data = document(experiment)
    cell, run, pool = data["cells"][0], data["runs"][0], data["pool"]
    cpu, waited = (
        [pool[mark["value"]][0] for mark in marks_of(data, *place)]
        for place in (("time_spent", 0), ("slowest_requests", 1))
    )
    by_hand = BY_HAND["page"]
    operations = BY_HAND["run"]["operations"]
    assert cpu == pytest.approx([s * 1e9 / operations for s in by_hand["cpu"]], rel=5e-4)
    assert sum(waited) == by_hand["longest"]
    assert marks_of(data, "pause_histogram", 0)[0]["events"][0] == KNOWN["series"]["count"] + 1
    digits = {name: float(f"{value:.4g}") for name, value in BY_HAND["metrics"].items()}
    shown = {name: pool[cell["values"][name]][0] for name in digits}
    assert shown == pytest.approx(digits, rel=1e-12)
    assert [start + KNOWN["region"]["begin_ns"] for start, _, _ in run["slow"]] == [
        one["start_ns"] for one in BY_HAND["slow"][:10]
    ]
    assert run["slow"][0][2] == ", ".join(by_hand["slowest"])


def test_the_summary_has_each_metric(experiment):
    rows = tidy_table(experiment).set_index("metric")["value"]
    assert {name: rows[name] for name in BY_HAND["metrics"]} == pytest.approx(
        BY_HAND["metrics"], rel=1e-12
    )


@pytest.fixture
def exported(folders, tmp_path):
    return lambda form: write_export(folders, form, tmp_path / form, lambda text: None)


def test_benchmark_formats_hold_the_metrics(exported):
    entry = json.loads((exported("gbench") / "benchmarks.json").read_text())["benchmarks"][0]
    assert {name: entry[name] for name in BY_HAND["metrics"]} == pytest.approx(
        BY_HAND["metrics"], rel=1e-12
    )
    operations = BY_HAND["run"]["operations"]
    assert entry["iterations"] == operations
    assert entry["real_time"] == pytest.approx(4_000_000_000 / operations, rel=1e-12)
    assert entry["cpu_time"] == pytest.approx(8_000_000_000 / operations, rel=1e-12)
    words = (exported("benchstat") / "benchmarks.txt").read_text().splitlines()[-1].split("\t")
    values = {unit: float(value) for value, unit in (word.split() for word in words[2:])}
    assert values["pause-p99-ns"] == 9910 and values["pause-total-ns"] == 6_395_100
    assert values["request-p99-ns"] == 1_007_615 and values["mmu-10ms"] == 0.48


def last_counts(path):
    """(microseconds, requests up to there) of an .hgrm, the steps in which the count changes."""
    rows = [line.split() for line in path.read_text().splitlines()[2:] if line[0] != "#"]
    return {int(row[2]): float(row[0]) for row in reversed(rows)}


def test_histograms_count_by_weight_and_end_in_microseconds(exported, experiment):
    folder = exported("hgrm")
    pauses, intended = (
        last_counts(next(folder.glob(f"*-{kind}.hgrm"))) for kind in ("pauses", "requests_intended")
    )
    # Buckets are a thousandth wide.
    assert max(pauses) == 1001 and pauses[1001] == pytest.approx(800, rel=1e-3)
    counts = np.cumsum(list(BY_HAND["exported"]["requests"].values())).tolist()
    told = [1.007, 2.031, 3.071]
    assert [intended[count] for count in counts] == pytest.approx(told, rel=1e-3)
    assert max(intended) == 1001 and intended[1001] == pytest.approx(9000, rel=1e-3)
    series = recorded_times.pauses(experiment.results[0].runs[0])
    assert HdrHistogram(series.lengths).total == 1001 and series.lengths.sum() == 6_395_100


def test_logs_of_intervals_have_each_second_with_its_longest(exported):
    """`.hlog`: begin and length of the interval in s, its longest in ms, the histogram."""
    folder = exported("hlog")
    found = {}
    for kind in ("pauses", "requests_intended"):
        lines = next(folder.glob(f"*-{kind}.hlog")).read_text().splitlines()
        assert sum(line.startswith("#") for line in lines) >= 3
        found[kind] = [line.split(",")[:3] for line in lines if line[0].isdigit()]
    assert found["pauses"] == BY_HAND["exported"]["pauses_by_second"]
    assert found["requests_intended"] == BY_HAND["exported"]["requests_by_second"]


def test_a_timeline_has_each_event_where_it_was(exported):
    document = json.loads(next(exported("perfetto").glob("*.json")).read_text())
    origin = document["otherData"]["origin_ns"] - KNOWN["region"]["begin_ns"]
    slices = {
        (one["name"], round(1000 * one["ts"]) + origin, round(1000 * one["dur"]))
        for one in document["traceEvents"]
        if one["ph"] == "X"
    }
    for one in KNOWN["pauses"]["at"]:
        request, _, resume = one["at"]
        assert (f"pause: {one['kind']}", request, resume - request) in slices
    for one in KNOWN["intervals"]["at"]:
        begin, end = one["at"]
        assert ((one["activity"], begin, end - begin) in slices) == (one["activity"] != "blocked")


def test_latencies_for_dacapo_have_a_line_for_each_request(exported):
    folder = exported("dacapo")
    lines = next(folder.rglob("*-intended-0.csv")).read_text().splitlines()
    assert len(lines) == BY_HAND["run"]["requests"]["count"]
    assert "3200000, 3209000" in lines
    assert lines.count("500, 501") == 4, "two mutators, a weight of 2"


def test_pauses_as_a_table_count_from_the_region(exported):
    text = (exported("csv") / "pauses.csv").read_text()
    assert len(text.splitlines()) == 1 + 1001
    assert ",4,fallback,exhausted,all,3150100000,800000,100000,650000,9500,4000" in text
    assert ",3,quantum,allocation_quantum,0,3100920000,80000,20000,70000,8000,8000" in text
