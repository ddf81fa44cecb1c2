"""A script gets of a run's requests the latencies that the run states of them.

Purpose: the program and the package (tricolour_report.request_latency) have code of their own for
the forms of latency. Both get the same rows here, because `tricolour upgrade` computes latencies of
a run of an earlier version anew from its table.
"""

import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))

from tricolour_report.read.tables import read_table
from tricolour_report.request_latency import latencies
from tricolour_report.statistics.quantiles import by_nines, curve

NAMES = ("thread", "intended_ns", "start_ns", "end_ns", "weight")
RUN = "run --workload latency --param live_mb=4 --heap 16M --operations 1000 --out".split()
EPOCH = 10**18  # so late, a double does not count nanoseconds
ROUNDED = 0.501


def requests_of(seed):
    """Of one to three threads, some due together, with pauses in their first half and a rate that
    rises. An open loop if `seed` is odd, weights beside 1 from 3 on."""
    rng, count, threads = np.random.default_rng(seed), 3000, []
    for thread in range(1 + seed % 3):
        lengths = rng.integers(1000, 40_000, count) * np.where(np.arange(count) < 1000, 2, 1)
        lengths[rng.integers(0, count // 2, 5)] += rng.integers(10**6, 2 * 10**8, 5)
        start = (EPOCH + np.cumsum(lengths + 100) - lengths) // 1000 * 1000
        late = rng.integers(0, 9, count) * 1000 if seed % 2 else 0
        weight = rng.integers(1, 17, count) if seed >= 3 else 1
        columns = (thread, start - late, start, start + lengths, weight)
        threads.append(pd.DataFrame(dict(zip(NAMES, columns))))
    return pd.concat(threads, ignore_index=True)


@pytest.mark.parametrize("seed", range(6))
def test_a_script_gets_the_latencies_that_the_program_computes(tricolour, tmp_path, seed):
    run = tmp_path / "run"
    tricolour(*RUN, run)
    record = json.loads((run / "run.json").read_text())
    (run / "run.json").write_text(json.dumps(record | {"schema_version": 2}))
    requests_of(seed).to_csv(run / "requests.csv", index=False)
    tricolour("upgrade", run)

    rows = read_table(run, "requests")
    stated = json.loads((run / "run.json").read_text())["requests"]["latencies"]
    found = latencies(rows)
    assert stated.keys() == found.keys() and ("intended" in found) == seed % 2
    for form in ("metered_100ms", "metered_full"):
        assert found[form] == pytest.approx(rows[f"{form}_ns"].to_numpy(), abs=ROUNDED)
        assert (found[form] > found["simple"] + 10**6).any(), "no pause is charged to others"
    for form, values in found.items():
        assert stated[form]["max_ns"] == pytest.approx(values.max(), abs=ROUNDED)
        quantiles, of_all = by_nines(stated[form]), curve(np.repeat(values, rows["weight"]))
        known = np.isfinite(quantiles)
        assert known.sum() > 40
        assert quantiles[known] == pytest.approx(of_all[known], abs=ROUNDED)
