"""The built `tricolour` as its users meet it: exit codes, files, failures of the disk.

Purpose: what only the whole program shows. The binary is $TRICOLOUR, or build/release/tricolour of
this checkout.
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

ROOT = Path(__file__).resolve().parents[2]
TRICOLOUR = os.environ.get("TRICOLOUR", str(ROOT / "build" / "release" / "tricolour"))
RUN = ["run", "--workload", "binary_trees", "--param", "depth=10", "--heap", "8M"]
TABLES = {"pauses.csv", "phases.csv", "heap.csv", "bystander.csv", "verify.csv"}


@pytest.mark.parametrize(
    "words",
    [[], ["list"], ["doctor"], ["run"], ["minheap"], ["sweep"], ["merge"], ["upgrade"]]
    + [["explore"], ["replay"]],
)
def test_every_command_explains_itself(tricolour, words):
    assert "--help" in tricolour(*words, "--help").stdout


def test_the_help_of_run_shows_the_default_of_the_safepoint_timeout(tricolour):
    shown = tricolour("run", "--help").stdout
    # Older versions of the library write =10s.
    assert re.search(r"--safepoint-timeout DURATION(=10s| \[10s\])", shown)


COMMANDS = [[], ["list"], ["doctor"], ["run"], ["replay"], ["minheap"], ["sweep"], ["merge"]]
COMMANDS += [["upgrade"], ["explore"], ["report"], ["compare"], ["export"]]
LISTED = {"collector": "collectors", "barrier": "barriers", "marker": "markers"}
LISTED |= {"sweep": "sweepers", "workload": "workloads"}


@pytest.mark.parametrize("command", COMMANDS, ids=lambda words: " ".join(words) or "tricolour")
def test_help_fits_a_terminal_and_ends_with_an_example(tricolour, command):
    lines = tricolour(*command, "--help").stdout.splitlines()
    assert [line for line in lines if len(line) > 80] == []
    assert lines[-1].startswith("  tricolour ")


def test_the_examples_of_all_help_run(tricolour, tmp_path):
    (tmp_path / "harness").symlink_to(ROOT / "harness")
    for command in COMMANDS:
        lines = tricolour(*command, "--help").stdout.splitlines()
        examples = lines[max(n for n, line in enumerate(lines) if "Example" in line) + 1 :]
        for example in examples:
            tricolour(*example.split()[1:], cwd=tmp_path, timeout=600)


@pytest.mark.parametrize("flag", LISTED)
def test_the_help_of_a_flag_shows_what_it_takes(tricolour, flag):
    text = " ".join(tricolour("run", "--help").stdout.split("  --" + flag + " ")[1].split())
    names = [one["name"] for one in json.loads(tricolour("list", LISTED[flag], "--json").stdout)]
    assert ", ".join(names) in text.split(" --")[0]


@pytest.mark.parametrize(
    "words, near",
    [
        (["mereg"], "merge"),
        (["--versoin"], "--version"),
        (["list", "barier"], "barriers"),
        (["run", "--colector", "concurrent"], "--collector"),
        ([*RUN, "--mutator=2"], "--mutators"),
        ([*RUN, "--collector", "concurent"], "concurrent"),
        ([*RUN, "--barrier", "yuasa_"], "yuasa"),
        ([*RUN, "--param", "dept=3"], "depth"),
        ([*RUN, "--set", "marker.prefech=3"], "marker.prefetch"),
        (["explore", "--barrier", "steel"], "steele"),
        (["compare", "a", "b", "--metrics", "throughput"], "--metric"),
    ],
)
def test_a_mistyped_name_is_answered_with_the_near_one(tricolour, words, near):
    assert f"did you mean '{near}'? There " in tricolour(*words, expect=2).stderr


def test_the_header_of_a_run_and_its_figures_are_on_standard_output(tricolour):
    words = [*RUN, "--operations", 1]
    done = tricolour(*words)
    assert re.match(
        r"binary_trees under \w+, none; heap 8.00 MiB; 1 mutator; seed 42\n", done.stdout
    )
    assert done.stderr == "" and max(map(len, done.stdout.splitlines())) <= 80
    assert tricolour(*words, "--quiet").stdout.startswith("binary_trees under ")
    assert json.loads(tricolour(*words, "--json").stdout)["status"] == "ok"


def test_lists(tricolour):
    barriers = json.loads(tricolour("list", "barriers", "--json").stdout)
    assert [one["name"] for one in barriers][:2] == ["none", "dijkstra"]
    assert all(
        {
            "name",
            "invariant",
            "mutators",
            "allocation_colour",
            "ragged_safe",
            "collectors",
            "source",
        }
        <= one.keys()
        for one in barriers
    )
    everything = json.loads(tricolour("list", "--json").stdout)
    assert set(everything) == {
        "collectors",
        "barriers",
        "workloads",
        "markers",
        "sweepers",
        "parameters",
    }
    assert "there are collectors" in tricolour("list", "colours", expect=2).stderr


def test_doctor(tricolour):
    assert json.loads(tricolour("doctor", "--json").stdout)["cores"] >= 1
    assert "machine floor" in tricolour("doctor").stdout


@pytest.mark.parametrize(
    "words, said",
    [
        ([], "subcommand"),
        (["walk"], "no command is called 'walk'; there are list"),
        (["run"], "--workload"),
        (["run", "--workload", "gcbanch"], "There are gcbench"),
        ([*RUN, "--barrier", "steel"], "There are none, dijkstra"),
        ([*RUN, "--mutators", "0"], "outside 1 to"),
        ([*RUN, "--mutators", "-1"], "--mutators"),
        ([*RUN, "--mark-threads", "100000"], "outside 1 to"),
        ([*RUN, "--colour", "red"], "--colour"),
        ([*RUN, "--record", "maybe"], "--record"),
        ([*RUN, "--record", "off", "--trace", "trace.json"], "--record on"),
        (
            [*RUN, "--roots", "ragged"],
            "mutator by mutator; concurrent, on_the_fly can; --roots stopped or auto fit",
        ),
        (
            [*RUN, "--collector", "concurrent", "--barrier", "yuasa", "--roots", "ragged"],
            "(sound here: dijkstra, hybrid, dlg, sliding_views;",
        ),
        ([*RUN, "--roots", "some"], "there are stopped, ragged, auto"),
        ([*RUN, "--collector", "concurrent"], "sound here: dijkstra"),
        (["run", "--workload", "gcbench", "--heap", "1M"], "smaller than the live data"),
        (["sweep", "missing.toml"], "missing.toml"),
        (["sweep", "/dev/null"], "/dev/null:1: the file has no 'schema'"),
    ],
)
def test_bad_input_is_wrong_usage(tricolour, words, said):
    assert said in tricolour(*words, expect=2).stderr


def test_files_follow_the_schema(tricolour, tmp_path):
    out = tmp_path / "run"
    tricolour(
        "run",
        "--workload",
        "latency",
        "--param",
        "live_mb=4",
        "--heap",
        "16M",
        "--collector",
        "concurrent",
        "--barrier",
        "yuasa",
        "--seconds",
        0.3,
        "--warmup",
        0.1,
        "--out",
        out,
    )
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
    rows = [list(map(int, line.split(",")))[:5] for line in lines]  # without what is metered
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


@pytest.mark.parametrize(
    "collector, paces", [("stop_the_world", False), ("incremental", True), ("concurrent", True)]
)
def test_a_trigger_is_told_of_collectors_that_pace(tricolour, tmp_path, collector, paces):
    out = tmp_path / "run"
    words = [
        "--collector",
        collector,
        "--barrier",
        "yuasa",
        "--operations",
        100,
        "--out",
        out,
        "--log",
        "cycles",
        "--roots",
        "stopped",
    ]
    said = tricolour(*RUN, *words).stderr
    header, *cycles = [
        line for line in said.splitlines() if re.match(r"cycle cause| *\d+ \w", line)
    ]
    assert header.split()[:4] == ["cycle", "cause", "live", "trigger"] and cycles
    trigger = header.index("trigger")
    shown = [line[trigger - 1 : trigger + len("trigger")].strip() for line in cycles]
    assert all((text != "-") == paces for text in shown)
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
    result = tricolour(
        "run", "--workload", "mt_gcbench", "--heap", "13M", "--operations", 1, expect=4
    )
    assert re.search(
        r"heap exhausted: heap \d+ bytes, live \d+ bytes, request \d+ bytes", result.stderr
    )
    assert "repeat it with: tricolour run" in result.stderr


def test_timeout_and_interruption(tricolour, tmp_path):
    assert "timeout" in tricolour(*RUN, "--seconds", 60, "--timeout", 0.5, expect=5).stderr
    process = subprocess.Popen(
        [TRICOLOUR, *RUN, "--seconds", "60", "--out", str(tmp_path / "run")],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    # The header is printed when the plan is made and signals are caught.
    assert process.stdout.readline().startswith("binary_trees under stop_the_world")
    process.send_signal(signal.SIGINT)
    assert process.wait(20) == 130
    process.stdout.close()
    assert json.loads((tmp_path / "run" / "run.json").read_text())["status"] == "interrupted"


def test_a_read_only_place_is_an_error(tricolour):
    assert (
        "cannot write" in tricolour(*RUN, "--operations", 1, "--out", "/proc/run", expect=1).stderr
    )


def test_a_full_disk_leaves_nothing_half_written(tricolour, tmp_path):
    limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (512, 512))
    place = tmp_path / "place"
    result = tricolour(*RUN, "--operations", 20, "--out", place / "run", expect=1, preexec_fn=limit)
    assert "cannot write" in result.stderr and list(place.iterdir()) == []


def test_lost_output_is_an_error(tricolour):
    with open("/dev/full", "w") as full:
        process = subprocess.run(
            [TRICOLOUR, "list"], stdout=full, stderr=subprocess.PIPE, timeout=20
        )
    assert process.returncode == 1


def test_minimum_heap_is_measured_once(tricolour):
    first = tricolour("minheap", "--workload", "binary_trees", "--param", "depth=10", "--json")
    again = tricolour("minheap", "--workload", "binary_trees", "--param", "depth=10", "--json")
    assert json.loads(first.stdout)["bytes"] == json.loads(again.stdout)["bytes"] >= 64 * 1024
    assert "measuring" in first.stderr and again.stderr == ""
    run = json.loads(
        tricolour(
            "run",
            "--workload",
            "binary_trees",
            "--param",
            "depth=10",
            "--heap",
            "2x",
            "--operations",
            1,
            "--json",
        ).stdout
    )
    assert run["heap"]["size"] >= 2 * json.loads(first.stdout)["bytes"]


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
