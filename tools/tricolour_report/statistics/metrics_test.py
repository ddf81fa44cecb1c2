"""Metrics of a run: what it has too few requests to claim is not a number."""

import json
from math import isnan

import numpy as np
import pandas as pd
import pytest

from ..testing.synthetic_sweep import write_sweep
from .metrics import measure

PERCENTILES = {
    "request_p50": 20,
    "request_p99": 1000,
    "request_p999": 10_000,
    "request_p9999": 100_000,
    "request_p99999": 1_000_000,
}
PAUSE_COLUMNS = ("request_ns", "stopped_ns", "length_ns", "thread_cpu_ns")


def metrics(folder, requests):
    """Of a run that says that it had so many requests."""
    write_sweep(folder, 1, ("latency",), combinations=(("concurrent", "yuasa"),))
    (path,) = folder.glob("runs/*/*/run.json")
    record = json.loads(path.read_text(encoding="utf-8"))
    told = {f"{name.removeprefix('request_')}_ns": 1 for name in PERCENTILES}
    record["requests"] |= told | {"count": requests}
    none = np.array([])
    pauses = pd.DataFrame(dict.fromkeys(PAUSE_COLUMNS, none))
    return measure(record, pauses, 0, {}, pd.DataFrame({"weight": none}), none)


@pytest.mark.parametrize("name, enough", PERCENTILES.items())
def test_a_percentile_needs_ten_requests_beyond_it(tmp_path, name, enough):
    assert isnan(metrics(tmp_path / "too_few", enough - 1)[name])
    assert not isnan(metrics(tmp_path / "enough", enough)[name])
