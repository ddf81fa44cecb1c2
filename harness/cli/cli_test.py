"""The built `tricolour` as its users meet it: exit codes, files, failures of the disk, an interrupted sweep.

Purpose: what only the whole program shows. The binary is $TRICOLOUR, or build/release/tricolour of this checkout.
Invariant: every test has a folder and a cache of its own and a time limit.
"""

import json
import os
import re
import resource
import signal
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from sweep_process import begin_sweep

ROOT = Path(__file__).resolve().parents[2]
TRICOLOUR = os.environ.get("TRICOLOUR", str(ROOT / "build" / "release" / "tricolour"))
RUN = ["run", "--workload", "binary_trees", "--param", "depth=10", "--heap", "8M"]
TABLES = {"pauses.csv", "phases.csv", "heap.csv", "bystander.csv", "verify.csv"}

sys.path.insert(0, str(ROOT / "tools"))


def experiment(folder, cells=1, invocations=2, operations=20, timeout_s=20):
    path = folder / "experiment.toml.in"
    heaps = ", ".join(f'"{8 + cell}M"' for cell in range(cells))
    path.write_text(
        f'schema = 1\nname = "test"\n[matrix]\ncollector = "stop_the_world"\nbarrier = "none"\n'
        f'workload = {{ name = "binary_trees", operations = {operations}, param = {{ depth = 10 }} }}\nheap = [{heaps}]\n'
        f"[run]\ninvocations = {invocations}\ntimeout_s = {timeout_s}\n"
    )
    return path


def runs_of(folder):
    index = json.loads((folder / "index.json").read_text())
    return [(cell["cell"], run["block"], run["status"]) for cell in index["cells"] for run in cell["runs"]]


@pytest.mark.parametrize("words", [[], ["list"], ["doctor"], ["run"], ["minheap"], ["sweep"], ["merge"], ["explore"], ["replay"]])
def test_every_command_explains_itself(tricolour, words):
    assert "--help" in tricolour(*words, "--help").stdout


def test_lists(tricolour):
    barriers = json.loads(tricolour("list", "barriers", "--json").stdout)
    assert [one["name"] for one in barriers][:2] == ["none", "dijkstra"]
    assert all({"name", "invariant", "mutators", "needs_old_value", "allocation_colour", "ragged_safe", "collectors", "source"} <= one.keys() for one in barriers)
    everything = json.loads(tricolour("list", "--json").stdout)
    assert set(everything) == {"collectors", "barriers", "workloads", "markers", "sweepers", "parameters"}
    assert "there are collectors" in tricolour("list", "colours", expect=2).stderr


def test_doctor(tricolour):
    assert json.loads(tricolour("doctor", "--json").stdout)["cores"] >= 1
    assert "machine floor" in tricolour("doctor").stdout


@pytest.mark.parametrize("words, said", [
    ([], "subcommand"),
    (["walk"], "no command is called 'walk'; there are list"),
    (["run"], "--workload"),
    (["run", "--workload", "gcbanch"], "there are gcbench"),
    ([*RUN, "--barrier", "steel"], "there are none, dijkstra"),
    ([*RUN, "--mutators", "0"], "outside 1 to"),
    ([*RUN, "--mutators", "-1"], "--mutators"),
    ([*RUN, "--mark-threads", "100000"], "outside 1 to"),
    ([*RUN, "--colour", "red"], "--colour"),
    ([*RUN, "--record", "maybe"], "--record"),
    ([*RUN, "--record", "off", "--trace", "trace.json"], "--record off"),
    ([*RUN, "--roots", "ragged"], "mutator by mutator; no collector here does; --roots stopped or auto fit"),
    ([*RUN, "--roots", "some"], "there are stopped, ragged, auto"),
    ([*RUN, "--collector", "concurrent"], "sound here: dijkstra"),
    (["run", "--workload", "gcbench", "--heap", "1M"], "smaller than the live data"),
    (["sweep", "missing.toml"], "missing.toml"),
    (["sweep", "/dev/null"], "/dev/null:1: the file has no 'schema'"),
])
def test_bad_input_is_wrong_usage(tricolour, words, said):
    assert said in tricolour(*words, expect=2).stderr


RECORD = ["run", "--workload", "gcold", "--param", "live_mb=1", "--heap", "8M", "--operations", 6, "--record-mutations"]


def test_a_recorded_run_is_replayed_under_every_barrier_that_is_sound(tricolour, tmp_path):
    trace = tmp_path / "trace"
    assert "mutations written" in tricolour(*RECORD, trace).stderr
    barriers = json.loads(tricolour("list", "barriers", "--json").stdout)
    sound = [one["name"] for one in barriers if "incremental" in one["collectors"]]
    result = json.loads(tricolour("replay", trace, "--json").stdout)
    assert result["status"] == "ok" and result["trace"]["made_by"].startswith("tricolour run")
    assert [one["barrier"] for one in result["replays"]] == sound
    assert {one["graph"] for one in result["replays"]} == {result["trace"]["graph"]}
    cycles = {tuple((one["begin_record"], one["end_record"], one["live_at_end"], one["graph"]) for one in replay["cycles"])
              for replay in result["replays"]}
    assert len(cycles) == 1 and len(cycles.pop()) > 3
    white = json.loads(tricolour("replay", trace, "--allocate", "white", "--json").stdout)["replays"]
    assert [one["barrier"] for one in white] == [one["name"] for one in barriers if one["name"] in sound and one["sound_with_white_allocation"]]
    lines = tricolour("replay", trace).stdout.splitlines()
    assert [line.split()[0] for line in lines[2:]] == sound


def test_a_recorded_run_is_replayed_under_one_barrier(tricolour, tmp_path):
    trace = tmp_path / "trace"
    tricolour(*RECORD, trace)
    assert "cycle   1:" in tricolour("replay", trace, "--barrier", "steele").stdout
    assert "retained" in tricolour("replay", trace, "--barrier", "yuasa", "--collector", "concurrent", "--heap", "3M").stdout
    assert "sound here: dijkstra" in tricolour("replay", trace, "--barrier", "none", expect=2).stderr
    assert "there are none, dijkstra" in tricolour("replay", trace, "--barrier", "yuaza", expect=2).stderr
    assert "--barrier" in tricolour("replay", trace, "--unsound", expect=2).stderr
    said = tricolour("replay", trace, "--heap", "1M", expect=4).stderr
    assert "--heap gives it more" in said and f"tricolour replay {trace} --barrier dijkstra --heap 1M" in said
    said = tricolour("replay", trace, "--barrier", "none", "--unsound", expect=3)
    assert "lost object" in said.stderr and "--barrier none --unsound" in said.stderr


@pytest.mark.parametrize("words, said", [
    (["--collector", "concurrent", "--barrier", "yuasa"], "--collector stop_the_world"),
    (["--barrier", "yuasa"], "--barrier none"),
    (["--mutators", 2], "--mutators 1"),
    (["--verify"], "--verify"),
    (["--warmup", 1], "--warmup"),
])
def test_what_cannot_be_recorded_is_wrong_usage(tricolour, tmp_path, words, said):
    assert said in tricolour(*RECORD, tmp_path / "trace", *words, expect=2).stderr
    assert not list(tmp_path.glob("*trace*"))


def test_a_workload_of_several_threads_is_not_recorded(tricolour, tmp_path):
    said = tricolour("run", "--workload", "churn_threads", "--param", "cells=300", "--heap", "8M", "--operations", 3, "--record-mutations",
                     tmp_path / "trace", expect=2).stderr
    assert "one mutator's" in said and not list(tmp_path.glob("*trace*"))


def test_a_damaged_trace_is_wrong_usage(tricolour, tmp_path):
    trace = tmp_path / "trace"
    tricolour(*RECORD, trace)
    assert "exists" in tricolour(*RECORD, trace, expect=2).stderr
    whole = trace.read_bytes()
    for damaged, said in ((whole[:-1], "truncated"), (whole[:40], "truncated"), (whole[:-9] + b"x" + whole[-8:], "damaged"),
                          (whole + b"x", "more than its header says"), (whole[:8] + b"\x02" + whole[9:], "version 2"), (b"{}", "no mutation trace"),
                          (b"", "no mutation trace")):
        trace.write_bytes(damaged)
        answer = tricolour("replay", trace, expect=2).stderr
        assert said in answer and str(trace) in answer
    assert "No such file" in tricolour("replay", tmp_path / "none", expect=2).stderr
    assert str(tmp_path) in tricolour("replay", tmp_path, expect=2).stderr


def test_a_full_disk_leaves_no_trace(tricolour, tmp_path):
    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    said = tricolour(*RECORD, tmp_path / "trace", expect=1, preexec_fn=limit).stderr
    assert "cannot write" in said and str(tmp_path / "trace") in said
    assert not list(tmp_path.glob("*trace*"))


def test_files_follow_the_schema(tricolour, tmp_path):
    out = tmp_path / "run"
    tricolour("run", "--workload", "latency", "--param", "live_mb=4", "--heap", "16M", "--collector", "concurrent", "--barrier", "yuasa",
              "--seconds", 0.3, "--warmup", 0.1, "--out", out)
    run = json.loads((out / "run.json").read_text())
    jsonschema.validate(run, json.loads((ROOT / "results/schema/run.schema.json").read_text()))
    columns = json.loads((ROOT / "results/schema/tables.schema.json").read_text())["tables"]
    for table in TABLES | {"requests.csv"}:
        header = (out / table).read_text().split("\n", 1)[0]
        assert header.split(",") == columns[table.removesuffix(".csv")]["columns"]
    requests = run["requests"]
    every = requests["row_every"]
    assert requests["count"] == run["operations"] and every >= 2 and every.bit_count() == 1
    lines = (out / "requests.csv").read_text().splitlines()[1:]
    rows = [list(map(int, line.split(","))) for line in lines]
    assert sum(weight for *_, weight in rows) == requests["count"]
    assert max(end - intended for _, intended, _, end, _ in rows) == requests["max_ns"]
    assert requests["from"] == "start"
    assert all(weight == 1 for _, intended, _, end, weight in rows if end - intended >= 1_000_000)
    assert rows == sorted(rows, key=lambda row: (row[0], row[2]))
    assert sorted(path.name for path in tmp_path.iterdir() if path.name != "cache") == ["run"]


def test_an_existing_folder_is_refused(tricolour, tmp_path):
    out = tmp_path / "run"
    tricolour(*RUN, "--operations", 1, "--out", out)
    assert "--force" in tricolour(*RUN, "--operations", 1, "--out", out, expect=2).stderr
    tricolour(*RUN, "--operations", 1, "--out", out, "--force")


@pytest.mark.parametrize("collector, paces", [("stop_the_world", False), ("incremental", True), ("concurrent", True)])
def test_a_trigger_is_told_of_collectors_that_pace(tricolour, tmp_path, collector, paces):
    out = tmp_path / "run"
    words = ["--collector", collector, "--barrier", "yuasa", "--operations", 100, "--out", out, "--log", "cycles", "--roots", "stopped"]
    said = tricolour(*RUN, *words).stderr
    cycles = [line for line in said.splitlines() if line.startswith("cycle ")]
    assert cycles and all(bool(re.search(r"trigger +[\d.]+ MiB", line)) == paces for line in cycles)
    header, *rows = [line.split(",") for line in (out / "heap.csv").read_text().splitlines()]
    rows = [dict(zip(header, row)) for row in rows]
    assert all((int(row["trigger"]) > 0) == paces for row in rows)
    triggers = [row for row in rows if row["event"] == "trigger"]
    assert bool(triggers) == paces
    assert all(int(row["used"]) >= int(row["trigger"]) for row in triggers)


@pytest.fixture
def busy_processors():
    """Each has something else to run."""
    loop = [sys.executable, "-c", "while True: pass"]
    others = [subprocess.Popen(loop) for _ in os.sched_getaffinity(0)]
    yield
    for one in others:
        one.kill()
        one.wait()


def test_on_a_busy_machine_no_cycle_begins_below_its_trigger(tricolour, tmp_path, busy_processors):
    words = ["--collector", "concurrent", "--barrier", "yuasa", "--operations", 50]
    words += ["--roots", "stopped"]
    seen = 0
    for run in range(6):
        out = tmp_path / str(run)
        tricolour(*RUN, *words, "--out", out, preexec_fn=lambda: os.nice(10))
        header, *rows = [line.split(",") for line in (out / "heap.csv").read_text().splitlines()]
        named = [dict(zip(header, row)) for row in rows]
        triggers = [row for row in named if row["event"] == "trigger"]
        below = [row for row in triggers if int(row["used"]) < int(row["trigger"])]
        # A cycle for want of memory begins at once.
        exhausted = (out / "pauses.csv").read_text().count(",cycle_begin,exhausted,")
        assert len(below) <= exhausted
        seen += len(triggers) - exhausted
    assert seen > 100


def test_a_heap_that_is_too_small_is_exhausted(tricolour):
    result = tricolour("run", "--workload", "mt_gcbench", "--heap", "13M", "--operations", 1, expect=4)
    assert re.search(r"heap exhausted: heap \d+ bytes, live \d+ bytes, request \d+ bytes", result.stderr)
    assert "repeat it with: tricolour run" in result.stderr


def test_timeout_and_interruption(tricolour, tmp_path):
    assert "timeout" in tricolour(*RUN, "--seconds", 60, "--timeout", 0.5, expect=5).stderr
    process = subprocess.Popen([TRICOLOUR, *RUN, "--seconds", "60", "--out", str(tmp_path / "run")], stderr=subprocess.PIPE, text=True)
    said = process.stderr.readline()  # the headline stands there when the plan is made and signals are caught
    assert said.startswith("binary_trees under stop_the_world")
    process.send_signal(signal.SIGINT)
    assert process.wait(20) == 130
    process.stderr.close()
    assert json.loads((tmp_path / "run" / "run.json").read_text())["status"] == "interrupted"


def test_a_read_only_place_is_an_error(tricolour):
    assert "cannot write" in tricolour(*RUN, "--operations", 1, "--out", "/proc/run", expect=1).stderr


def test_a_full_disk_leaves_nothing_half_written(tricolour, tmp_path):
    limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (512, 512))
    place = tmp_path / "place"
    result = tricolour(*RUN, "--operations", 20, "--out", place / "run", expect=1, preexec_fn=limit)
    assert "cannot write" in result.stderr and list(place.iterdir()) == []


def test_lost_output_is_an_error(tricolour):
    with open("/dev/full", "w") as full:
        process = subprocess.run([TRICOLOUR, "list"], stdout=full, stderr=subprocess.PIPE, timeout=20)
    assert process.returncode == 1


def test_minimum_heap_is_measured_once(tricolour):
    first = tricolour("minheap", "--workload", "binary_trees", "--param", "depth=10", "--json")
    again = tricolour("minheap", "--workload", "binary_trees", "--param", "depth=10", "--json")
    assert json.loads(first.stdout)["bytes"] == json.loads(again.stdout)["bytes"] >= 64 * 1024
    assert "measuring" in first.stderr and again.stderr == ""
    run = json.loads(tricolour("run", "--workload", "binary_trees", "--param", "depth=10", "--heap", "2x", "--operations", 1, "--json").stdout)
    assert run["heap"]["size"] >= 2 * json.loads(first.stdout)["bytes"]


def test_a_sweep_has_a_row_for_every_run(tricolour, tmp_path):
    out = tmp_path / "sweep"
    result = tricolour("sweep", experiment(tmp_path, cells=2), "--out", out)
    assert result.stdout.strip() == str(out)
    assert [status for _, _, status in runs_of(out)] == ["ok"] * 4
    assert len(re.findall(r"^\[\d/4", result.stderr, re.M)) == 4
    from tricolour_report.read import sweep_folder
    sweep = sweep_folder.open_sweep(out)
    assert len(sweep.runs) == 4 and not sweep.skipped


def test_a_dry_run_lists_the_cells(tricolour, tmp_path):
    result = tricolour("sweep", experiment(tmp_path, cells=3), "--out", tmp_path / "sweep", "--dry-run")
    assert result.stdout.count("tricolour run") == 3 and not (tmp_path / "sweep").exists()


def test_a_killed_sweep_goes_on(tricolour, tmp_path):
    out = tmp_path / "sweep"
    file = experiment(tmp_path, cells=4, invocations=3, operations=100)
    process = begin_sweep(TRICOLOUR, [file, "--out", out], lambda: (out / "index.json").exists() and len(runs_of(out)) >= 3)
    process.kill()
    process.wait()
    done = runs_of(out)
    stamps = {run: (out / "runs" / run[0] / str(run[1]) / "run.json").stat().st_mtime_ns for run in done}
    assert "exists" in tricolour("sweep", file, "--out", out, expect=2).stderr
    tricolour("sweep", file, "--out", out, "--resume")
    assert [status for _, _, status in runs_of(out)] == ["ok"] * 12
    assert all((out / "runs" / run[0] / str(run[1]) / "run.json").stat().st_mtime_ns == stamp for run, stamp in stamps.items())
    assert not list(out.glob("runs/*/.*"))
    file.write_text(file.read_text().replace("invocations = 3", "invocations = 4"))
    assert "has changed" in tricolour("sweep", file, "--out", out, "--resume", expect=2).stderr


def test_two_sweeps_do_not_write_one_folder(tricolour, tmp_path):
    out = tmp_path / "sweep"
    file = experiment(tmp_path, operations=10**12)
    process = begin_sweep(TRICOLOUR, [file, "--out", out], (out / "index.json").exists)
    assert "another sweep is writing" in tricolour("sweep", file, "--out", out, "--resume", expect=2).stderr
    process.kill()
    process.wait()


SLOW_TO_BECOME_A_RUN = """
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>
int prctl(int option, ...) {
  close(open(getenv("FORKED"), O_CREAT | O_WRONLY, 0666));
  sleep(2);
  return 0;
}
"""


def test_what_a_killed_sweep_had_forked_does_not_hold_its_folder(tricolour, tmp_path):
    out, library, forked = tmp_path / "sweep", tmp_path / "slow.so", tmp_path / "forked"
    subprocess.run(["cc", "-shared", "-fPIC", "-xc", "-", "-o", library], input=SLOW_TO_BECOME_A_RUN, text=True, check=True)
    file = experiment(tmp_path, cells=1, invocations=2, operations=100)
    environment = {**os.environ, "LD_PRELOAD": str(library), "FORKED": str(forked)}
    process = begin_sweep(TRICOLOUR, [file, "--out", out], forked.exists, env=environment)
    process.kill()
    process.wait()
    tricolour("sweep", file, "--out", out, "--resume")
    assert [status for _, _, status in runs_of(out)] == ["ok"] * 2


def test_an_interrupted_sweep_keeps_its_books(tricolour, tmp_path):
    out = tmp_path / "sweep"
    file = experiment(tmp_path, cells=2, invocations=5, operations=200)
    process = begin_sweep(TRICOLOUR, [file, "--out", out], lambda: (out / "index.json").exists() and runs_of(out), stderr=subprocess.PIPE, text=True)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 130 and "--resume" in said
    tricolour("sweep", file, "--out", out, "--resume")
    assert len(runs_of(out)) == 10


def test_a_run_that_hangs_is_a_row(tricolour, tmp_path):
    out = tmp_path / "sweep"
    tricolour("sweep", experiment(tmp_path, operations=10**12, invocations=1, timeout_s=1), "--out", out, expect=7)
    assert [status for _, _, status in runs_of(out)] == ["timeout"]


def test_report_without_a_folder_is_wrong_usage(tricolour, tmp_path):
    assert tricolour("report", tmp_path / "none", expect=2).stderr
    assert "usage" in tricolour("compare", "--help").stdout
    assert "benchstat" in tricolour("export", "--help").stdout


@pytest.mark.parametrize(
    "words",
    [
        ["sweep", "--", "-x"],
        ["report", "--", "-x"],
        ["export", "--format", "csv", "--out", "y", "--", "-x"],
        ["compare", "--", "-x", "-y"],
    ],
)
def test_a_path_may_look_like_a_flag(tricolour, tmp_path, monkeypatch, words):
    """Behind `--`, as everywhere; each says what it does not find there."""
    monkeypatch.chdir(tmp_path)
    said = tricolour(*words, expect=2).stderr
    assert "-x" in said and "too many" not in said and "usage:" not in said
