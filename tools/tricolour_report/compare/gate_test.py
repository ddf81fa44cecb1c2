"""The verdict of `compare --fail-on`: shown, shown not to be, or undecided with the reason."""

import json
from math import nan

import pytest

from ..statistics.intervals import Ratio
from ..statistics.metrics import METRICS
from ..testing.synthetic_sweep import changed_records, write_sweep
from .compare import Comparison, Finding
from .gate import NO_REGRESSION, REGRESSION, UNDECIDED, decide, judge

PAIRS = (("stop_the_world", "none"), ("concurrent", "yuasa"))
TOLERANCE = 0.05


def finding(metric, ratio=None, base=(), other=(), **more):
    return Finding(METRICS[metric], "gcbench", ratio, tuple(base), tuple(other), **more)


# --- one figure -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "metric, value, low, high, runs, verdict, why",
    [
        ("cpu_total", 1.20, 1.15, 1.25, 10, REGRESSION, ""),
        ("cpu_total", 1.20, 1.01, 1.42, 10, REGRESSION, ""),
        ("cpu_total", 1.20, 1.15, 1.25, 3, REGRESSION, ""),
        ("cpu_total", 1.00, 0.97, 1.03, 10, NO_REGRESSION, ""),
        ("cpu_total", 1.03, 1.01, 1.049, 10, NO_REGRESSION, ""),
        ("cpu_total", 0.50, 0.40, 0.60, 10, NO_REGRESSION, ""),
        ("cpu_total", 1.00, 0.80, 1.25, 10, UNDECIDED, "the interval reaches 1.250"),
        ("cpu_total", 1.04, 1.01, 1.07, 10, UNDECIDED, "the interval reaches 1.070"),
        ("cpu_total", 1.00, 0.99, 1.01, 9, UNDECIDED, "too few runs: 9, and a claim needs 10"),
        ("cpu_total", 0.50, nan, nan, 1, UNDECIDED, "too few runs: 1"),
        ("cpu_total", 9.00, nan, nan, 1, UNDECIDED, "too few runs: 1"),
        ("throughput", 0.80, 0.75, 0.85, 10, REGRESSION, ""),
        ("throughput", 1.20, 1.15, 1.25, 10, NO_REGRESSION, ""),
        ("throughput", 1.00, 0.90, 1.11, 10, UNDECIDED, "the interval reaches 0.900"),
    ],
)
def test_a_figure_with_an_interval(metric, value, low, high, runs, verdict, why):
    decision = decide(finding(metric, Ratio(value, low, high, runs)), TOLERANCE)
    assert decision.verdict == verdict and decision.why.startswith(why)
    assert bool(decision.why) == (verdict == UNDECIDED)


@pytest.mark.parametrize("metric, value", [("cpu_total", 1.25), ("throughput", 0.75)])
def test_what_is_worse_by_just_the_tolerance_is_no_regression(metric, value):
    assert decide(finding(metric, Ratio(value, value, value, 10)), 0.25).verdict == NO_REGRESSION


TEN = [10 + 0.1 * run for run in range(10)]


def times(factor, values=TEN):
    return [factor * value for value in values]


@pytest.mark.parametrize(
    "metric, base, other, verdict, why",
    [
        ("pause_max", TEN, times(11), REGRESSION, ""),
        ("pause_max", TEN, times(1.16), REGRESSION, ""),
        ("pause_max", TEN, TEN, NO_REGRESSION, ""),
        ("pause_max", TEN, times(0.1), NO_REGRESSION, ""),
        ("pause_max", TEN, times(1.10), UNDECIDED, "it has no interval, and runs of both sides"),
        ("pause_max", TEN, [*TEN[:9], 110], UNDECIDED, "it has no interval"),
        (
            "pause_max",
            TEN,
            [10.8] * 10,
            UNDECIDED,
            "it has no interval, and runs of both sides overlap:"
            " least 1.080, median 1.033, greatest 0.991 times",
        ),
        ("pause_max", TEN[:9], times(11), UNDECIDED, "too few runs: 9"),
        ("pause_max", TEN, times(11)[:1], UNDECIDED, "too few runs: 1"),
        ("mmu_10ms", times(0.01), times(0.005), REGRESSION, ""),
        ("mmu_10ms", times(0.01), times(0.02), NO_REGRESSION, ""),
        ("mmu_10ms", times(0.01), times(0.0094), UNDECIDED, "it has no interval"),
    ],
)
def test_an_extreme_is_decided_by_runs_that_do_not_overlap(metric, base, other, verdict, why):
    ratio = Ratio(min(other) / min(base), nan, nan, min(len(base), len(other)))
    decision = decide(finding(metric, ratio, base, other), TOLERANCE)
    assert decision.verdict == verdict and decision.why.startswith(why)


def test_what_has_no_ratio_is_undecided_unless_all_of_it_is_zero():
    why_not = "no ratio: no run of BASE has a pause_max"
    decision = decide(finding("pause_max", None, [], TEN, why_not=why_not), TOLERANCE)
    assert (decision.verdict, decision.why) == (UNDECIDED, "no run of BASE has a pause_max")
    zero = "no ratio: stall_total is 0 in 10 of the 10 runs of BASE"
    for other, verdict in ((TEN, UNDECIDED), ([0.0] * 10, NO_REGRESSION), ([0.0] * 9, UNDECIDED)):
        found = finding("stall_total", None, [0.0] * 10, other, why_not=zero)
        assert decide(found, TOLERANCE).verdict == verdict


def test_a_starved_side_alone_is_no_proof_that_nothing_became_worse():
    better, worse = Ratio(0.9, 0.88, 0.92, 10), Ratio(1.2, 1.1, 1.3, 10)
    more = {"doubt": "OTHER alone is starved (1 cycle)"}
    decision = decide(finding("cpu_total", better, **more), TOLERANCE)
    assert decision.verdict == UNDECIDED
    assert decision.why == "it is not worse, but OTHER alone is starved (1 cycle)"
    assert decide(finding("cpu_total", worse, **more), TOLERANCE).verdict == REGRESSION


# --- all together -----------------------------------------------------------------------------

GOOD, BAD = Ratio(1.0, 0.99, 1.01, 10), Ratio(1.2, 1.1, 1.3, 10)
FEW = Ratio(1.0, 0.99, 1.01, 3)


def verdict_of(*findings, failed=(), unmatched=(), asked=True):
    comparison = Comparison(None, None, True, list(findings), list(failed), [], list(unmatched))
    gate = judge(comparison, TOLERANCE, asked)
    return gate.verdict, gate.exit_code, gate


@pytest.mark.parametrize(
    "ratios, more, code",
    [
        ([GOOD, GOOD], {}, 0),
        ([GOOD, FEW], {}, 8),
        ([FEW, BAD], {}, 6),
        ([GOOD], {"failed": ["OTHER has failed runs"]}, 6),
        ([GOOD], {"unmatched": ["only in BASE: workload=gcold"]}, 8),
        ([BAD], {"unmatched": ["only in BASE: workload=gcold"]}, 6),
    ],
)
def test_a_regression_wins_and_a_gap_is_never_a_no(ratios, more, code):
    verdict, exit_code, gate = verdict_of(*(finding("cpu_total", one) for one in ratios), **more)
    assert exit_code == code
    assert verdict == {0: NO_REGRESSION, 6: REGRESSION, 8: UNDECIDED}[code]
    assert len(gate.decisions) == len(ratios)


def test_a_mean_can_regress_but_what_it_leaves_open_its_workloads_say():
    members = {"workloads": ("gcbench", "gcold")}
    pair = finding("cpu_total", GOOD)
    assert verdict_of(pair, finding("cpu_total", FEW, **members))[1] == 0
    assert verdict_of(pair, finding("cpu_total", BAD, **members))[1] == 6


def test_a_metric_that_neither_side_has_is_undecided_when_it_was_asked_for():
    absent = finding("pause_p99", why_not="no ratio: no run of BASE has a pause_p99", absent=True)
    pair = finding("cpu_total", GOOD)
    verdict, code, gate = verdict_of(pair, absent)
    assert (verdict, code) == (UNDECIDED, 8)
    assert gate.undecided == ["pause_p99, gcbench: no run of BASE has a pause_p99"]
    _, code, gate = verdict_of(absent, pair, asked=False)
    assert code == 0 and gate.not_judged == ["pause_p99, gcbench: no run of either side has one"]
    assert [decision is None for decision in gate.decisions] == [True, False]


# --- from the command line --------------------------------------------------------------------


@pytest.mark.parametrize("invocations", [1, 3])
def test_too_few_runs_cannot_decide(tmp_path, command, invocations):
    folder = write_sweep(tmp_path, invocations, ("gcbench",), combinations=PAIRS)
    sides = (f"{folder}:collector=stop_the_world", f"{folder}:collector=stop_the_world")
    for metric in ("throughput", "pause_max", "mmu_10ms"):
        code, out, _ = command("compare", *sides, "--metric", metric, "--fail-on", "5%")
        assert code == 8 and "no regression" not in out
        said = f"undecided: {metric}, gcbench: too few runs: {invocations}, and a claim needs 10\n"
        assert said in out
        assert "whether there is a regression beyond 5 % cannot be decided" in out


def test_json_carries_the_verdict_and_the_reasons(tmp_path, command):
    folder = write_sweep(tmp_path, 10, ("gcbench",), combinations=PAIRS)
    base, other = (f"{folder}:collector={name}" for name, _ in reversed(PAIRS))
    words = ["--metric", "pause_max", "--metric", "request_p99", "--json"]
    code, out, _ = command("compare", base, other, *words, "--fail-on", "5%")
    document = json.loads(out)
    assert code == 6 and document["verdict"] == "regression" and document["fail_on"] == 0.05
    assert document["undecided"] == ["request_p99, gcbench: no run of BASE has a request_p99"]
    decisions = {
        one["metric"]: (one["decision"], one["regression"]) for one in document["findings"]
    }
    assert decisions == {"pause_max": ("regression", True), "request_p99": ("undecided", None)}
    code, out, _ = command("compare", base, other, *words)
    document = json.loads(out)
    assert code == 0 and document["verdict"] is None and document["undecided"] == []


def test_the_default_metrics_decide_without_those_that_neither_side_has(tmp_path, command):
    folder = write_sweep(tmp_path, 10, ("gcbench",), combinations=PAIRS)
    side = f"{folder}:collector=stop_the_world"
    code, out, _ = command("compare", side, side, "--fail-on", "5%")
    assert code == 0 and "not judged: pause_p99, gcbench: no run of either side has one" in out
    assert "no regression beyond 5 %" in out
    assert command("compare", side, side, "--metric", "pause_p99", "--fail-on", "5%")[0] == 8


def test_the_latency_of_those_that_were_served_does_not_prove_the_others(tmp_path, command):
    folder = write_sweep(tmp_path, 10, ("latency",), combinations=PAIRS, open_loop=True)
    for record in changed_records(folder):
        record["requests"]["unserved"] = 5 * (record["parameters"]["collector"] == "concurrent")
    good, bad = (f"{folder}:collector={name}" for name, _ in PAIRS)
    words = ["--metric", "request_p99", "--metric", "request_max", "--fail-on", "5%"]
    code, out, _ = command("compare", good, bad, *words)
    assert code == 8
    for metric in ("request_p99", "request_max"):
        said = f"undecided: {metric}, latency: it is not worse, but OTHER never served 50 of 40050"
        assert said in " ".join(out.split())
    assert command("compare", bad, good, "--metric", "cpu_total", "--fail-on", "5%")[0] == 0


def test_a_cell_without_a_partner_cannot_be_decided(tmp_path, command):
    before = write_sweep(tmp_path / "before", 10, ("gcbench", "gcold"), combinations=PAIRS[:1])
    after = write_sweep(tmp_path / "after", 10, ("gcbench",), combinations=PAIRS[:1])
    code, out, _ = command("compare", before, after, "--metric", "cpu_total", "--fail-on", "5%")
    said = " ".join(out.split())  # folded, where the folder's name ends
    assert code == 8 and f"undecided: only in '{before}': workload=gcold" in said
