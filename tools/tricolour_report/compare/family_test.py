"""Families of comparisons from the command line: all pairs, ratios along an axis, runs needed."""

import json

import pytest

from ..testing.synthetic_sweep import write_sweep

PAIRS = tuple(("concurrent", name) for name in ("dijkstra", "yuasa", "hybrid"))


@pytest.fixture(scope="module")
def sweep(tmp_path_factory):
    """`hybrid` loses a tenth of its throughput from the first heap to the second."""
    folder = write_sweep(
        tmp_path_factory.mktemp("sweep"),
        10,
        ("gcbench",),
        heaps=("16M", "128M"),
        combinations=PAIRS,
        seconds=0.1,
        cycles=3,
    )
    for path in folder.glob("runs/00000005/*/run.json"):
        record = json.loads(path.read_text(encoding="utf-8"))
        record["operations_per_s"] *= 0.9
        path.write_text(json.dumps(record), encoding="utf-8")
    return folder


def test_every_pair_of_one_heap_is_compared_and_corrected_together(sweep, command):
    words = [sweep, "--pairwise", "--metric", "throughput"]
    code, out, _ = command("compare", *words, "--json")
    first, second = json.loads(out)["families"]
    assert code == 0 and (first["heap"], second["heap"]) == ("16M", "128M")
    pairs = {(pair["base"], pair["other"]): pair for pair in second["pairs"]}
    assert len(pairs) == 3
    pair = pairs["concurrent + dijkstra", "concurrent + hybrid"]
    assert pair["ratio"] == pytest.approx(0.9 * 0.93 / 0.98, rel=0.02)
    assert pair["shown"] and pair["corrected_p"] < 0.05 and not pair["exploratory"]
    code, out, _ = command("compare", *words)
    out = " ".join(out.split())
    assert "Holm-corrected for all pairs of the metric and heap" in out
    shown = sum(pair["shown"] for pair in second["pairs"])
    assert shown >= 2 and f"throughput, heap 128M: {shown} of 3 pairs differ" in out


def test_a_combination_with_failed_runs_takes_no_part_and_is_named(tmp_path, command):
    failing = {("concurrent", "yuasa", "gcbench"): "crashed"}
    write_sweep(tmp_path, 2, ("gcbench",), combinations=PAIRS, failing=failing)
    code, out, _ = command("compare", tmp_path, "--pairwise", "--metric", "throughput")
    assert code == 0 and "hybrid / concurrent + dijkstra" in out
    assert "without concurrent + yuasa: it has failed runs (crashed) in gcbench" in out


def test_over_an_axis_the_change_of_a_ratio_is_told_with_its_interval(sweep, command):
    sides = [f"{sweep}:barrier=dijkstra", f"{sweep}:barrier=hybrid"]
    words = [*sides, "--over", "heap", "--metric", "throughput", "--metric", "pause_max"]
    code, out, _ = command("compare", *words, "--json")
    (change,) = json.loads(out)["interactions"]
    assert code == 0 and (change["first"], change["place"]) == ("16M", "128M")
    assert change["ratio"] == pytest.approx(0.9, rel=0.02) and change["invocations"] == 10
    assert change["low"] < change["ratio"] < change["high"] < 1
    assert change["verdict"] == "the ratio is lower there"
    code, out, _ = command("compare", *words)
    assert "throughput, gcbench: 128M / 16M 0.9" in out and "Holm-corrected" in out


def test_where_the_ratio_does_not_change_no_change_is_shown(sweep, command):
    sides = [f"{sweep}:barrier=dijkstra", f"{sweep}:barrier=yuasa"]
    _, out, _ = command("compare", *sides, "--over", "heap", "--metric", "cpu_total", "--json")
    (change,) = json.loads(out)["interactions"]
    assert change["verdict"] == "no change shown"


def test_an_axis_that_the_sides_do_not_have_is_refused_with_those_they_have(sweep, command):
    sides = [f"{sweep}:barrier=dijkstra", f"{sweep}:barrier=yuasa"]
    code, _, error = command("compare", *sides, "--over", "mutators")
    assert code == 2 and "do not differ in 'mutators'; there is heap" in error


@pytest.mark.parametrize(
    "words, said",
    [
        (["{}"], "required: OTHER"),
        (["{}", "{}", "--pairwise"], "takes no OTHER"),
        (["{}", "--pairwise", "--fail-on", "5%"], "takes no --fail-on"),
        (["{}", "--pairwise", "--fail-on", "0%", "--over", "heap"], "no --over and no --fail-on"),
        (["{}", "--pairwise", "--metric", "pause_max"], "pause_max has no interval"),
        (["{}:barrier=yuasa", "--pairwise"], "no two combinations"),
        (["{}", "--pairwise", "--metric", "speed"], "no metric is called 'speed'"),
    ],
)
def test_words_that_do_not_go_together_are_refused(sweep, command, words, said):
    code, out, error = command("compare", *[word.format(sweep) for word in words])
    assert code == 2 and out == "" and said in " ".join(error.split())


def test_where_no_difference_is_shown_it_says_how_many_runs_would_show_a_small_one(
    tmp_path, command
):
    pairs = (("concurrent", "dijkstra"), ("concurrent", "yuasa"))
    speed = {("concurrent", "yuasa"): 0.98 / 0.96}
    write_sweep(tmp_path, 10, ("gcbench",), combinations=pairs, speed=speed, seconds=0.1, cycles=3)
    sides = [f"{tmp_path}:barrier=dijkstra", f"{tmp_path}:barrier=yuasa"]
    _, out, _ = command("compare", *sides, "--metric", "throughput")
    assert "runs show 2 %" in out and "What this shows: throughput: 1 no difference shown" in out
    _, out, _ = command("compare", *sides, "--metric", "throughput", "--json")
    assert 2 < json.loads(out)["findings"][0]["runs_needed"] < 40
