"""Lower-bound overhead against its definition, from random lists of runs."""

import json
from itertools import product
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from ..read.experiment import load_experiment
from ..read.sweep_folder import Cell
from ..testing.synthetic_sweep import write_sweep
from .lower_bound_overhead import overhead_table, overheads

WALL = 220
PAIRS = (("stop_the_world", "none"), ("concurrent", "yuasa"), ("incremental", "dijkstra"))


def random_result(number, name, blocks, mutators, truth):
    """A cell of `blocks` random runs; what the definition says of it goes into `truth`: totals and
    distilled by resource."""
    digests = []
    for block in blocks:
        rng = np.random.default_rng([number, block])
        operations, cpu, collection, explicit = (
            int(value) for value in rng.integers((1, 500, 0, 0), (50, 900, 400, 200))
        )
        metrics = {
            "wall_time": WALL,
            "wall_gc": explicit,
            "cpu_total": cpu,
            "cpu_gc": collection,
        }
        digests.append(
            SimpleNamespace(block=block, metrics=metrics, record={"operations": operations})
        )
        truth.append((name, "wall", WALL / operations, (WALL - explicit) / operations))
        truth.append((name, "cpu", cpu / operations, (cpu - collection) / operations))
    workload, collector, heap = name
    cell = Cell(
        str(number),
        {
            "collector": collector,
            "barrier": "none",
            "workload": workload,
            "heap": heap,
            "mutators": str(mutators),
        },
    )
    return SimpleNamespace(cell=cell, digests=digests)


def geometric_mean(values):
    return float(np.prod(values) ** (1 / len(values)))


@pytest.mark.parametrize("mutators", [1, 2])
@pytest.mark.parametrize("seed", range(12))
def test_overhead_is_total_over_the_least_distilled(seed, mutators):
    truth, results = [], []
    for number, name in enumerate(product(("w", "v"), ("a", "b", "c"), ("1.5x", "3x"))):
        blocks = range(4) if number % 5 else range(3)
        results.append(random_result(100 * seed + number, name, blocks, mutators, truth))
    found = overheads(SimpleNamespace(results=results))
    assert len(found) == 2 * len(results)
    for one in found:
        cell = one.result.cell
        name = (cell.workload, cell.collector, cell.heap)
        total = geometric_mean(
            [t for n, resource, t, _ in truth if (n, resource) == (name, one.resource)]
        )
        floor = min(
            geometric_mean(
                [d for n, resource, _, d in truth if (n, resource) == (other, one.resource)]
            )
            for other in {n for n, *_ in truth}
            if other[0] == cell.workload
        )
        assert one.ratio.value == pytest.approx(total / floor, rel=1e-9)
        assert one.ratio.value >= 1


def test_less_heap_costs_more_and_other_work_has_its_own_floor(tmp_path):
    folder = write_sweep(
        tmp_path, 3, ("gcbench", "latency"), ("1.5x", "2x", "6x"), combinations=PAIRS
    )
    index = json.loads((folder / "index.json").read_text())
    for entry in index["cells"]:
        if entry["parameters"]["workload"] == "gcbench" and entry["parameters"]["heap"] == "6x":
            entry["parameters"]["param"] = {"depth": 9}
    (folder / "index.json").write_text(json.dumps(index))
    found = overheads(load_experiment(folder, print))
    assert len({one.floor.cell for one in found if one.resource == "wall"}) == 3
    by_heap = {
        one.result.cell.heap: one.ratio
        for one in found
        if (one.result.cell.workload, one.result.cell.collector, one.resource)
        == ("latency", "stop_the_world", "wall")
    }
    assert by_heap["1.5x"].value > by_heap["2x"].value > by_heap["6x"].value >= 1
    assert by_heap["1.5x"].low < by_heap["1.5x"].value < by_heap["1.5x"].high


def test_a_failed_cell_has_no_overhead_and_is_no_floor(tmp_path):
    folder = write_sweep(
        tmp_path,
        2,
        ("gcbench",),
        combinations=PAIRS,
        failing={("concurrent", "yuasa", "gcbench"): "crashed"},
    )
    table = overhead_table(load_experiment(folder, print))
    assert set(table["collector"]) == {"stop_the_world", "incremental"}
    assert len(table) == 4 and set(table["floor_cell"]) <= set(table["cell"])


def test_an_experiment_without_runs_has_an_empty_table(tmp_path):
    folder = write_sweep(
        tmp_path,
        1,
        ("gcbench",),
        combinations=PAIRS[:1],
        failing={(*PAIRS[0], "gcbench"): "crashed"},
    )
    table = overhead_table(load_experiment(folder, print))
    assert isinstance(table, pd.DataFrame) and table.empty and "overhead" in table.columns
