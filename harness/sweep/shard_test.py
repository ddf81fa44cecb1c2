"""A sweep on several machines: `tricolour sweep --shard` as its users meet it."""

import json
import shutil
import signal

import pytest

from shard_folders import TRICOLOUR, blocks_of, experiment, index_of, move_to, run_folder, tricolour
from sweep_process import begin_sweep


@pytest.mark.parametrize(
    "words",
    [
        "0/4",
        "5/4",
        "1/0",
        "a/b",
        "1/2/3",
        "",
        "1",
        "/",
        "1/",
        "-1/2",
        "+1/2",
        " 1/2",
        "1/2 ",
        "1.0/2",
        "1/99999999999999999999",
    ],
)
def test_what_is_no_shard_is_wrong_usage(tmp_path, words):
    said = tricolour(
        "sweep", experiment(tmp_path), "--out", tmp_path / "out", "--shard", words, expect=2
    ).stderr
    assert (
        f"--shard takes k/n, shard k of n with k from 1 to n, not '{words}'" in said
        and not (tmp_path / "out").exists()
    )


@pytest.mark.parametrize("words", ["1/6", "1/9999999"])
def test_more_shards_than_blocks_are_wrong_usage(tmp_path, words):
    said = tricolour("sweep", experiment(tmp_path), "--dry-run", "--shard", words, expect=2).stderr
    assert "the experiment has 5 (its invocations)" in said


def test_a_dry_run_says_what_a_shard_does(tmp_path):
    result = tricolour("sweep", experiment(tmp_path), "--dry-run", "--shard", "2/3")
    assert result.stdout.count("tricolour run") == 2
    assert "shard 2/3: 4 runs, blocks 1, 4" in result.stderr
    assert "time of 4 runs: unknown" in result.stderr and "given up after 20 s" in result.stderr


def test_a_dry_run_estimates_the_time(tmp_path):
    file = experiment(tmp_path)
    file.write_text(file.read_text().replace("operations = 5", "seconds = 3") + "warmup_s = 1\n")
    said = tricolour("sweep", file, "--dry-run").stderr
    assert "time: at least 40 s for warm-ups and measured regions" in said
    assert "at least 16 s" in tricolour("sweep", file, "--dry-run", "--shard", "1/3").stderr
    file.write_text(file.read_text().replace("invocations = 5", "invocations = 5000"))
    assert "at least 11.1 h" in tricolour("sweep", file, "--dry-run").stderr


def test_shards_have_whole_blocks(finished):
    assert [blocks_of(finished / str(number)) for number in (1, 2, 3)] == [
        [[0, 3]] * 2,
        [[1, 4]] * 2,
        [[2]] * 2,
    ]
    assert index_of(finished / "2")["shard"] == {"number": 2, "count": 3}


def test_one_shard_of_one_is_the_whole_sweep(tmp_path):
    tricolour(
        "sweep",
        experiment(tmp_path, invocations=1),
        "--shard",
        "1/1",
        "--out",
        tmp_path / "out",
        "--quiet",
    )
    assert "shard" not in index_of(tmp_path / "out") and blocks_of(tmp_path / "out") == [[0]] * 2


def test_a_killed_shard_goes_on(tmp_path):
    out = tmp_path / "out"
    file = experiment(tmp_path, invocations=8, operations=60)
    words = [file, "--shard", "2/2", "--out", out]
    process = begin_sweep(
        TRICOLOUR,
        words,
        lambda: (out / "index.json").exists() and sum(map(len, blocks_of(out))) >= 3,
    )
    process.send_signal(signal.SIGKILL)
    process.wait()
    done = {path: path.stat().st_mtime_ns for path in out.glob("runs/*/*/run.json")}
    for other, said in (
        (["--shard", "1/2"], "holds shard 2/2, not shard 1/2"),
        ([], "holds shard 2/2, not the whole sweep"),
    ):
        assert said in tricolour("sweep", file, *other, "--out", out, "--resume", expect=2).stderr
    tricolour("sweep", *words, "--resume")
    assert blocks_of(out) == [[1, 3, 5, 7]] * 2 and index_of(out)["shard"] == {
        "number": 2,
        "count": 2,
    }
    assert all(path.stat().st_mtime_ns == stamp for path, stamp in done.items())


def test_a_whole_sweep_is_not_gone_on_with_as_a_shard(finished, tmp_path):
    merged = tmp_path / "merged"
    tricolour("merge", *(finished / str(number) for number in (1, 2)), "--out", merged)
    said = tricolour(
        "sweep", merged / "experiment.toml", "--shard", "3/3", "--out", merged, "--resume", expect=2
    ).stderr
    assert "holds the whole sweep, not shard 3/3" in said


def test_a_block_that_another_machine_began_is_begun_again(shards):
    folder = shards[0]
    index = index_of(folder)
    lost = index["cells"][1]["runs"].pop()  # block 3 is unfinished
    (folder / "index.json").write_text(json.dumps(index))
    shutil.rmtree(folder / lost["path"])
    move_to("elsewhere", run_folder(folder, block=3))
    move_to("elsewhere", run_folder(folder, block=0))  # block 0 is finished, and stays
    said = tricolour(
        "sweep", folder / "experiment.toml", "--shard", "1/3", "--out", folder, "--resume"
    ).stderr
    assert (
        "block 3 was begun on elsewhere" in said
        and "block 0" not in said
        and blocks_of(folder) == [[0, 3]] * 2
    )
    hosts = {
        block: json.loads((run_folder(folder, block=block) / "run.json").read_text())["provenance"][
            "host"
        ]
        for block in (0, 3)
    }
    assert hosts[0] == "elsewhere" and hosts[3] != "elsewhere"
