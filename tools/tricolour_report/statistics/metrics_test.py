"""Metrics of a run: what it has too few requests to claim is not a number."""

import json
from math import isnan

import pytest

from ..read import schema
from ..testing.synthetic_sweep import write_sweep
from .metrics import measure

PERCENTILES = {
    "request_p50": 20,
    "request_p99": 1000,
    "request_p999": 10_000,
    "request_p9999": 100_000,
    "request_p99999": 1_000_000,
}


def metrics(folder, requests):
    """Of a run that says that it had so many requests."""
    write_sweep(folder, 1, ("latency",), combinations=(("concurrent", "yuasa"),))
    (path,) = folder.glob("runs/*/*/run.json")
    record = json.loads(path.read_text(encoding="utf-8"))
    told = {f"{name.removeprefix('request_')}_ns": 1 for name in PERCENTILES}
    record["requests"] |= told | {"count": requests}
    return measure(record)


@pytest.mark.parametrize("name, enough", PERCENTILES.items())
def test_a_percentile_needs_ten_requests_beyond_it(tmp_path, name, enough):
    assert isnan(metrics(tmp_path / "too_few", enough - 1)[name])
    assert not isnan(metrics(tmp_path / "enough", enough)[name])


@pytest.mark.parametrize("count, known", [(0, set()), (19, {"max"}), (1000, {"max", "p50", "p99"})])
def test_a_pause_percentile_needs_ten_pauses_beyond_it(tmp_path, count, known):
    write_sweep(tmp_path, 1, ("gcbench",), combinations=(("concurrent", "yuasa"),))
    (path,) = tmp_path.glob("runs/*/*/run.json")
    record = json.loads(path.read_text(encoding="utf-8"))
    record["pauses"]["count"] = count
    found = measure(record)
    assert {p for p in ("max", "p50", "p99") if not isnan(found[f"pause_{p}"])} == known


@pytest.mark.parametrize("count, known", [(0, set()), (9999, {"max"}), (10_000, {"max", "p999"})])
def test_a_percentile_of_what_was_held_needs_ten_beyond_it(tmp_path, count, known):
    write_sweep(tmp_path, 1, ("gcbench",), combinations=(("concurrent", "yuasa"),))
    (path,) = tmp_path.glob("runs/*/*/run.json")
    record = json.loads(path.read_text(encoding="utf-8"))
    record["held"] |= {"count": count, "p999_ns": 7, "max_ns": 9}
    found = measure(record)
    told = {name: found[f"held_{name}"] for name in ("max", "p999")}
    assert {name for name, value in told.items() if not isnan(value)} == known
    assert all(told[name] == {"max": 9, "p999": 7}[name] for name in known)


def test_a_record_of_before_it_was_computed_says_nothing_of_what_was_held(tmp_path):
    write_sweep(tmp_path, 1, ("gcbench",), combinations=(("concurrent", "yuasa"),))
    (path,) = tmp_path.glob("runs/*/*/run.json")
    record = json.loads(path.read_text(encoding="utf-8"))
    assert not isnan(measure(record)["held_max"])
    for without in (record | {"held": None}, {k: v for k, v in record.items() if k != "held"}):
        path.write_text(json.dumps(without), encoding="utf-8")
        found = measure(schema.read(path, schema.RUN))
        assert isnan(found["held_p999"]) and isnan(found["held_max"])


def test_what_an_upgraded_record_lacks_is_not_a_number(tmp_path):
    write_sweep(tmp_path, 1, ("latency",), combinations=(("concurrent", "yuasa"),))
    (path,) = tmp_path.glob("runs/*/*/run.json")
    record = json.loads(path.read_text(encoding="utf-8"))
    record["explicit_wall_ns"] = record["requests"]["latencies"] = None
    record["pauses"]["max_thread_cpu_ns"] = None
    found = measure(record)
    lacking = {"wall_gc", "request_metered_p99", "pause_cpu_max"}
    assert all(isnan(found[name]) for name in lacking) and not isnan(found["pause_max"])


def test_metered_latency_is_read_at_two_nines(tmp_path):
    write_sweep(tmp_path, 1, ("latency",), combinations=(("concurrent", "yuasa"),))
    (path,) = tmp_path.glob("runs/*/*/run.json")
    record = json.loads(path.read_text(encoding="utf-8"))
    form = record["requests"]["latencies"]["metered_100ms"]
    for length, wanted in ((41, 40.0), (40, None)):
        form["quantiles_ns"] = list(range(length))
        found = measure(record)["request_metered_p99"]
        assert isnan(found) if wanted is None else found == wanted


def test_the_final_pause_is_the_mean_of_those_that_end_concurrent_marking(tmp_path):
    write_sweep(tmp_path, 1, ("gcbench",), combinations=(("concurrent", "yuasa"),))
    (path,) = tmp_path.glob("runs/*/*/run.json")
    record = json.loads(path.read_text(encoding="utf-8"))
    kinds = {"cycle_begin": {"count": 5, "total_ns": 5000, "max_ns": 1}}
    ends = {"termination": {"count": 4, "total_ns": 10, "max_ns": 7}}
    for by_kind, wanted in ((kinds | ends, 2.5), (kinds, None), (None, None)):
        record["pauses"]["by_kind"] = by_kind
        found = measure(record)["pause_final"]
        assert isnan(found) if wanted is None else found == wanted
