"""Who wins what: never a starved cell, never by a comparison with one, and a longest value by what
is named."""

import json

import pytest

from ..compare.rows import groups
from ..read.experiment import load_experiment
from ..testing.synthetic_figures import restate
from ..testing.synthetic_sweep import changed_records, write_sweep
from .answers import answers, headline, means, starved

PAIRS = (("stop_the_world", "none"), ("incremental", "yuasa"), ("concurrent", "yuasa"))
WINNER = ("concurrent", "yuasa")


def sweep_of(folder, invocations=10, workloads=("gcbench",), **arguments):
    return write_sweep(folder, invocations, workloads, combinations=PAIRS, **arguments)


def wins_of(experiment, setting="gcbench, heap 2x"):
    return {
        win.contest: win
        for answer in answers(experiment)
        if answer.setting == setting
        for win in answer.wins
    }


def test_a_faster_cell_wins_when_it_collects(tmp_path):
    experiment = load_experiment(sweep_of(tmp_path, speed={WINNER: 1.5}), print)
    win = wins_of(experiment)["most throughput"]
    assert win.winner == "concurrent + yuasa" and win.claim == "claimed"
    assert means(experiment)[0].collector == "concurrent" and starved(experiment) == []
    assert "concurrent does best with yuasa" in " ".join(headline(experiment))


def test_the_headline_is_of_the_heap_with_the_most_workloads(tmp_path):
    """Not of 4x, where only `gcbench` ran, and ratios are greater."""
    folder = sweep_of(tmp_path, workloads=("gcbench", "binary_trees"), heaps=("2x", "4x"))
    index = json.loads((folder / "index.json").read_text())
    index["cells"] = index["cells"][:9]
    (folder / "index.json").write_text(json.dumps(index))
    for cell in (4, 5):
        for record in changed_records(folder, f"{cell:08x}/*"):
            record["operations_per_s"] *= 2
    experiment = load_experiment(folder, print)
    assert means(experiment)[0].heap == "4x"
    said = " ".join(headline(experiment))
    assert "heap 2x" in said and "heap 4x" not in said


def test_a_starved_cell_wins_nothing(tmp_path):
    experiment = load_experiment(
        sweep_of(tmp_path, speed={WINNER: 1.5}, cycles_of={WINNER: 2}), print
    )
    assert all("concurrent" not in win.winner for win in wins_of(experiment).values())
    assert [mean.collector for mean in means(experiment)] == ["incremental"]
    assert "concurrent" not in " ".join(headline(experiment))
    assert starved(experiment) == ["gcbench, heap 2x: concurrent + yuasa (2 cycles)"]
    (row,) = [
        row for group in groups(experiment) for row in group.rows if row.collector == "concurrent"
    ]
    assert row.starved and not row.differs and row.cycles == "2"


def test_against_a_starved_baseline_nothing_is_claimed(tmp_path):
    base = ("stop_the_world", "none")
    experiment = load_experiment(
        sweep_of(tmp_path, speed={WINNER: 1.5}, cycles_of={base: 1}), print
    )
    wins = wins_of(experiment)
    assert wins["most throughput"].winner == "concurrent + yuasa"
    assert all(
        win.claim == "none" and "the baseline is starved (1 cycle)" in win.against_baseline
        for win in wins.values()
    )
    assert means(experiment) == []
    assert not any(row.differs for group in groups(experiment) for row in group.rows)


def test_where_all_are_starved_there_is_no_winner(tmp_path):
    experiment = load_experiment(sweep_of(tmp_path, cycles_of=dict.fromkeys(PAIRS, 1)), print)
    assert answers(experiment) == [] and means(experiment) == []


def test_a_longest_pause_has_two_winners_and_both_say_by_what(tmp_path):
    """`incremental` can stop shortest and mostly stops longest: by the least alone it would be the
    winner."""
    folder = sweep_of(tmp_path)
    for path in folder.glob("runs/00000001/*/pauses.csv"):
        lines = path.read_text().splitlines()
        fields = lines[1].split(",")
        fields[6] = str(int(fields[5]) + 50_000_000)
        if int(path.parent.name):
            path.write_text("\n".join([lines[0], ",".join(fields), *lines[2:]]) + "\n")
            restate(path.parent)
    wins = wins_of(load_experiment(folder, print))
    least, middle = (
        wins[f"shortest longest pause, {name} over runs"] for name in ("least", "median")
    )
    assert least.winner == "incremental + yuasa" and middle.winner == "concurrent + yuasa"
    assert least.figure.count(" · ") == middle.figure.count(" · ") == 2 and least.figure.endswith(
        "50.0 ms"
    )
    assert "concurrent" not in least.winner and middle.against_baseline.startswith("baseline ")


def test_an_mmu_is_won_by_the_median_run(tmp_path):
    experiment = load_experiment(sweep_of(tmp_path), print)
    win = wins_of(experiment)["best MMU(10 ms), median over runs"]
    (result,) = [r for r in experiment.results if experiment.label(r.cell) == win.winner]
    assert win.figure == f"{result.middle('mmu_10ms'):.3f}"
    (row,) = [row for group in groups(experiment) for row in group.rows if row.result is result]
    assert row.mmu == win.figure


@pytest.mark.parametrize("open_loop", [False, True])
def test_requests_are_compared_by_the_form_that_fits_the_loop(tmp_path, open_loop):
    folder = sweep_of(tmp_path, 3, ("latency",), open_loop=open_loop)
    record = json.loads(next(folder.glob("runs/*/*/run.json")).read_text())
    assert record["requests"]["from"] == ("intended" if open_loop else "start")
    experiment = load_experiment(folder, print)
    contests = set(wins_of(experiment, "latency, heap 2x"))
    assert ("lowest request p99, open loop" in contests) == open_loop
    assert ("lowest metered request p99, closed loop" in contests) != open_loop
    assert ("most throughput" in contests) != open_loop, "the rate was asked for"
    assert bool(means(experiment)) != open_loop


def test_a_mean_names_its_workloads_and_those_that_it_leaves_out(tmp_path):
    """Also where workloads have parameters of their own, or one workload stands for several."""
    folder = sweep_of(
        tmp_path,
        3,
        ("gcbench", "gcold", "latency"),
        open_loop=True,
        failing={("concurrent", "yuasa", "gcold"): "crashed"},
    )
    by_collector = {mean.collector: mean for mean in means(load_experiment(folder, print))}
    concurrent = by_collector["concurrent"]
    assert concurrent.members == (
        "1 of 3: gcbench; without gcold: no timed run; without latency: an open loop, whose rate "
        "was asked for"
    )
    assert not concurrent.whole and by_collector["incremental"].whole
    index = json.loads((folder / "index.json").read_text())
    for cell in index["cells"]:
        if cell["parameters"]["workload"] == "gcold":
            cell["parameters"] |= {"workload": "gcbench", "param": {"scale": 2}}
    (folder / "index.json").write_text(json.dumps(index))
    by_collector = {mean.collector: mean for mean in means(load_experiment(folder, print))}
    assert by_collector["incremental"].workloads == ["gcbench", "gcbench param.scale=2"]
    assert by_collector["incremental"].combination == "incremental + yuasa"


def test_who_left_requests_unserved_wins_no_contest_of_requests(tmp_path):
    folder = sweep_of(tmp_path, 3, ("latency",), open_loop=True)

    def winners():
        return {
            name: win.winner
            for name, win in wins_of(load_experiment(folder, print), "latency, heap 2x").items()
        }

    name = "lowest request p99, open loop"
    before = winners()
    assert before[name] == "concurrent + yuasa"
    for record in changed_records(folder, "00000002/0"):
        record["requests"]["unserved"] = 1
    after = winners()
    assert all("concurrent" not in after[what] for what in after if "request" in what)
    pause = "best MMU(10 ms), median over runs"
    assert after[pause] == before[pause]
