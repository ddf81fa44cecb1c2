"""The subsets of the soundness matrix cover it.

Coverage is computed from the plan, which is what would be run.
"""

import csv
import functools
import io
import itertools
import pathlib
import subprocess

import pytest

SOUNDNESS = pathlib.Path(__file__).resolve().parent / "soundness"


@pytest.fixture(scope="module")
def plan(request):
    """The rows that `tools/soundness` would run with the flags given, as dictionaries."""
    binary = pathlib.Path(request.config.getoption("--build-dir")).resolve() / "tricolour"

    @functools.cache
    def rows(*flags):
        words = [SOUNDNESS, "--binary", binary, "--heap-binary", binary, "--plan", *flags]
        done = subprocess.run(words, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stderr
        return list(csv.DictReader(io.StringIO(done.stdout)))

    return rows


SUBSETS = pytest.mark.parametrize("flags", [("--pairwise",), ("--pairwise", "--short")])


def meetings(rows, *coordinates):
    return {tuple(row[name] for name in coordinates) for row in rows}


def at_work(rows):
    """The rows in which a barrier has something to do: mutators store while a cycle marks."""
    return [row for row in rows if row["collector"] != "stop_the_world"]


def missing(whole, subset):
    """Values of two coordinates that meet in `whole` and not in `subset`."""
    return {
        (a, b): absent
        for a, b in itertools.combinations(whole[0], 2)
        if (absent := meetings(whole, a, b) - meetings(subset, a, b))
    }


@SUBSETS
def test_every_two_values_of_two_coordinates_meet(plan, flags):
    assert missing(plan(), plan(*flags)) == {}


@SUBSETS
def test_each_barrier_at_work_meets_every_value(plan, flags):
    whole, subset = at_work(plan()), at_work(plan(*flags))
    barriers = {row["barrier"] for row in whole}
    assert len(barriers) >= 9 and "none" not in barriers
    for coordinate in whole[0]:
        pair = ("barrier", coordinate)
        assert meetings(whole, *pair) == meetings(subset, *pair)


def test_each_pair_of_collector_and_barrier_meets_every_value_unless_short(plan):
    for coordinate in plan()[0]:
        triple = ("collector", "barrier", coordinate)
        assert meetings(plan(), *triple) == meetings(plan("--pairwise"), *triple)


def test_a_sample_is_of_the_cover_and_always_the_same(plan):
    whole, some = plan("--pairwise", "--short"), plan("--pairwise", "--short", "--sample", "9")
    assert len(some) == 9 and all(row in whole for row in some)
    assert some == plan("--pairwise", "--short", "--sample", "9")


def test_the_short_cover_is_short(plan):
    assert len(plan("--pairwise", "--short")) < len(plan("--pairwise")) / 2 < len(plan()) / 50
