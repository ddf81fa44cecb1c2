"""Every figure can be drawn from ordinary and from meagre sweeps, and says what it shows."""

import json

import pytest
from matplotlib import pyplot

from .. import schema
from ..experiment import load_experiment
from ..synthetic_sweep import write_barrier_cost, write_sweep
from .gallery import pictures
from .style import Style

PAIRS = (("stop_the_world", "none"), ("incremental", "steele"), ("concurrent", "yuasa"))


@pytest.fixture(autouse=True)
def close_figures():
    yield
    pyplot.close("all")


def drawn(folder, told=print):
    return {picture.name: picture for picture in pictures(load_experiment(folder, told), told)}


def empty_tables(folder, *names):
    for name in names:
        for path in folder.glob(f"runs/*/*/{name}.csv"):
            path.write_text(",".join(schema.table_columns(name)[0]) + "\n")


def test_every_panel_has_labels_and_nothing_is_drawn_twice(tmp_path):
    folder = write_sweep(tmp_path, 2, ("latency",), ("1.5x", "2x"), combinations=PAIRS, mutators=2)
    write_barrier_cost(folder)
    found = drawn(folder)
    assert len(found) == 11
    for picture in found.values():
        assert picture.reading.endswith(".")
        for axes in picture.figure.axes:
            assert axes.get_xlabel() or not axes.get_visible(), picture.name
        assert any(axes.get_ylabel() or axes.get_yticklabels() for axes in picture.figure.axes)


def test_distributions_are_shown_at_the_reference_heap(tmp_path):
    folder = write_sweep(tmp_path, 1, ("gcbench",), ("1.5x", "2x", "3x"), combinations=PAIRS[:1])
    assert drawn(folder)["utilisation_gcbench"].section == "gcbench at heap 2x"


def test_a_sweep_without_pauses_hiccups_or_cycles_is_drawn(tmp_path):
    folder = write_sweep(tmp_path, 1, ("gcbench",), combinations=PAIRS)
    empty_tables(folder, "pauses", "phases", "heap", "hiccups")
    assert set(drawn(folder)) == {"throughput", "lower_bound_overhead", "utilisation_gcbench", "timeline_gcbench", "time_spent_gcbench"}


def test_a_sweep_in_which_everything_failed_has_no_figure(tmp_path):
    pairs = PAIRS[:2]
    folder = write_sweep(tmp_path, 1, ("gcbench",), combinations=pairs, failing={(*pair, "gcbench"): "crashed" for pair in pairs})
    assert drawn(folder) == {}


def test_a_sweep_without_its_baseline_is_drawn(tmp_path):
    folder = write_sweep(tmp_path, 2, ("gcbench",), combinations=PAIRS[1:])
    assert "throughput" in drawn(folder)


def test_a_damaged_barrier_cost_is_named_and_skipped(tmp_path):
    folder = write_sweep(tmp_path, 1, ("gcbench",), combinations=PAIRS[:1])
    (folder / "barrier_cost.json").write_text("{")
    told = []
    assert "barrier_cost" not in drawn(folder, told.append)
    assert len(told) == 1 and "barrier_cost.json" in told[0]


def test_unknown_collectors_and_barriers_get_looks_of_their_own(tmp_path):
    folder = write_sweep(tmp_path, 1, ("gcbench",), combinations=PAIRS[:1])
    index = json.loads((folder / "index.json").read_text())
    for number, (collector, barrier) in enumerate([("zany", "b"), ("able", "a")]):
        cell = json.loads(json.dumps(index["cells"][0]))
        cell.update(cell=f"new{number}", runs=[])
        cell["parameters"].update(collector=collector, barrier=barrier)
        index["cells"].append(cell)
    (folder / "index.json").write_text(json.dumps(index))
    experiment = load_experiment(folder, print)
    style = Style(experiment)
    looks = [str(style.line(result)) for result in experiment.results]
    assert len({style.colour(r.cell.collector) for r in experiment.results}) == 3
    assert len(set(looks)) == 3
