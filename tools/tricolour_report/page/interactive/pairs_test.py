"""The choice of a baseline: what the page says of a pair is what the statistics say, both ways
round."""

import re

import pytest

from ...compare.pairwise import all_pairs
from ...read.experiment import load_experiment
from ...testing.headless_browser import Browser
from ...testing.page_in_browser import choose, text_of
from ...testing.synthetic_sweep import write_sweep
from .. import report
from .pairs import families

PAIRS = tuple(("concurrent", name) for name in ("dijkstra", "yuasa", "hybrid"))


@pytest.fixture(scope="module")
def experiment(tmp_path_factory):
    folder = write_sweep(
        tmp_path_factory.mktemp("sweep"),
        4,
        ("gcbench", "gcold"),
        combinations=PAIRS,
        speed={("concurrent", "yuasa"): 1.3},
        seconds=0.1,
        cycles=3,
    )
    return load_experiment(folder, print)


def test_there_is_a_family_of_all_workloads_and_one_of_each(experiment):
    found = [one for one in families(experiment) if one["metric"] == "throughput"]
    assert [one["workloads"] for one in found] == [["gcbench", "gcold"], ["gcbench"], ["gcold"]]
    assert all(len(one["pairs"]) == 3 for one in found)


def test_the_runs_that_show_a_small_difference_are_told_where_none_is_shown(experiment):
    for *_, shown, _, needed in (pair for one in families(experiment) for pair in one["pairs"]):
        assert (needed is None) == shown


def test_any_baseline_can_be_chosen_and_the_ratio_turns_round(experiment, monkeypatch, tmp_path):
    monkeypatch.setattr(report, "_draw", lambda *_: [])
    page = report.write_report(experiment.sweep.folder, tmp_path / "page.html", lambda line: None)
    (pair,) = [
        one
        for one in all_pairs(experiment, ["throughput"])[0].pairs
        if "dijkstra" in one.base and "yuasa" in one.other
    ]
    with Browser() as browser:
        browser.open(page)
        for base, ratio, verdict in (
            ("dijkstra", pair.ratio, "higher here, nothing claimed"),
            ("yuasa", pair.inverse.ratio, "lower here, nothing claimed"),
        ):
            choose(browser, "pairs-base", base)
            text = text_of(browser, "#pairs-rows tr")
            other = "dijkstra" if base == "yuasa" else "yuasa"
            row = re.search(rf"{other}([0-9.]+) \[([0-9.]+), ([0-9.]+)\]([a-z, ]+)", text)
            told = [float(number) for number in row.groups()[:3]]
            assert told == pytest.approx([ratio.value, ratio.low, ratio.high], abs=0.002)
            assert row[4].strip() == verdict and f"{base}1 (baseline)" in text
        assert browser.run("document.querySelectorAll('#matrix-rows tr').length") == 3
        assert not browser.complaints and browser.requests == [page.resolve().as_uri()]
