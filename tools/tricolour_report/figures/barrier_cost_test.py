"""Reading Google Benchmark's file."""

import json

import pytest

from ..program.errors import DamagedRun
from ..testing.synthetic_barrier_cost import write_barrier_cost
from .barrier_cost import OPERATIONS, chart_of, read_costs


def test_repetitions_are_read_and_aggregates_are_not(tmp_path):
    write_barrier_cost(tmp_path, repetitions=4)
    costs = read_costs(tmp_path / "barrier_cost.json")
    assert list(costs) == ["none", "dijkstra", "yuasa", "hybrid"]
    assert list(costs["none"]) == ["off"]
    assert len(costs["yuasa"]["full"]["ns"]) == len(costs["yuasa"]["full"]["instructions"]) == 4


def test_units_and_suffixes_of_names_are_understood(tmp_path):
    entry = {
        "name": "store/yuasa/full/repeats:2",
        "run_type": "iteration",
        "cpu_time": 0.004,
        "real_time": 9,
        "time_unit": "us",
    }
    (tmp_path / "cost.json").write_text(json.dumps({"benchmarks": [entry]}))
    assert read_costs(tmp_path / "cost.json")["yuasa"]["full"]["ns"] == [4.0]


def test_barriers_stand_in_the_order_of_registration_though_they_ran_interleaved(tmp_path):
    entries = [
        {"name": f"store/{name}/off", "family_index": place, "cpu_time": 1.0, "time_unit": "ns"}
        for name, place in (("yuasa", 2), ("none", 0), ("hybrid", 1))
    ]
    (tmp_path / "cost.json").write_text(json.dumps({"benchmarks": entries}))
    assert list(read_costs(tmp_path / "cost.json")) == ["none", "hybrid", "yuasa"]


@pytest.mark.parametrize(
    "text", ["{", "[]", "{}", '{"benchmarks": []}', '{"benchmarks": [{"name": "store/a/full"}]}']
)
def test_anything_else_is_refused(tmp_path, text):
    (tmp_path / "cost.json").write_text(text)
    with pytest.raises(DamagedRun, match="cost.json"):
        read_costs(tmp_path / "cost.json")


def test_an_arm_that_a_barrier_lacks_has_no_mark(tmp_path):
    write_barrier_cost(tmp_path)
    chart = chart_of([("store", read_costs(tmp_path / "barrier_cost.json"))])
    assert len(chart.panels) == 2
    for panel in chart.panels:
        assert ["none" in points.at for points in panel.marks] == [True, False, False, False]
        assert all("yuasa" in points.at for points in panel.marks)


def test_loads_stand_beside_stores_as_far_as_a_barrier_guards_them(tmp_path):
    write_barrier_cost(tmp_path)
    path = tmp_path / "barrier_cost.json"
    costs = [(one, read_costs(path, one)) for one in OPERATIONS]
    chart = chart_of(costs)
    labels = [panel.values.label for panel in chart.panels]
    assert labels == [
        "ns per store",
        "instructions per store",
        "ns per load",
        "instructions per load",
    ]
    assert chart.panels[2].along.names == ("hybrid",)
    unguarded = chart_of([costs[0], ("load", {})])
    assert len(unguarded.panels) == 2
