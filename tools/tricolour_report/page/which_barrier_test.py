"""What the page recommends: only what the runs show, of what can be compared."""

import json

import pytest

from ..read.experiment import load_experiment
from ..statistics.quantities import ABSENT
from ..testing.synthetic_barrier_cost import write_barrier_cost
from ..testing.synthetic_sweep import write_sweep
from .which_barrier import NOT_SHOWN, repeat_command, which_barrier

BARRIERS = ("dijkstra", "yuasa", "hybrid")
PAIRS = tuple(("concurrent", name) for name in BARRIERS)
STOPPED = tuple(("stop_the_world", name) for name in BARRIERS)
FAST = {("concurrent", "yuasa"): 1.2}
GARBAGE = {"dijkstra": ("white", 0, 10), "yuasa": ("black", 30, 60), "hybrid": ("black", 200, 90)}


def sweep_of(folder, invocations=10, **arguments):
    arguments = {"combinations": PAIRS, "workloads": ("gcbench",)} | arguments
    return write_sweep(folder, invocations, **arguments)


def section_of(folder):
    return which_barrier(load_experiment(folder, print))


def advice(section, need, table=0):
    return next(one for one in section.choices[table].recommendations if one.need == need)


def rewrite(folder, cell, change, blocks="*"):
    """`change` is given each record of a cell."""
    for path in folder.glob(f"runs/{cell:08x}/{blocks}/run.json"):
        record = json.loads(path.read_text(encoding="utf-8"))
        change(record)
        path.write_text(json.dumps(record), encoding="utf-8")


def write_garbage(folder, workloads=("a", "b", "c", "d"), colours=True):
    """Floating garbage of recorded workloads, growing a little from one to the next."""
    (folder / "precision").mkdir()
    lines = ["workload,barrier,allocate,cycle,live_at_end,floating_black,floating_retained"]
    for place, workload in enumerate(workloads):
        for barrier, (colour, black, retained) in GARBAGE.items():
            lines.append(f"{workload},{barrier},{colour},1,1000,{black + place},{retained}")
    (folder / "precision/cycles.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    for path in folder.glob("runs/*/*/run.json") if colours else ():
        record = json.loads(path.read_text(encoding="utf-8"))
        record["parameters"]["allocate"] = GARBAGE[record["parameters"]["barrier"]][0]
        path.write_text(json.dumps(record), encoding="utf-8")


def test_the_faster_barrier_is_recommended_from_ten_runs_on(tmp_path):
    section = section_of(sweep_of(tmp_path, speed=FAST))
    one = advice(section, "throughput")
    assert (one.advice, one.claim, one.confirm) == ("yuasa", "claimed", 0)
    assert "times that of yuasa (10 runs; shown after Holm's correction for 3 pairs)" in one.reason
    assert [row.throughput for row in section.choices[0].table.rows][1] == "1 (best)"


def test_few_runs_are_exploratory_and_name_the_command_that_confirms(tmp_path):
    folder = sweep_of(tmp_path, 5, speed=FAST)
    (folder / "experiment.toml").write_text("[run]\ninvocations = 5\nseed = 1\n")
    section = section_of(folder)
    one = advice(section, "throughput")
    assert (one.advice, one.claim, one.confirm) == ("yuasa", "exploratory", 10)
    runs, command = section.confirm
    assert runs == 10 and "invocations = 10/" in command and "tricolour sweep" in command


def test_equal_barriers_are_not_told_apart(tmp_path):
    speed = {("concurrent", "dijkstra"): 0.96 / 0.98, ("concurrent", "hybrid"): 0.96 / 0.93}
    one = advice(section_of(sweep_of(tmp_path, speed=speed)), "throughput")
    assert one.advice == NOT_SHOWN and one.claim == "none" and one.confirm > 1
    assert f"to show 2 % takes about {one.confirm} runs" in one.reason


def test_a_barrier_that_varies_much_is_not_recommended_for_that(tmp_path):
    """Its interval reaches the best's value, though its own is worse than a rival's that is shown
    to be worse."""
    folder = sweep_of(
        tmp_path, speed={("concurrent", "dijkstra"): 0.9, ("concurrent", "hybrid"): 0.6}
    )
    slow = lambda record: record.update(operations_per_s=record["operations_per_s"] * 4)
    rewrite(folder, 2, slow, "[0-1]")
    one = advice(section_of(folder), "throughput")
    assert one.advice == "yuasa" and "hybrid varied too much to be ranked" in one.reason


def test_one_that_is_level_with_the_best_is_recommended_too(tmp_path):
    speed = {("concurrent", "dijkstra"): 0.6, ("concurrent", "hybrid"): 0.96 / 0.93}
    one = advice(section_of(sweep_of(tmp_path, speed=speed)), "throughput")
    assert sorted(one.advice.split(" or ")) == ["hybrid", "yuasa"]
    assert "no difference is shown; to show 2 % takes about" in one.reason


def starve(folder):
    rewrite(folder, 1, lambda record: record.update(cycles=2), "0")


def lose(folder):
    rewrite(folder, 1, lambda record: record["parameters"].update(unsound=True), "0")


def fail(folder):
    def failed(record):
        record.update(status="timeout", exit_code=5)

    rewrite(folder, 1, failed, "0")
    index = json.loads((folder / "index.json").read_text())
    index["cells"][1]["runs"][0].update(status="timeout", exit_code=5)
    (folder / "index.json").write_text(json.dumps(index))


@pytest.mark.parametrize(
    "spoil, why",
    [(starve, "is starved"), (lose, "may lose objects"), (fail, "has failed runs (timeout)")],
)
def test_the_fastest_is_not_recommended_where_something_is_wrong_with_it(tmp_path, spoil, why):
    folder = sweep_of(tmp_path, speed=FAST)
    spoil(folder)
    one = advice(section_of(folder), "throughput")
    assert "yuasa" not in one.advice and f"yuasa takes no part: it {why}" in one.reason


def test_barriers_are_ranked_only_under_one_collector_and_heap(tmp_path):
    both = (*PAIRS, ("stop_the_world", "none"), *STOPPED)
    folder = sweep_of(tmp_path, 3, combinations=both, heaps=("2x", "4x"), speed=FAST)
    section = section_of(folder)
    assert sorted(choice.title for choice in section.choices) == [
        f"{collector}, heap {heap}"
        for collector in ("concurrent", "stop_the_world")
        for heap in ("2x", "4x")
    ]
    assert [choice.further for choice in section.choices] == [False, True, False, True]
    names = {choice.title: {row.barrier for row in choice.table.rows} for choice in section.choices}
    assert "none" not in names["concurrent, heap 2x"] and section.alone == []


def test_a_collector_under_one_barrier_is_named_and_not_ranked(tmp_path):
    pairs = (("stop_the_world", "none"), *PAIRS)
    section = section_of(sweep_of(tmp_path, 3, combinations=pairs))
    assert [choice.title for choice in section.choices] == ["concurrent, heap 2x"]
    assert section.alone == ["stop_the_world ran under none only."]


def test_tail_latency_is_ranked_by_a_percentile_and_never_by_the_longest(tmp_path):
    folder = sweep_of(tmp_path, workloads=("gcbench", "latency"), open_loop=True)
    for cell, factor in ((3, 2.0), (4, 1.0), (5, 2.0)):

        def change(record):
            record["requests"]["p99_ns"] = int(1e5 * factor * (1 + record["block"] / 1000))

        rewrite(folder, cell, change)
    one = advice(section_of(folder), "tail latency")
    assert one.advice == "yuasa" and one.reason.startswith(
        "request p99, from when requests were due"
    )
    assert "over latency: " in one.reason
    rewrite(folder, 4, lambda record: record["requests"].update(unserved=3), "0")
    one = advice(section_of(folder), "tail latency")
    assert "yuasa takes no part: it left requests unserved in latency" in one.reason


def test_without_requests_no_tail_is_told(tmp_path):
    one = advice(section_of(sweep_of(tmp_path, 3)), "tail latency")
    assert one.advice == NOT_SHOWN and one.reason == "no workload with requests has the figure."


def test_memory_is_ranked_on_identical_work_under_the_colour_of_the_runs(tmp_path):
    folder = sweep_of(tmp_path)
    assert ("Floating garbage", "tools/precision DIR/precision") in section_of(folder).missing
    write_garbage(folder)
    section = section_of(folder)
    one = advice(section, "memory")
    assert one.advice == "dijkstra" and one.claim == "exploratory" and one.confirm == 0
    assert "(4 recorded workloads; shown" in one.reason
    assert section.choices[0].table.rows[1].garbage == "9.0 % to 9.3 %"


def test_floating_garbage_of_another_colour_is_not_taken(tmp_path):
    folder = sweep_of(tmp_path)
    write_garbage(folder, colours=False)
    section = section_of(folder)
    assert advice(section, "memory").advice == NOT_SHOWN
    assert {row.garbage for row in section.choices[0].table.rows} == {"–"}


def test_where_the_world_is_stopped_nothing_floats_and_only_the_idle_store_counts(tmp_path):
    folder = sweep_of(tmp_path, combinations=STOPPED)
    write_garbage(folder)
    write_barrier_cost(folder)
    section = section_of(folder)
    assert advice(section, "memory").advice == NOT_SHOWN
    row = section.choices[0].table.rows[0]
    assert (row.garbage, row.fallbacks, row.final_pause) == ("–", "–", "–")
    assert row.store.startswith("idle 0.8") and "marking" not in row.store


def test_the_cost_of_stores_and_loads_or_the_command_that_makes_it(tmp_path):
    folder = sweep_of(tmp_path, 3)
    section = section_of(folder)
    assert ("Cost of a store and of a load", "tools/barrier_cost DIR") in section.missing
    write_barrier_cost(folder)
    section = section_of(folder)
    rows = {row.barrier: row for row in section.choices[0].table.rows}
    assert rows["yuasa"].store.startswith("idle 0.8") and "\nmarking 2." in rows["yuasa"].store
    assert rows["yuasa"].load == "a plain load" and rows["hybrid"].load.startswith("idle 1.8")
    assert [what for what, _ in section.missing] == ["Floating garbage"]
    data = json.loads((folder / "barrier_cost.json").read_text())
    stores = [one for one in data["benchmarks"] if one["name"].startswith("store")]
    (folder / "barrier_cost.json").write_text(json.dumps({"benchmarks": stores}))
    section = section_of(folder)
    assert section.choices[0].table.rows[0].load == "see below"
    assert ("Cost of a load", "tools/barrier_cost DIR") in section.missing


def test_a_damaged_file_is_named_and_the_rest_is_shown(tmp_path):
    folder = sweep_of(tmp_path, 3)
    (folder / "barrier_cost.json").write_text("{")
    section = section_of(folder)
    assert len(section.problems) == 1 and "barrier_cost.json" in section.problems[0]
    assert section.choices[0].table.rows


@pytest.mark.parametrize(
    "recipe", ["[run]\ninvocations = 5\n", "[run]\nseed = 1\n", 'name = "no table"\n']
)
def test_the_command_changes_the_number_of_runs_and_nothing_else(tmp_path, recipe):
    import subprocess

    import tomllib

    folder = sweep_of(tmp_path, 1)
    (folder / "experiment.toml").write_text(recipe)
    command = repeat_command(load_experiment(folder, print), 17)
    edit = command.replace("DIR/", f"{folder}/").split(" >")[0]
    made = subprocess.run(edit, shell=True, capture_output=True, text=True, check=True).stdout
    wanted = tomllib.loads(recipe)
    wanted.setdefault("run", {})["invocations"] = 17
    assert tomllib.loads(made) == wanted


def test_speed_while_marking_is_beside_that_of_whole_runs(tmp_path):
    """It recommends nothing: what it costs is in the throughput."""
    folder = sweep_of(tmp_path, combinations=(*PAIRS, *STOPPED), speed=FAST)
    section = section_of(folder)
    rows = {choice.title.split(",")[0]: choice.table.rows for choice in section.choices}
    meanwhile, stopped = rows["concurrent"], rows["stop_the_world"]
    assert [row.while_marking for row in meanwhile][1] == "1 (best)"
    assert all(row.while_marking.endswith(" *") for row in (meanwhile[0], meanwhile[2]))
    assert {row.while_marking for row in stopped} == {ABSENT}
    assert [one.need for one in section.choices[0].recommendations] == [
        "throughput",
        "tail latency",
        "memory",
    ]


def test_runs_of_before_that_figure_lack_it(tmp_path):
    folder = sweep_of(tmp_path, speed=FAST)
    for cell in range(3):
        rewrite(folder, cell, lambda record: record.pop("while_marking"))
    section = section_of(folder)
    assert {row.while_marking for row in section.choices[0].table.rows} == {ABSENT}
    assert advice(section, "throughput").advice == "yuasa"
