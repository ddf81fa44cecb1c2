"""`tricolour merge`: shards of a sweep become one, and what does not belong together is refused."""

import json
import os
import re
import resource
import shutil
import tempfile
from pathlib import Path

import jsonschema
import pytest

from shard_folders import (
    ROOT,
    TRICOLOUR,
    blocks_of,
    change,
    experiment,
    index_of,
    move_to,
    run_folder,
    tricolour,
)
from sweep_process import begin_sweep


def test_shards_merge_into_the_whole(shards, tmp_path):
    merged = tmp_path / "merged"
    result = tricolour("merge", *shards, "--out", merged)
    assert result.stdout.strip() == str(merged) and result.stderr == "10 of 10 runs\n"
    index = index_of(merged)
    assert blocks_of(merged) == [[0, 1, 2, 3, 4]] * 2 and "shard" not in index
    assert index["created_utc"] == min(index_of(shard)["created_utc"] for shard in shards)
    for shard in shards:
        for path in shard.glob("runs/*/*/*"):
            assert (merged / path.relative_to(shard)).read_bytes() == path.read_bytes()
    shutil.rmtree(shards[0])
    assert blocks_of(merged) == [[0, 1, 2, 3, 4]] * 2
    assert (
        "10 ok"
        in tricolour("sweep", merged / "experiment.toml", "--out", merged, "--resume").stderr
    )
    compared = json.loads(
        tricolour("compare", f"{merged}:heap=8M", f"{merged}:heap=9M", "--json").stdout
    )
    assert compared["paired"] is True
    tricolour("export", merged, "--format", "benchstat", "--out", tmp_path / "export", "--quiet")
    assert (tmp_path / "export" / "benchmarks.txt").read_text().count("\nBenchmarkTricolour") == 10
    for folder in (merged, shards[1]):
        jsonschema.validate(
            index_of(folder), json.loads((ROOT / "results/schema/index.schema.json").read_text())
        )


def test_a_merge_of_merges_with_runs_twice(shards, tmp_path):
    tricolour("merge", *shards[:2], "--out", tmp_path / "two")
    assert (
        tricolour(
            "merge", tmp_path / "two", *shards[1:], shards[2], "--out", tmp_path / "all"
        ).stderr
        == "10 of 10 runs\n"
    )


def test_missing_runs_are_told_by_block_and_can_be_run(shards, tmp_path):
    index = index_of(shards[0])
    gone = index["cells"][1]["runs"].pop()
    (shards[0] / "index.json").write_text(json.dumps(index))
    shutil.rmtree(shards[0] / gone["path"])
    merged = tmp_path / "merged"
    said = tricolour("merge", shards[0], shards[1], "--out", merged).stderr
    assert (
        "7 of 10 runs" in said
        and "missing: 2 of 2 in block 2, 1 of 2 in block 3; make them here with: tricolour sweep"
        in said
    )
    tricolour("sweep", merged / "experiment.toml", "--out", merged, "--resume", "--quiet")
    assert blocks_of(merged) == [[0, 1, 2, 3, 4]] * 2
    assert blocks_of(shards[0]) == [[0, 3], [0]]


def test_a_run_that_its_sweep_did_not_live_to_list_is_merged(shards, tmp_path):
    index = index_of(shards[0])
    index["cells"][1]["runs"].pop()
    (shards[0] / "index.json").write_text(json.dumps(index))
    assert "10 of 10 runs" in tricolour("merge", *shards, "--out", tmp_path / "merged").stderr


def cut(path, count):
    data = path.read_bytes()
    path.unlink()
    path.write_bytes(data[:-count])


@pytest.mark.parametrize(
    "damage, said",
    [
        (lambda run: shutil.rmtree(run), "run.json: cannot read"),
        (lambda run: cut(run / "run.json", 40), "run.json: "),
        (
            lambda run: (run / "run.json").write_text('{"schema_version": 1}'),
            "another schema than version 3; run it again",
        ),
        (
            lambda run: (run / "run.json").write_text('{"schema_version": 2}'),
            "run.json has schema version 2; `tricolour upgrade` rewrites it",
        ),
        (
            lambda run: shutil.copy(run.parent / "3" / "run.json", run / "run.json"),
            "belongs to cell",
        ),
        (lambda run: (run / "pauses.csv").unlink(), "pauses.csv cannot be read"),
        (lambda run: cut(run / "phases.csv", 3), "phases.csv: the last line is cut off"),
        (
            lambda run: (run / "heap.csv").write_text("t_ns,used\n"),
            "heap.csv: the columns are not t_ns,used,committed",
        ),
        (lambda run: (run / "bystander.csv").write_text(""), "bystander.csv: the columns"),
        (
            lambda run: (run / "requests.bin").write_bytes(b"x" * 33),
            "requests.bin: the last row is cut off",
        ),
    ],
)
def test_a_damaged_run_is_named_and_left_out(shards, tmp_path, damage, said):
    run = run_folder(shards[0])
    damage(run)
    answer = tricolour("merge", *shards, "--out", tmp_path / "merged").stderr
    assert (
        re.search(f"^skipped {re.escape(str(run))}: .*{re.escape(said)}", answer, re.M)
        and "9 of 10 runs" in answer
    )
    assert blocks_of(tmp_path / "merged") == [[1, 2, 3, 4], [0, 1, 2, 3, 4]]
    assert not run_folder(tmp_path / "merged").exists()


def test_a_block_from_two_machines_is_left_out(shards, tmp_path):
    move_to("elsewhere", run_folder(shards[0], cell=1, block=3))
    for cell in (0, 1):
        move_to(
            "elsewhere", run_folder(shards[1], cell=cell, block=4)
        )  # a whole block from elsewhere is welcome
    said = tricolour("merge", *shards, "--out", tmp_path / "merged").stderr
    assert (
        re.search(r"left out block 3: its runs are from .*elsewhere", said)
        and "missing: 2 of 2 in block 3;" in said
    )
    assert blocks_of(tmp_path / "merged") == [[0, 1, 2, 4]] * 2


def test_what_the_runs_of_a_merged_sweep_differ_in_is_told(shards, tmp_path):
    change(run_folder(shards[1], block=1), "provenance", "commit", "0123abc")
    change(run_folder(shards[2], cell=1, block=2), "parameters", "heap_bytes", 12345678)
    said = tricolour("merge", *shards, "--out", tmp_path / "merged").stderr
    assert "the runs are of several commits: 0123abc, " in said and "10 of 10 runs" in said
    assert re.search(
        f"cell {index_of(shards[0])['cells'][1]['cell']} ran in heaps of 9437184 and 12345678 "
        "bytes",
        said,
    )
    assert said.count("ran in heaps") == 1


def test_a_failed_run_is_a_row_of_the_merged_sweep(tmp_path):
    file = experiment(tmp_path, invocations=2, heaps=["8M"])
    file.write_text(
        file.read_text()
        .replace("operations = 5", "operations = 1000000000000")
        .replace("timeout_s = 20", "timeout_s = 0.5")
    )
    folders = [tmp_path / number for number in "12"]
    for number, folder in enumerate(folders, start=1):
        tricolour("sweep", file, "--shard", f"{number}/2", "--out", folder, "--quiet", expect=7)
    assert json.loads((run_folder(folders[0]) / "run.json").read_text())["provenance"]["host"]
    shutil.rmtree(run_folder(folders[1], block=1))  # a run that could not write its folder
    assert tricolour("merge", *folders, "--out", tmp_path / "merged").stderr == "2 of 2 runs\n"
    assert [run["status"] for run in index_of(tmp_path / "merged")["cells"][0]["runs"]] == [
        "timeout"
    ] * 2


def test_folders_that_do_not_belong_together_are_refused(shards, tmp_path):
    merged = tmp_path / "merged"
    other = tmp_path / "other"
    tricolour("sweep", experiment(tmp_path, invocations=1), "--out", other, "--quiet")
    assert (
        "of different experiments"
        in tricolour("merge", shards[0], other, "--out", merged, expect=2).stderr
    )
    assert (
        "is not a sweep's folder"
        in tricolour("merge", shards[0], tmp_path, "--out", merged, expect=2).stderr
    )
    assert (
        "exists; --out takes a new folder"
        in tricolour("merge", *shards, "--out", other, expect=2).stderr
    )
    assert "folders" in tricolour("merge", "--out", merged, expect=2).stderr
    again = tmp_path / "again"
    tricolour("sweep", shards[0] / "experiment.toml", "--shard", "1/3", "--out", again, "--quiet")
    assert (
        "hold different runs of cell"
        in tricolour("merge", *shards, again, "--out", merged, expect=2).stderr
    )
    assert not merged.exists() and not list(tmp_path.glob(".merged*"))


@pytest.mark.parametrize(
    "change, said",
    [
        (lambda index: index.update(schema_version=2), "another schema"),
        (lambda index: index.update(shard={"number": 4, "count": 3}), "there is no shard 4/3"),
        (
            lambda index: index["cells"][0].update(cell="0123456789abcdef"),
            "lists cell 0123456789abcdef, block 1",
        ),
        (lambda index: index["cells"][0]["runs"][0].update(block=5), "block 5"),
    ],
)
def test_an_index_that_is_not_of_the_experiment_is_refused(shards, tmp_path, change, said):
    index = index_of(shards[1])
    change(index)
    (shards[1] / "index.json").write_text(json.dumps(index))
    assert said in tricolour("merge", *shards, "--out", tmp_path / "merged", expect=2).stderr
    assert not (tmp_path / "merged").exists()


def test_a_shard_that_is_still_written_is_refused(shards, tmp_path):
    file = experiment(tmp_path, operations=10**12)
    process = begin_sweep(
        TRICOLOUR,
        [file, "--shard", "1/3", "--out", tmp_path / "busy"],
        (tmp_path / "busy" / "index.json").exists,
    )
    try:
        assert (
            "a sweep is still writing"
            in tricolour("merge", tmp_path / "busy", "--out", tmp_path / "merged", expect=2).stderr
        )
    finally:
        process.kill()
        process.wait()


def test_a_place_that_cannot_be_written_gets_nothing(shards, tmp_path):
    assert "cannot write" in tricolour("merge", *shards, "--out", "/proc/merged", expect=1).stderr
    limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (512, 512))
    assert (
        "cannot write"
        in tricolour(
            "merge", *shards, "--out", tmp_path / "merged", expect=1, preexec_fn=limit
        ).stderr
    )
    assert not list(tmp_path.glob("*merged*"))


def test_runs_are_copied_to_another_file_system(shards, tmp_path):
    memory = Path("/dev/shm")
    if not os.access(memory, os.W_OK) or memory.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("no second file system to write to")
    with tempfile.TemporaryDirectory(dir=memory) as place:
        tricolour("merge", *shards, "--out", Path(place) / "merged")
        assert blocks_of(Path(place) / "merged") == [[0, 1, 2, 3, 4]] * 2
