"""Window pairs: what can meet, and what a stress run says of it."""

import pathlib
import re

import pytest

from schedule_windows import pairs

ROOT = pathlib.Path(__file__).resolve().parents[2]
LISTED = ROOT / "tools/schedule_windows/pairs.toml"
SMALL = """
[passed_by]
a = ["mutator"]
b = ["collector", "marker"]

[[impossible]]
windows = ["b"]
in = ["collector"]
meanwhile = ["mutator", "sweeper"]
why = "The world is stopped."
"""


def row(window, own, other, times=1):
    return {"window": window, "in": own, "meanwhile": other, "times": times}


@pytest.fixture
def small(tmp_path):
    def read(text=SMALL):
        path = tmp_path / "pairs.toml"
        path.write_text(text, encoding="utf-8")
        return pairs.read(path)

    return read


def test_the_list_names_each_window_of_the_header():
    header = (ROOT / "core/seams/schedule_window.hpp").read_text(encoding="utf-8")
    names = re.findall(r"^  (\w+), +///<", header, re.MULTILINE)
    assert len(names) > 50
    assert sorted({window for window, _, _ in pairs.read(LISTED)}) == sorted(names)


def test_what_can_meet_is_every_pair_but_the_impossible(small):
    possible = small()
    assert len(possible) == 4 + 8 - 2
    assert ("b", "collector", "marker") in possible
    assert ("b", "collector", "mutator") not in possible


def test_a_coverage_counts_met_pairs_once(small):
    coverage = pairs.Coverage(small())
    assert coverage.add([row("a", "mutator", "marker", 3), row("a", "mutator", "sweeper")]) == []
    assert coverage.add([row("a", "mutator", "marker", 4)]) == []
    assert coverage.share() == 2 / 10
    summary = coverage.summary()
    assert (summary["possible"], summary["met"], summary["share"]) == (10, 2, 0.2)
    assert summary["times"] == {"a mutator marker": 7, "a mutator sweeper": 1}
    assert len(summary["not_met"]) == 8 and "b marker sweeper" in summary["not_met"]
    assert str(coverage) == "2 of 10 window pairs met (20%)"


@pytest.mark.parametrize("met", [("b", "collector", "mutator"), ("c", "mutator", "mutator")])
def test_a_pair_that_cannot_meet_is_told(small, met):
    coverage = pairs.Coverage(small())
    assert coverage.add([row(*met), row("a", "mutator", "marker")]) == [" ".join(met)]
    assert coverage.share() == 1 / 10


@pytest.mark.parametrize(
    "old, new",
    [
        ('"marker"]', '"painter"]'),
        ('windows = ["b"]', 'windows = ["c"]'),
        ("why", "because"),
    ],
)
def test_a_list_that_is_wrong_is_refused(small, old, new):
    with pytest.raises(ValueError):
        small(SMALL.replace(old, new))
