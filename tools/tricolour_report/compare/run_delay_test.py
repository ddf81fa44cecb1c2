"""A page warns where mutators could run and had no core, and nowhere else."""

import pytest

from ..read.experiment import load_experiment
from ..testing.synthetic_sweep import changed_records, write_sweep
from .run_delay import delayed, sentence

PAIRS = (("stop_the_world", "none"), ("concurrent", "yuasa"))


@pytest.fixture
def told(tmp_path):
    """`concurrent` of two runs, with these shares of its mutators' time as run delay."""
    folder = write_sweep(tmp_path, 2, ("gcbench",), combinations=PAIRS)

    def tell(*shares):
        for record, part in zip(changed_records(folder, "00000001/*"), shares):
            for mutator in record["mutator_time_ns"]:
                delay = int(part * record["wall_ns"])
                mutator.update(run_delay=delay, running=mutator["running"] - delay)
        return load_experiment(folder, print)

    return tell


def test_a_cell_without_delay_is_not_told(told):
    assert sentence(told(0.0, 0.0)) == ""
    assert sentence(told(0.01, 0.08)) == ""  # 4.5 % on average


def test_the_most_delayed_cell_is_named_with_its_mean_share(told):
    experiment = told(0.2, 0.3)
    (one,) = delayed(experiment)
    assert one.share == pytest.approx(0.25, abs=1e-6)
    text = sentence(experiment)
    assert text.startswith("In 1 of 2 cells") and "25.0 %, of concurrent" in text
    assert "gcbench, heap 2x" in text
