"""Weighted quantiles are those of the values written out, and end where the sample does."""

import numpy as np
import pytest

from . import quantiles


@pytest.mark.parametrize(
    "n, p, defined",
    [(19, 0.5, False), (20, 0.5, True), (999, 0.99, False), (1000, 0.99, True), (0, 0.5, False)],
)
def test_a_quantile_needs_ten_values_beyond_it(n, p, defined):
    assert np.isfinite(quantiles.quantile(np.arange(n), p)) == defined


def test_the_curve_stops_at_its_limit():
    curve = quantiles.curve(np.arange(1000.0))
    assert np.isfinite(curve[quantiles.PROBABILITIES <= 0.99]).all()
    assert np.isnan(curve[quantiles.PROBABILITIES > 0.9901]).all()
    assert curve[0] == 0.0


def test_the_tail_is_the_highest_that_is_allowed():
    assert quantiles.tail(np.arange(99)) is None
    assert quantiles.tail(np.arange(100))[0] == 0.9
    assert quantiles.tail(np.arange(1000))[0] == 0.99


@pytest.mark.parametrize("p", [0.0, 0.1, 0.5, 0.9, 0.99, 0.999])
@pytest.mark.parametrize("seed", range(5))
def test_a_quantile_is_the_least_value_that_reaches_its_share(seed, p):
    rng = np.random.default_rng(seed)
    values, weights = rng.integers(0, 300, 20_000), rng.integers(1, 9, 20_000)
    found = quantiles.quantile(values, p, weights)
    assert weights[values <= found].sum() >= p * weights.sum() - 1e-3
    assert weights[values < found].sum() < p * weights.sum() or found == values.min()


@pytest.mark.parametrize("n", [20, 1000, 12_345])
def test_weights_count_as_repeated_values(n):
    rng = np.random.default_rng(n)
    values, weights = rng.permutation(np.arange(n)), rng.integers(1, 50, n)
    weighted = quantiles.curve(values, weights)
    written_out = quantiles.curve(np.repeat(values, weights))
    both = np.isfinite(weighted)
    assert both.any() and (weighted[both] == written_out[both]).all()


def test_a_value_that_stands_for_many_is_one_observation():
    values, weights = np.arange(1000.0), np.full(1000, 1000)
    assert np.isnan(quantiles.quantile(values, 0.999, weights))
    weights[-100:] = 1  # the longest have rows of their own
    assert quantiles.quantile(values, 0.9999, weights) == pytest.approx(900, abs=11)
