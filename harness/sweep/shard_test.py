"""A sweep on several machines: `tricolour sweep --shard` and `tricolour merge` as their users meet them.

The binary is $TRICOLOUR, or build/release/tricolour of this checkout. Another machine is played by another name in a run's provenance.
"""

import json
import os
import re
import resource
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

import jsonschema
import pytest

from sweep_process import begin_sweep

ROOT = Path(__file__).resolve().parents[2]
TRICOLOUR = os.environ.get("TRICOLOUR", str(ROOT / "build" / "release" / "tricolour"))
SHARDS = 3


def tricolour(*words, expect=0, **options):
    result = subprocess.run([TRICOLOUR, *map(str, words)], capture_output=True, text=True, timeout=120, **options)
    assert result.returncode == expect, f"{words}: exit {result.returncode}\n{result.stdout}\n{result.stderr}"
    return result


def experiment(folder, invocations=5, operations=5, heaps=("8M", "9M")):
    path = folder / "experiment.toml.in"
    path.write_text(
        f'schema = 1\nname = "test"\n[matrix]\ncollector = "stop_the_world"\nbarrier = "none"\n'
        f'workload = {{ name = "binary_trees", operations = {operations}, param = {{ depth = 10 }} }}\nheap = {json.dumps(heaps)}\n'
        f"[run]\ninvocations = {invocations}\ntimeout_s = 20\n"
    )
    return path


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """The folder of an experiment of 2 cells and 5 blocks, with its shards `1`, `2` and `3`."""
    folder = tmp_path_factory.mktemp("shards")
    file = experiment(folder)
    for number in range(1, SHARDS + 1):
        tricolour("sweep", file, "--shard", f"{number}/{SHARDS}", "--out", folder / str(number), "--quiet")
    return folder


@pytest.fixture
def shards(finished, tmp_path):
    """The folders of the shards, copies that the test may damage."""
    return [shutil.copytree(finished / str(number), tmp_path / str(number)) for number in range(1, SHARDS + 1)]


def index_of(folder):
    return json.loads((folder / "index.json").read_text())


def blocks_of(folder):
    """For each cell the blocks that the index lists with status ok and that have a record."""
    return [[run["block"] for run in cell["runs"] if run["status"] == "ok" and (folder / run["path"] / "run.json").exists()]
            for cell in index_of(folder)["cells"]]


def run_folder(folder, cell=0, block=0):
    return folder / "runs" / index_of(folder)["cells"][cell]["cell"] / str(block)


def change(run, part, name, value):
    record = json.loads((run / "run.json").read_text())
    record[part][name] = value
    (run / "run.json").unlink()  # not through a hard link
    (run / "run.json").write_text(json.dumps(record))


def move_to(host, run):
    """As if another machine had made the run."""
    change(run, "provenance", "host", host)
    change(run, "provenance", "boot_id", host)


@pytest.mark.parametrize("words", ["0/4", "5/4", "1/0", "a/b", "1/2/3", "", "1", "/", "1/", "-1/2", "+1/2", " 1/2", "1/2 ", "1.0/2", "1/99999999999999999999"])
def test_what_is_no_shard_is_wrong_usage(tmp_path, words):
    said = tricolour("sweep", experiment(tmp_path), "--out", tmp_path / "out", "--shard", words, expect=2).stderr
    assert f"--shard takes k/n, shard k of n with k from 1 to n, not '{words}'" in said and not (tmp_path / "out").exists()


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
    assert [blocks_of(finished / str(number)) for number in (1, 2, 3)] == [[[0, 3]] * 2, [[1, 4]] * 2, [[2]] * 2]
    assert index_of(finished / "2")["shard"] == {"number": 2, "count": 3}


def test_one_shard_of_one_is_the_whole_sweep(tmp_path):
    tricolour("sweep", experiment(tmp_path, invocations=1), "--shard", "1/1", "--out", tmp_path / "out", "--quiet")
    assert "shard" not in index_of(tmp_path / "out") and blocks_of(tmp_path / "out") == [[0]] * 2


def test_a_killed_shard_goes_on(tmp_path):
    out = tmp_path / "out"
    file = experiment(tmp_path, invocations=8, operations=60)
    words = [file, "--shard", "2/2", "--out", out]
    process = begin_sweep(TRICOLOUR, words, lambda: (out / "index.json").exists() and sum(map(len, blocks_of(out))) >= 3)
    process.send_signal(signal.SIGKILL)
    process.wait()
    done = {path: path.stat().st_mtime_ns for path in out.glob("runs/*/*/run.json")}
    for other, said in ((["--shard", "1/2"], "holds shard 2/2, not shard 1/2"), ([], "holds shard 2/2, not the whole sweep")):
        assert said in tricolour("sweep", file, *other, "--out", out, "--resume", expect=2).stderr
    tricolour("sweep", *words, "--resume")
    assert blocks_of(out) == [[1, 3, 5, 7]] * 2 and index_of(out)["shard"] == {"number": 2, "count": 2}
    assert all(path.stat().st_mtime_ns == stamp for path, stamp in done.items())


def test_a_whole_sweep_is_not_gone_on_with_as_a_shard(finished, tmp_path):
    merged = tmp_path / "merged"
    tricolour("merge", *(finished / str(number) for number in (1, 2)), "--out", merged)
    said = tricolour("sweep", merged / "experiment.toml", "--shard", "3/3", "--out", merged, "--resume", expect=2).stderr
    assert "holds the whole sweep, not shard 3/3" in said


def test_a_block_that_another_machine_began_is_begun_again(shards):
    folder = shards[0]
    index = index_of(folder)
    lost = index["cells"][1]["runs"].pop()  # block 3 is unfinished
    (folder / "index.json").write_text(json.dumps(index))
    shutil.rmtree(folder / lost["path"])
    move_to("elsewhere", run_folder(folder, block=3))
    move_to("elsewhere", run_folder(folder, block=0))  # block 0 is finished, and stays
    said = tricolour("sweep", folder / "experiment.toml", "--shard", "1/3", "--out", folder, "--resume").stderr
    assert "block 3 was begun on elsewhere" in said and "block 0" not in said and blocks_of(folder) == [[0, 3]] * 2
    hosts = {block: json.loads((run_folder(folder, block=block) / "run.json").read_text())["provenance"]["host"] for block in (0, 3)}
    assert hosts[0] == "elsewhere" and hosts[3] != "elsewhere"


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
    assert "10 ok" in tricolour("sweep", merged / "experiment.toml", "--out", merged, "--resume").stderr
    compared = json.loads(tricolour("compare", f"{merged}:heap=8M", f"{merged}:heap=9M", "--json").stdout)
    assert compared["paired"] is True
    tricolour("export", merged, "--format", "benchstat", "--out", tmp_path / "export", "--quiet")
    assert (tmp_path / "export" / "benchmarks.txt").read_text().count("\nBenchmarkTricolour") == 10
    for folder in (merged, shards[1]):
        jsonschema.validate(index_of(folder), json.loads((ROOT / "results/schema/index.schema.json").read_text()))


def test_a_merge_of_merges_with_runs_twice(shards, tmp_path):
    tricolour("merge", *shards[:2], "--out", tmp_path / "two")
    assert tricolour("merge", tmp_path / "two", *shards[1:], shards[2], "--out", tmp_path / "all").stderr == "10 of 10 runs\n"


def test_missing_runs_are_told_by_block_and_can_be_run(shards, tmp_path):
    index = index_of(shards[0])
    gone = index["cells"][1]["runs"].pop()
    (shards[0] / "index.json").write_text(json.dumps(index))
    shutil.rmtree(shards[0] / gone["path"])
    merged = tmp_path / "merged"
    said = tricolour("merge", shards[0], shards[1], "--out", merged).stderr
    assert "7 of 10 runs" in said and "missing: 2 of 2 in block 2, 1 of 2 in block 3; run them here with: tricolour sweep" in said
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


@pytest.mark.parametrize("damage, said", [
    (lambda run: shutil.rmtree(run), "run.json: cannot read"),
    (lambda run: cut(run / "run.json", 40), "run.json: "),
    (
        lambda run: (run / "run.json").write_text('{"schema_version": 1}'),
        "another schema than version 2; run it again",
    ),
    (lambda run: shutil.copy(run.parent / "3" / "run.json", run / "run.json"), "belongs to cell"),
    (lambda run: (run / "pauses.csv").unlink(), "pauses.csv cannot be read"),
    (lambda run: cut(run / "phases.csv", 3), "phases.csv: the last line is cut off"),
    (lambda run: (run / "heap.csv").write_text("t_ns,used\n"), "heap.csv: the columns are not t_ns,used,committed"),
    (lambda run: (run / "bystander.csv").write_text(""), "bystander.csv: the columns"),
    (lambda run: (run / "requests.bin").write_bytes(b"x" * 33), "requests.bin: the last row is cut off"),
])
def test_a_damaged_run_is_named_and_left_out(shards, tmp_path, damage, said):
    run = run_folder(shards[0])
    damage(run)
    answer = tricolour("merge", *shards, "--out", tmp_path / "merged").stderr
    assert re.search(f"^skipped {re.escape(str(run))}: .*{re.escape(said)}", answer, re.M) and "9 of 10 runs" in answer
    assert blocks_of(tmp_path / "merged") == [[1, 2, 3, 4], [0, 1, 2, 3, 4]]
    assert not run_folder(tmp_path / "merged").exists()


def test_a_block_from_two_machines_is_left_out(shards, tmp_path):
    move_to("elsewhere", run_folder(shards[0], cell=1, block=3))
    for cell in (0, 1):
        move_to("elsewhere", run_folder(shards[1], cell=cell, block=4))  # a whole block from elsewhere is welcome
    said = tricolour("merge", *shards, "--out", tmp_path / "merged").stderr
    assert re.search(r"left out block 3: its runs are from .*elsewhere", said) and "missing: 2 of 2 in block 3;" in said
    assert blocks_of(tmp_path / "merged") == [[0, 1, 2, 4]] * 2


def test_what_the_runs_of_a_merged_sweep_differ_in_is_told(shards, tmp_path):
    change(run_folder(shards[1], block=1), "provenance", "commit", "0123abc")
    change(run_folder(shards[2], cell=1, block=2), "parameters", "heap_bytes", 12345678)
    said = tricolour("merge", *shards, "--out", tmp_path / "merged").stderr
    assert "the runs are of several commits: 0123abc, " in said and "10 of 10 runs" in said
    assert re.search(f"cell {index_of(shards[0])['cells'][1]['cell']} ran in heaps of 9437184 and 12345678 bytes", said)
    assert said.count("ran in heaps") == 1


def test_a_failed_run_is_a_row_of_the_merged_sweep(tmp_path):
    file = experiment(tmp_path, invocations=2, heaps=["8M"])
    file.write_text(file.read_text().replace("operations = 5", "operations = 1000000000000").replace("timeout_s = 20", "timeout_s = 0.5"))
    folders = [tmp_path / number for number in "12"]
    for number, folder in enumerate(folders, start=1):
        tricolour("sweep", file, "--shard", f"{number}/2", "--out", folder, "--quiet", expect=7)
    assert json.loads((run_folder(folders[0]) / "run.json").read_text())["provenance"]["host"]
    shutil.rmtree(run_folder(folders[1], block=1))  # a run that could not write its folder
    assert tricolour("merge", *folders, "--out", tmp_path / "merged").stderr == "2 of 2 runs\n"
    assert [run["status"] for run in index_of(tmp_path / "merged")["cells"][0]["runs"]] == ["timeout"] * 2


def test_folders_that_do_not_belong_together_are_refused(shards, tmp_path):
    merged = tmp_path / "merged"
    other = tmp_path / "other"
    tricolour("sweep", experiment(tmp_path, invocations=1), "--out", other, "--quiet")
    assert "of different experiments" in tricolour("merge", shards[0], other, "--out", merged, expect=2).stderr
    assert "is not a sweep's folder" in tricolour("merge", shards[0], tmp_path, "--out", merged, expect=2).stderr
    assert "exists; a merge goes into a new folder" in tricolour("merge", *shards, "--out", other, expect=2).stderr
    assert "folders" in tricolour("merge", "--out", merged, expect=2).stderr
    again = tmp_path / "again"
    tricolour("sweep", shards[0] / "experiment.toml", "--shard", "1/3", "--out", again, "--quiet")
    assert "hold different runs of cell" in tricolour("merge", *shards, again, "--out", merged, expect=2).stderr
    assert not merged.exists() and not list(tmp_path.glob(".merged*"))


@pytest.mark.parametrize("change, said", [
    (lambda index: index.update(schema_version=2), "another schema"),
    (lambda index: index.update(shard={"number": 4, "count": 3}), "there is no shard 4/3"),
    (lambda index: index["cells"][0].update(cell="0123456789abcdef"), "lists cell 0123456789abcdef, block 1"),
    (lambda index: index["cells"][0]["runs"][0].update(block=5), "block 5"),
])
def test_an_index_that_is_not_of_the_experiment_is_refused(shards, tmp_path, change, said):
    index = index_of(shards[1])
    change(index)
    (shards[1] / "index.json").write_text(json.dumps(index))
    assert said in tricolour("merge", *shards, "--out", tmp_path / "merged", expect=2).stderr
    assert not (tmp_path / "merged").exists()


def test_a_shard_that_is_still_written_is_refused(shards, tmp_path):
    file = experiment(tmp_path, operations=10**12)
    process = begin_sweep(TRICOLOUR, [file, "--shard", "1/3", "--out", tmp_path / "busy"], (tmp_path / "busy" / "index.json").exists)
    try:
        assert "a sweep is still writing" in tricolour("merge", tmp_path / "busy", "--out", tmp_path / "merged", expect=2).stderr
    finally:
        process.kill()
        process.wait()


def test_a_place_that_cannot_be_written_gets_nothing(shards, tmp_path):
    assert "cannot write" in tricolour("merge", *shards, "--out", "/proc/merged", expect=1).stderr
    limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (512, 512))
    assert "cannot write" in tricolour("merge", *shards, "--out", tmp_path / "merged", expect=1, preexec_fn=limit).stderr
    assert not list(tmp_path.glob("*merged*"))


def test_runs_are_copied_to_another_file_system(shards, tmp_path):
    memory = Path("/dev/shm")
    if not os.access(memory, os.W_OK) or memory.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("no second file system to write to")
    with tempfile.TemporaryDirectory(dir=memory) as place:
        tricolour("merge", *shards, "--out", Path(place) / "merged")
        assert blocks_of(Path(place) / "merged") == [[0, 1, 2, 3, 4]] * 2
