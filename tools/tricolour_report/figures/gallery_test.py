"""Every figure can be drawn from ordinary and from meagre sweeps, and says what it shows."""

import json

import pandas as pd
import pytest
from matplotlib import pyplot

from ..read import schema
from ..read.experiment import load_experiment
from ..testing.synthetic_barrier_cost import write_barrier_cost
from ..testing.synthetic_figures import restate
from ..testing.synthetic_sweep import write_sweep
from .gallery import pictures
from .style import MARKERS, Style, nines_axis, panels

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
    for path in folder.glob("runs/*/*"):
        restate(path)


def test_every_panel_has_labels_and_nothing_is_drawn_twice(tmp_path):
    folder = write_sweep(tmp_path, 2, ("latency",), ("1.5x", "2x"), combinations=PAIRS, mutators=2)
    write_barrier_cost(folder)
    found = drawn(folder)
    assert len(found) == 14
    for picture in found.values():
        assert picture.reading.endswith(".")
        for axes in picture.figure.axes:
            assert axes.get_xlabel() or not axes.get_visible(), picture.name
        assert any(axes.get_ylabel() or axes.get_yticklabels() for axes in picture.figure.axes)


def test_distributions_are_shown_at_the_reference_heap(tmp_path):
    folder = write_sweep(tmp_path, 1, ("gcbench",), ("1.5x", "2x", "3x"), combinations=PAIRS[:1])
    assert drawn(folder)["utilisation_gcbench"].section == "gcbench at heap 2x"


def test_a_sweep_without_pauses_delays_or_cycles_is_drawn(tmp_path):
    folder = write_sweep(tmp_path, 1, ("gcbench",), combinations=PAIRS)
    empty_tables(folder, "pauses", "phases", "heap", "bystander")
    assert set(drawn(folder)) == {
        "throughput",
        "lower_bound_overhead",
        "utilisation_gcbench",
        "time_spent_gcbench",
    }


def test_a_collector_that_never_pauses_has_a_timeline(tmp_path):
    folder = write_sweep(tmp_path, 1, ("gcbench",), combinations=PAIRS)
    empty_tables(folder, "pauses")
    assert "timeline_gcbench" in drawn(folder)


@pytest.mark.parametrize("form", ["simple", "metered, 100 ms"])
def test_the_longest_pause_of_a_run_is_seen_in_request_latency(tmp_path, form):
    """A curve that ends at 1 - 10/n does not reach the few requests that met a pause."""
    folder = write_sweep(tmp_path, 3, ("latency",), combinations=PAIRS[:1], cycles=3)
    for path in folder.glob("runs/*/*/requests.csv"):
        rows = pd.read_csv(path)
        rows["end_ns"] = rows["start_ns"] + 2_000
        rows.loc[1000, "end_ns"] += 90_000_000
        rows["metered_100ms_ns"] = rows["metered_full_ns"] = rows["end_ns"] - rows["start_ns"]
        rows.to_csv(path, index=False)
        restate(path.parent)
    figure = drawn(folder)["request_latency_latency"].figure
    (axes,) = [axes for axes in figure.axes if axes.get_title(loc="left").startswith(form)]
    low, high = axes.get_ylim()
    seen = [(x, y) for line in axes.get_lines() for x, y in zip(*line.get_data()) if y >= 90e6]
    assert seen and high >= 90e6 and max(x for x, _ in seen) == 4000 <= axes.get_xlim()[1]


@pytest.mark.parametrize("count", [100, 10_000, 10**6, 10**8])
def test_ticks_of_nines_do_not_meet(count):
    figure, (axes,) = panels(1, width=4.6)
    nines_axis(axes, (1, count))
    figure.canvas.draw()
    boxes = [tick.get_window_extent() for tick in axes.get_xticklabels()]
    assert axes.get_xlim() == (1, count) and len(boxes) >= 3
    assert all(left.x1 < right.x0 for left, right in zip(boxes, boxes[1:]))


def test_a_sweep_of_one_cell_has_room_for_every_legend(tmp_path, recwarn):
    for picture in drawn(write_sweep(tmp_path, 1, ("latency",), combinations=PAIRS[:1])).values():
        picture.figure.draw_without_rendering()
    assert [str(one.message) for one in recwarn if "constrained_layout" in str(one.message)] == []


def test_a_starved_cell_is_hollow(tmp_path):
    folder = write_sweep(tmp_path, 2, ("gcbench",), combinations=PAIRS, cycles_of={PAIRS[2]: 1})
    (axes,) = drawn(folder)["throughput"].figure.axes
    faces = [
        line.get_markerfacecolor() for line in axes.get_lines() if line.get_marker() in MARKERS
    ]
    assert faces[-1] == "white" and "white" not in faces[:-1]


def test_a_sweep_in_which_everything_failed_has_no_figure(tmp_path):
    pairs = PAIRS[:2]
    folder = write_sweep(
        tmp_path,
        1,
        ("gcbench",),
        combinations=pairs,
        failing={(*pair, "gcbench"): "crashed" for pair in pairs},
    )
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
    series = [style.series(result) for result in experiment.results]
    looks = {(one.colour, one.dash, one.width) for one in series}
    assert len({style.colour(r.cell.barrier) for r in experiment.results}) == 3
    assert len(looks) == 3
