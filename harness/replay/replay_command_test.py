"""`run --record-mutations` and `replay` as their users meet them."""

import json
import resource

import pytest

RECORD = [
    "run",
    "--workload",
    "gcold",
    "--param",
    "live_mb=1",
    "--heap",
    "8M",
    "--operations",
    6,
    "--record-mutations",
]


def test_a_recorded_run_is_replayed_under_every_barrier_that_is_sound(tricolour, tmp_path):
    trace = tmp_path / "trace"
    assert "mutations written" in tricolour(*RECORD, trace).stderr
    barriers = json.loads(tricolour("list", "barriers", "--json").stdout)
    sound = [one["name"] for one in barriers if "incremental" in one["collectors"]]
    result = json.loads(tricolour("replay", trace, "--json").stdout)
    assert result["status"] == "ok" and result["trace"]["made_by"].startswith("tricolour run")
    assert [one["barrier"] for one in result["replays"]] == sound
    assert {one["graph"] for one in result["replays"]} == {result["trace"]["graph"]}
    cycles = {
        tuple(
            (one["begin_record"], one["end_record"], one["live_at_end"], one["graph"])
            for one in replay["cycles"]
        )
        for replay in result["replays"]
    }
    assert len(cycles) == 1 and len(cycles.pop()) > 3
    white = json.loads(tricolour("replay", trace, "--allocate", "white", "--json").stdout)[
        "replays"
    ]
    assert [one["barrier"] for one in white] == [
        one["name"]
        for one in barriers
        if one["name"] in sound and one["sound_with_white_allocation"]
    ]
    lines = tricolour("replay", trace).stdout.splitlines()
    assert [line.split()[0] for line in lines[2:]] == sound


def test_a_recorded_run_is_replayed_under_one_barrier(tricolour, tmp_path):
    trace = tmp_path / "trace"
    tricolour(*RECORD, trace)
    assert "cycle   1:" in tricolour("replay", trace, "--barrier", "steele").stdout
    assert (
        "retained"
        in tricolour(
            "replay", trace, "--barrier", "yuasa", "--collector", "concurrent", "--heap", "3M"
        ).stdout
    )
    assert (
        "sound here: dijkstra" in tricolour("replay", trace, "--barrier", "none", expect=2).stderr
    )
    assert (
        "did you mean 'yuasa'? There are none, dijkstra"
        in tricolour("replay", trace, "--barrier", "yuaza", expect=2).stderr
    )
    assert "--barrier" in tricolour("replay", trace, "--unsound", expect=2).stderr
    said = tricolour("replay", trace, "--heap", "1M", expect=4).stderr
    assert (
        "--heap gives it more" in said
        and f"tricolour replay {trace} --barrier dijkstra --heap 1M" in said
    )
    said = tricolour("replay", trace, "--barrier", "none", "--unsound", expect=3)
    assert "lost object" in said.stderr and "--barrier none --unsound" in said.stderr


@pytest.mark.parametrize(
    "words, said",
    [
        (["--collector", "concurrent", "--barrier", "yuasa"], "--collector stop_the_world"),
        (["--barrier", "yuasa"], "--barrier none"),
        (["--mutators", 2], "--mutators 1"),
        (["--verify"], "--verify"),
        (["--warmup", 1], "--warmup"),
    ],
)
def test_what_cannot_be_recorded_is_wrong_usage(tricolour, tmp_path, words, said):
    assert said in tricolour(*RECORD, tmp_path / "trace", *words, expect=2).stderr
    assert not list(tmp_path.glob("*trace*"))


def test_a_workload_of_several_threads_is_not_recorded(tricolour, tmp_path):
    said = tricolour(
        "run",
        "--workload",
        "churn_threads",
        "--param",
        "cells=300",
        "--heap",
        "8M",
        "--operations",
        3,
        "--record-mutations",
        tmp_path / "trace",
        expect=2,
    ).stderr
    assert "one mutator's" in said and not list(tmp_path.glob("*trace*"))


def test_a_damaged_trace_is_wrong_usage(tricolour, tmp_path):
    trace = tmp_path / "trace"
    tricolour(*RECORD, trace)
    assert "exists" in tricolour(*RECORD, trace, expect=2).stderr
    whole = trace.read_bytes()
    for damaged, said in (
        (whole[:-1], "truncated"),
        (whole[:40], "truncated"),
        (whole[:-9] + b"x" + whole[-8:], "damaged"),
        (whole + b"x", "more than its header says"),
        (whole[:8] + b"\x02" + whole[9:], "version 2"),
        (b"{}", "no mutation trace"),
        (b"", "no mutation trace"),
    ):
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
