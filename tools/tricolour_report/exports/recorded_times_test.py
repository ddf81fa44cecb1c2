"""Pauses and requests of a run as series, also where requests have a schedule."""

import pandas as pd
import pytest

from ..read import schema
from ..read.sweep_folder import open_sweep
from ..testing.synthetic_sweep import write_sweep
from .recorded_times import pauses, requests


@pytest.fixture
def run(tmp_path):
    folder = write_sweep(tmp_path, 1, ("latency",), combinations=(("concurrent", "yuasa"),))
    return open_sweep(folder).runs[0]


def test_simple_latency_begins_at_the_start_and_the_others_at_the_schedule(run):
    at = run.record["start_ns"]
    rows = [(0, at + 50, at + 70, at + 90, 1, 40, 41), (1, at + 10, at + 10, at + 25, 4, 15, 16)]
    pd.DataFrame(rows, columns=schema.table_columns("requests")[0]).to_csv(
        run.folder / "requests.csv", index=False
    )
    found = {series.name: series for series in requests(run)}
    assert set(found) == {
        "requests_simple",
        "requests_intended",
        "requests_metered_100ms",
        "requests_metered_full",
    }
    assert found["requests_simple"].begins.tolist() == [10, 70] and found[
        "requests_simple"
    ].lengths.tolist() == [15, 20]
    assert found["requests_intended"].begins.tolist() == [10, 50] and found[
        "requests_intended"
    ].lengths.tolist() == [15, 40]
    assert found["requests_metered_100ms"].lengths.tolist() == [15, 40]
    assert found["requests_metered_full"].lengths.tolist() == [16, 41]
    assert all(series.ends.tolist() == [25, 90] for series in found.values())
    assert all(series.weights.tolist() == [4, 1] for series in found.values())


def test_pauses_count_from_the_regions_start(run):
    series = pauses(run)
    assert len(series.lengths) == 24 and (series.ends - series.begins == series.lengths).all()
    assert (
        0 < series.begins.min()
        and series.ends.max() <= run.record["end_ns"] - run.record["start_ns"]
    )
