"""What memory buys is paired by block, over the workloads that count, and never guessed beyond."""

from math import log2

import pytest

from ..read.experiment import load_experiment
from ..testing.synthetic_sweep import write_sweep
from .memory import NOT_SHOWN, memory

PAIRS = (("stop_the_world", "none"), ("concurrent", "yuasa"))


@pytest.fixture
def rows(tmp_path):
    def at(*heaps, workloads=("gcbench",), change=lambda experiment: None, **how):
        folder = write_sweep(tmp_path / "sweep", 3, workloads, heaps, PAIRS, **how)
        experiment = load_experiment(folder, print)
        change(experiment)
        return {row.combination: row for row in memory(experiment)}

    return at


def throughput(**of_heap):
    """Sets it, for every combination, with a drift that pairing takes out."""

    def change(experiment):
        for result in experiment.results:
            for digest in result.digests:
                value = of_heap["x" + result.cell.heap.replace(".", "_")[:-1]]
                digest.metrics["throughput"] = value * (1 + digest.block)

    return change


def test_steps_are_ratios_of_neighbours_in_the_order_of_the_heaps(rows):
    found = rows("3x", "2x", "4x", change=throughput(x2=100.0, x3=102.0, x4=110.0))
    row = found["concurrent + yuasa"]
    assert [(step.low, step.high) for step in row.steps] == [("2x", "3x"), ("3x", "4x")]
    values = [step.ratio.value for step in row.steps]
    assert values == pytest.approx([1.02, 110 / 102])
    assert all(step.ratio.invocations == 3 for step in row.steps)


@pytest.mark.parametrize(
    "at_3, at_4, price",
    [(110.25, 120.0, "about 2.4x"), (100.0, 105.0, "about 4x"), (101.0, 104.0, "more than 4x")],
)
def test_the_price_of_five_percent_lies_between_heaps_that_were_measured(rows, at_3, at_4, price):
    found = rows("2x", "3x", "4x", change=throughput(x2=100.0, x3=at_3, x4=at_4))
    assert found["stop_the_world + none"].price == price
    assert 2 * 2 ** (log2(1.5) / 2) == pytest.approx(
        2.449, abs=1e-3
    )  # half of the way on logarithms


@pytest.mark.parametrize("mean", [1.2, 1.0])
def test_a_price_is_told_only_where_the_interval_supports_it(rows, mean):
    """By one block a larger heap brings 30 % more than the mean, by the next 30 % less."""

    def change(experiment):
        for result in experiment.results:
            for digest in result.digests:
                rise = mean * (1.3, 1 / 1.3, 1.0)[digest.block]
                digest.metrics["throughput"] = rise if result.cell.heap == "3x" else 1.0

    assert rows("2x", "3x", change=change)["stop_the_world + none"].price == NOT_SHOWN


def test_one_heap_buys_nothing(rows):
    assert rows("2x") == {}


def test_an_open_loop_and_a_failed_cell_do_not_count(rows):
    failing = {("concurrent", "yuasa", "gcbench"): "heap_exhausted"}
    found = rows("2x", "3x", workloads=("gcbench", "latency"), failing=failing, open_loop=True)
    assert found["stop_the_world + none"].workloads == ["gcbench"]
    assert "concurrent + yuasa" not in found
