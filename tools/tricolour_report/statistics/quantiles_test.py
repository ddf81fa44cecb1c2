"""Quantiles by nearest rank, which end where the sample does."""

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
    assert curve[0] == 0.0 and curve[20] == 899 and curve[40] == 989


def test_the_tail_is_the_highest_that_is_allowed():
    assert quantiles.tail(np.arange(99)) is None
    assert quantiles.tail(np.arange(100))[0] == 0.9
    assert quantiles.tail(np.arange(1000))[0] == 0.99


@pytest.mark.parametrize("p", [0.0, 0.1, 0.5, 0.9, 0.99, 0.999])
@pytest.mark.parametrize("seed", range(5))
def test_a_quantile_is_the_least_value_that_reaches_its_share(seed, p):
    values = np.random.default_rng(seed).integers(0, 300, 20_000)
    found = quantiles.quantile(values, p)
    assert (values <= found).sum() >= p * len(values) - 1e-3
    assert (values < found).sum() < p * len(values) or found == values.min()
