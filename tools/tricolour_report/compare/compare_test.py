"""`compare` from its command line: verdicts, exit codes, refusals."""

import json
import shutil

import pytest

from ..testing.synthetic_sweep import changed_records, write_sweep

PAIRS = (("stop_the_world", "none"), ("concurrent", "yuasa"))


@pytest.fixture(scope="module")
def slower(tmp_path_factory):
    """Two sweeps of 10 invocations; in the second `concurrent` is 20 % slower and spends three
    times as much on marking."""
    arguments = dict(invocations=10, workloads=("gcbench", "gcold"), combinations=PAIRS, cycles=4)
    before = write_sweep(tmp_path_factory.mktemp("before"), **arguments)
    after = write_sweep(
        tmp_path_factory.mktemp("after"), **arguments, speed={("concurrent", "yuasa"): 0.8}
    )
    for record in changed_records(after):
        if record["parameters"]["collector"] == "concurrent":
            record["cpu_ns"]["mark"] *= 3
    return (
        f"{before}:collector=concurrent,workload=gcbench",
        f"{after}:collector=concurrent,workload=gcbench",
    )


@pytest.fixture(scope="module")
def sweep(slower):
    return slower[0].split(":")[0]


def test_a_regression_exits_6_and_an_improvement_does_not(slower, command):
    before, after = slower
    code, out, _ = command("compare", before, after, "--metric", "throughput", "--fail-on", "5%")
    assert code == 6 and "unpaired" in out and "regression: throughput, gcbench" in out
    code, out, _ = command("compare", after, before, "--metric", "throughput", "--fail-on", "5%")
    assert code == 0 and "better" in out and "no regression" in out


def test_a_regression_within_the_tolerance_passes(slower, command):
    before, after = slower
    assert command("compare", before, after, "--metric", "throughput", "--fail-on", "30%")[0] == 0
    assert command("compare", before, after, "--metric", "throughput")[0] == 0


def test_for_a_metric_where_less_is_better_more_is_the_regression(slower, command):
    words = ["--metric", "cpu_total", "--fail-on", "5%"]
    assert command("compare", *slower, *words)[0] == 6
    assert command("compare", *reversed(slower), *words)[0] == 0


def test_within_one_folder_runs_are_paired_and_json_says_all(sweep, command):
    code, out, _ = command(
        "compare",
        f"{sweep}:collector=stop-the-world",
        f"{sweep}:collector=concurrent",
        "--metric",
        "throughput",
        "--json",
    )
    document = json.loads(out)
    assert code == 0 and document["paired"]
    rows = {finding["where"]: finding for finding in document["findings"]}
    assert set(rows) == {"gcbench", "gcold", "geometric mean of 2 of 2 workloads"}
    for finding in rows.values():
        assert finding["ratio"] == pytest.approx(0.95 * 0.96, rel=0.02)
        assert finding["low"] < finding["ratio"] < finding["high"] < 1
        assert (
            finding["verdict"] == "worse"
            and finding["invocations"] == 10
            and not finding["exploratory"]
        )


def means_of(out):
    """By metric."""
    found = json.loads(out)["findings"]
    return {one["metric"]: one for one in found if one["where"].startswith("geometric mean")}


def test_the_rate_of_an_open_loop_is_in_no_mean(tmp_path, command):
    folder = write_sweep(
        tmp_path / "sweep", 3, ("gcbench", "gcold", "latency"), combinations=PAIRS, open_loop=True
    )
    base, other = (f"{folder}:collector={name}" for name, _ in PAIRS)
    words = ["--metric", "throughput", "--metric", "cpu_total"]
    means = means_of(command("compare", base, other, *words, "--json")[1])
    assert means["throughput"]["where"] == "geometric mean of 2 of 3 workloads"
    assert means["throughput"]["workloads"] == ["gcbench", "gcold"]
    assert means["throughput"]["left_out"] == {"latency": "an open loop, whose rate was asked for"}
    assert means["cpu_total"]["where"] == "geometric mean of 3 of 3 workloads"
    assert means["cpu_total"]["left_out"] == {}
    out = command("compare", base, other, *words)[1]
    assert "    of gcbench, gcold; without latency: an open loop, whose rate was asked for\n" in out
    assert "    of gcbench, gcold, latency\n" in out


def own_parameters(folder, values):
    """Gives workloads parameters of their own, as an experiment does."""
    index = json.loads((folder / "index.json").read_text())
    for cell in index["cells"]:
        cell["parameters"].update(values.get(cell["parameters"]["workload"], {}))
    (folder / "index.json").write_text(json.dumps(index))


@pytest.mark.parametrize(
    "values",
    [
        {"latency": {"seconds": "3"}},
        {"gcbench": {"operations": "5"}, "gcold": {"operations": "7"}, "latency": {"seconds": "3"}},
        {"gcold": {"param": {"live_mb": 4}}, "latency": {"param": {"rate": 9, "live_mb": 2}}},
    ],
)
def test_what_a_workload_has_of_its_own_takes_it_out_of_no_mean(tmp_path, command, values):
    folder = write_sweep(tmp_path, 3, ("gcbench", "gcold", "latency"), combinations=PAIRS)
    own_parameters(folder, values)
    base, other = (f"{folder}:collector={name}" for name, _ in PAIRS)
    _, out, _ = command("compare", base, other, "--metric", "cpu_total", "--json")
    mean = means_of(out)["cpu_total"]
    assert mean["where"] == "geometric mean of 3 of 3 workloads" and mean["left_out"] == {}
    assert [name.split()[0] for name in mean["workloads"]] == ["gcbench", "gcold", "latency"]


def test_a_mean_names_the_workload_that_has_no_ratio(tmp_path, command):
    folder = write_sweep(
        tmp_path,
        3,
        ("gcbench", "gcold", "latency"),
        combinations=PAIRS,
        failing={("concurrent", "yuasa", "latency"): "crashed"},
    )
    base, other = (f"{folder}:collector={name}" for name, _ in PAIRS)
    _, out, _ = command("compare", base, other, "--metric", "cpu_total", "--json")
    mean = means_of(out)["cpu_total"]
    assert mean["where"] == "geometric mean of 2 of 3 workloads"
    assert mean["left_out"] == {"latency": "OTHER has no timed run (crashed)"}


def test_a_mean_is_of_one_heap(tmp_path, command):
    folder = write_sweep(tmp_path, 3, ("gcbench", "gcold"), ("2x", "3x"), combinations=PAIRS)
    base, other = (f"{folder}:collector={name}" for name, _ in PAIRS)
    _, out, _ = command("compare", base, other, "--metric", "cpu_total")
    for heap in ("2x", "3x"):
        assert f"geometric mean of 2 of 2 workloads heap={heap}" in out
        assert f"    of gcbench heap={heap}, gcold heap={heap}\n" in out


def test_a_longest_pause_has_no_interval_and_fails_when_all_of_its_runs_are_worse(sweep, command):
    base, other = (
        f"{sweep}:collector={name},workload=gcbench" for name in ("concurrent", "stop_the_world")
    )
    words = ["--metric", "pause_max", "--fail-on", "5%", "--json"]
    code, out, _ = command("compare", base, other, *words)
    assert code == 6
    assert all(
        finding["low"] is None and finding["ratio"] > 5 for finding in json.loads(out)["findings"]
    )
    assert command("compare", other, base, *words)[0] == 0


@pytest.mark.parametrize(
    "unserved, told, share",
    [(6000, "12000 of 20000", "60.0 %"), (1, "2 of 8002", "less than 0.1 %")],
)
def test_requests_that_were_never_served_are_told(tmp_path, command, unserved, told, share):
    folder = write_sweep(tmp_path, 2, ("latency",), combinations=PAIRS, open_loop=True)
    for record in changed_records(folder, "00000001/*"):
        record["requests"]["unserved"] = unserved
    base, other = (f"{folder}:collector={name}" for name, _ in PAIRS)
    _, out, _ = command("compare", base, other, "--metric", "request_p99")
    assert (
        f"latency: OTHER never served {told} requests that were due ({share}); latencies are "
        "of the others " in " ".join(out.split())
    )
    assert "BASE never served" not in out


EXTREMES = ("pause_max", "held_max", "mmu_100ms")
METRICS_OF_ALL_KINDS = ("throughput", "cpu_total", "request_p99", *EXTREMES)


@pytest.mark.parametrize("two_folders", [False, True])
@pytest.mark.parametrize("metric", METRICS_OF_ALL_KINDS)
def test_the_values_beside_a_ratio_agree_with_it(tmp_path, command, metric, two_folders):
    """Also where the sides lack different blocks: values are then those of the blocks behind the
    ratio."""
    folder = write_sweep(tmp_path / "sweep", 6, ("latency",), combinations=PAIRS)
    for cell, block in (("00000000", 1), ("00000001", 4)):
        (folder / "runs" / cell / str(block) / "run.json").unlink()
    other = shutil.copytree(folder, tmp_path / "other") if two_folders else folder
    sides = f"{folder}:collector=stop_the_world", f"{other}:collector=concurrent"
    words = (*sides, "--metric", metric, "--json")
    code, out, _ = command("compare", *words)
    (finding,) = json.loads(out)["findings"]
    assert code == 0 and finding["invocations"] == (5 if two_folders else 4)
    assert len(finding["base_runs"]) == len(finding["other_runs"]) == finding["invocations"]
    assert finding["ratio"] == pytest.approx(finding["other"] / finding["base"], rel=1e-12)
    assert finding["verdict"].startswith("no interval") == (metric in EXTREMES)


def test_a_longest_value_is_told_by_least_median_and_greatest(sweep, command):
    sides = (
        f"{sweep}:collector={name},workload=gcbench" for name in ("concurrent", "stop_the_world")
    )
    code, out, _ = command("compare", *sides, "--metric", "pause_max", "--metric", "mmu_100ms")
    assert (
        code == 0
        and "no interval: the least of runs" in out
        and "no interval: the median of runs" in out
    )
    line = next(line for line in out.splitlines() if "least " in line and "->" in line)
    assert ", median " in line and ", greatest " in line


@pytest.fixture(scope="module")
def starving(tmp_path_factory):
    """Ten runs; `concurrent` is 20 % faster and has one cycle a run, `incremental` slower and has
    enough."""
    pairs = (*PAIRS, ("incremental", "yuasa"))
    return write_sweep(
        tmp_path_factory.mktemp("starving"),
        10,
        ("gcbench",),
        combinations=pairs,
        speed={("concurrent", "yuasa"): 1.2},
        cycles_of={("concurrent", "yuasa"): 1},
    )


@pytest.mark.parametrize(
    "base, other, verdict",
    [
        ("stop_the_world", "concurrent", "higher here, nothing claimed"),
        ("concurrent", "stop_the_world", "lower here, nothing claimed"),
        ("stop_the_world", "incremental", "worse"),
        ("incremental", "stop_the_world", "better"),
    ],
)
def test_a_starved_side_never_comes_out_better(starving, command, base, other, verdict):
    sides = [f"{starving}:collector={name}" for name in (base, other)]
    _, out, _ = command("compare", *sides, "--metric", "throughput")
    assert verdict in out and ("is starved (1 cycle)" in out) == ("concurrent" in (base, other))


def test_a_starved_side_that_loses_is_still_worse(tmp_path, command):
    folder = write_sweep(
        tmp_path / "sweep",
        10,
        ("gcbench",),
        combinations=PAIRS,
        speed={("concurrent", "yuasa"): 0.5},
        cycles_of={("concurrent", "yuasa"): 2},
    )
    sides = [f"{folder}:collector={name}" for name in ("stop_the_world", "concurrent")]
    code, out, _ = command("compare", *sides, "--metric", "throughput", "--fail-on", "5%")
    assert code == 6 and "worse" in out and "OTHER is starved (2 cycles)" in out


def test_few_invocations_are_labelled_exploratory(small_sweep, command):
    _, out, _ = command(
        "compare", f"{small_sweep}:collector=stop_the_world", f"{small_sweep}:collector=concurrent"
    )
    assert (
        "n=3, exploratory" in out
        and "nothing claimed" in out
        and "worse" not in out
        and "better\n" not in out.replace(" is better)", "")
    )


def test_a_zero_and_a_missing_value_say_which_metric_and_side(small_sweep, command):
    sides = (
        f"{small_sweep}:collector=stop_the_world,workload=gcbench",
        f"{small_sweep}:collector=concurrent,workload=gcbench",
    )
    _, out, _ = command("compare", *sides, "--metric", "stall_total", "--metric", "request_p99")
    assert "no ratio: stall_total is 0 in 3 of the 3 runs of BASE" in out
    assert "no ratio: no run of BASE has a request_p99" in out


def test_request_percentiles_are_the_runs_own_and_unset_coordinates_are_silent(tmp_path, command):
    folder = write_sweep(tmp_path / "sweep", 2, ("gcbench", "latency"), combinations=PAIRS)
    for record in changed_records(folder):
        if record["requests"]:
            record["requests"]["p99_ns"] = 123_000_000
    index = json.loads((folder / "index.json").read_text())
    for cell in index["cells"]:
        if cell["parameters"]["workload"] == "latency":
            cell["parameters"]["seconds"] = "3"
    (folder / "index.json").write_text(json.dumps(index))
    _, out, _ = command(
        "compare",
        f"{folder}:collector=stop_the_world",
        f"{folder}:collector=concurrent",
        "--metric",
        "request_p99",
    )
    assert "123 ms -> 123 ms" in out and "latency seconds=3" in out and "seconds=-" not in out


def test_a_side_that_began_to_fail_is_a_finding(tmp_path, command):
    before = write_sweep(tmp_path / "before", 2, ("gcbench",), combinations=PAIRS)
    after = write_sweep(
        tmp_path / "after",
        2,
        ("gcbench",),
        combinations=PAIRS,
        failing={("concurrent", "yuasa", "gcbench"): "crashed"},
    )
    code, out, _ = command("compare", before, after, "--fail-on", "5%")
    assert code == 6 and "2 crashed" in " ".join(out.split())


@pytest.mark.parametrize(
    "base, other, words, said",
    [
        (
            "{}:collector=stop",
            "{}",
            [],
            "collector=stop; there are concurrent, incremental, stop_the_world",
        ),
        ("{}:colour=red", "{}", [], "barrier, collector, heap"),
        ("{}:collector=concurrent,barrier=none", "{}", [], "collector=concurrent, barrier=yuasa"),
        ("{}:collector", "{}", [], "no such"),
        ("{}:collector=,", "{}", [], "not key=value"),
        ("{}", "{}:collector=concurrent", [], "selects several cells"),
        (
            "{}:workload=gcbench,collector=concurrent",
            "{}:workload=latency,collector=concurrent",
            [],
            "no cell with the same workload",
        ),
        ("{}", "{}", ["--metric", "speed"], "there are throughput"),
        ("{}", "{}", ["--fail-on", "fast"], "not a percentage"),
        ("{}", "/nowhere", [], "/nowhere is not a folder"),
    ],
)
def test_a_wrong_operand_says_what_exists(small_sweep, command, base, other, words, said):
    code, out, error = command(
        "compare", base.format(small_sweep), other.format(small_sweep), *words
    )
    assert code == 2 and out == ""
    assert said in error or said == "no such" and "is not a folder" in error
