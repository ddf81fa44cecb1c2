"""Metered latency against its definition, written out."""

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from .request_latency import latencies, metered


def by_definition(begin, end, window):
    n = len(begin)
    result = []
    for i in range(n):
        if window is None:
            s, e = 0, n - 1
        else:
            s = next(j for j in range(n) if begin[j] >= begin[i] - window // 2)
            e = next((j for j in range(n) if begin[j] >= begin[i] + window // 2), n - 1)
        spread = begin[i] if e == s else begin[s] + Fraction((i - s) * (begin[e] - begin[s]), e - s)
        result.append(float(max(end[i] - begin[i], end[i] - spread)))
    return result


@pytest.mark.parametrize("window", [0, 10, 100, None])
@pytest.mark.parametrize("seed", range(10))
def test_metered_latency_is_as_defined(seed, window):
    rng = np.random.default_rng(seed)
    begin = np.sort(rng.integers(0, 500, 40)) + 10**15
    end = begin + rng.integers(1, 50, 40)
    assert metered(begin, end, window) == pytest.approx(by_definition(begin.tolist(), end.tolist(), window), abs=1e-6)


def test_a_pause_also_costs_those_who_would_have_queued():
    begin = np.array([0, 10, 20, 130, 140, 150])
    end = np.array([5, 15, 125, 135, 145, 155])
    assert metered(begin, end, None).max() == 105
    assert metered(begin, end, None)[3] == pytest.approx(45)


def test_intended_latency_appears_only_with_a_schedule():
    frame = pd.DataFrame({"thread": 0, "intended_ns": [0, 5], "start_ns": [0, 9], "end_ns": [2, 10]})
    assert latencies(frame)["intended"].tolist() == [2, 5]
    assert latencies(frame)["simple"].tolist() == [2, 1]
    closed = frame.assign(intended_ns=frame["start_ns"])
    assert "intended" not in latencies(closed)
