"""Which runs of a folder are believed."""

import json
import os

import pytest

from ..program.errors import UsageProblem
from .experiment import load_experiment
from .sweep_folder import flatten, open_sweep


def edit(path, change):
    document = json.loads(path.read_text())
    change(document)
    path.write_text(json.dumps(document))


def some_run(folder):
    return folder / "runs" / "00000001" / "0"


def test_a_sound_sweep_is_read_whole(small_sweep):
    sweep = open_sweep(small_sweep)
    assert len(sweep.runs) == 18 and sweep.skipped == [] and sweep.never_ran == 0


@pytest.mark.parametrize(
    "content", [None, "{", "[]", '{"schema_version": 3}', '{"schema_version": 2}']
)
def test_what_is_no_sweep_folder_is_refused_in_one_sentence(tmp_path, content):
    if content is not None:
        (tmp_path / "index.json").write_text(content)
    with pytest.raises(UsageProblem) as refusal:
        open_sweep(tmp_path)
    assert str(tmp_path) in str(refusal.value) and "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    "content, said",
    [
        ("[" * 100_000, "nested too deeply"),
        ('{"a":' * 100_000, "nested too deeply"),
        ("pipe", "is no regular file"),
        ("huge", "is larger than 256 MiB"),
    ],
)
def test_what_cannot_be_read_to_its_end_is_refused_in_one_sentence(small_sweep, content, said):
    for path in (small_sweep / "index.json", some_run(small_sweep) / "run.json"):
        whole = path.read_text()
        path.unlink()
        if content == "pipe":
            os.mkfifo(path)
        elif content == "huge":
            path.touch()
            os.truncate(path, 2**36)
        else:
            path.write_text(content)
        if path.name == "index.json":
            with pytest.raises(UsageProblem, match=said):
                open_sweep(small_sweep)
            path.unlink()
            path.write_text(whole)
    (skipped,) = open_sweep(small_sweep).skipped
    assert said in skipped.reason


def test_a_missing_folder_is_refused(tmp_path):
    with pytest.raises(UsageProblem, match="not a folder"):
        open_sweep(tmp_path / "nowhere")


def test_a_folder_of_the_first_schema_is_to_be_made_again(small_sweep, command):
    for path in small_sweep.glob("runs/*/*/run.json"):
        edit(path, lambda record: record.update(schema_version=1))
    code, out, error = command("summary", small_sweep)
    assert code == 0 and error.count("\n") == 18
    assert all("schema version 1" in line and "run it again" in line for line in error.splitlines())


def test_a_folder_of_the_second_schema_is_refused_with_the_command_that_upgrades_it(small_sweep):
    edit(some_run(small_sweep) / "run.json", lambda record: record.update(schema_version=2))
    with pytest.raises(UsageProblem, match=f"tricolour upgrade {small_sweep}"):
        open_sweep(small_sweep)


DAMAGE = {
    "uncounted pause": lambda run: (run / "pauses.csv").write_text(
        (run / "pauses.csv").read_text().replace(",1\n", ",0\n", 1)
    ),
    "first version": lambda run: edit(
        run / "run.json", lambda record: record.update(schema_version=1)
    ),
    "truncated record": lambda run: (run / "run.json").write_text(
        (run / "run.json").read_text()[:-40]
    ),
    "other version": lambda run: edit(
        run / "run.json", lambda record: record.update(schema_version=7)
    ),
    "missing field": lambda run: edit(run / "run.json", lambda record: record.pop("cpu_ns")),
    "other cell": lambda run: edit(run / "run.json", lambda record: record.update(cell="ffff")),
    "no record": lambda run: (run / "run.json").unlink(),
    "no table": lambda run: (run / "pauses.csv").unlink(),
    "truncated table": lambda run: (run / "phases.csv").write_bytes(
        (run / "phases.csv").read_bytes()[:-3]
    ),
    "unknown mutator": lambda run: (run / "pauses.csv").write_text(
        (run / "pauses.csv").read_text().replace(",0,", ",x,")
    ),
    "reversed region": lambda run: edit(run / "run.json", lambda record: record.update(end_ns=0)),
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_a_damaged_run_is_named_and_skipped_and_the_rest_counts(small_sweep, kind):
    DAMAGE[kind](some_run(small_sweep))
    told = []
    experiment = load_experiment(small_sweep, told.append, lambda cell: cell.hash == "00000001")
    assert experiment.timed_runs == 2
    assert len(told) == 1 and "runs/00000001/0" in told[0]
    assert sum(result.never_ran for result in experiment.results) == 0


def test_a_path_that_leaves_the_folder_is_not_followed(small_sweep):
    edit(
        small_sweep / "index.json",
        lambda index: index["cells"][0]["runs"][0].update(path="../elsewhere"),
    )
    assert "leaves" in open_sweep(small_sweep).skipped[0].reason


def test_runs_that_never_ran_are_counted(small_sweep):
    edit(small_sweep / "index.json", lambda index: index["cells"][2]["runs"].pop())
    experiment = load_experiment(small_sweep, print)
    assert experiment.sweep.never_ran == 1
    assert experiment.results[2].never_ran == 1


def test_a_shard_misses_nothing_of_other_shards(small_sweep):
    def keep_shard_two(index):
        index["shard"] = {"number": 2, "count": 2}
        for cell in index["cells"]:
            cell["runs"] = [run for run in cell["runs"] if run["block"] == 1]

    edit(small_sweep / "index.json", keep_shard_two)
    experiment = load_experiment(small_sweep, print)
    assert experiment.sweep.name == "synthetic, shard 2/2"
    assert (
        experiment.sweep.planned == 6
        and experiment.sweep.never_ran == 0
        and experiment.results[0].never_ran == 0
    )


def test_a_crash_that_left_no_folder_is_still_a_run(small_sweep):
    entry = {"block": 2, "path": "runs/gone/2", "status": "crashed", "exit_code": -11}
    edit(small_sweep / "index.json", lambda index: index["cells"][0]["runs"].__setitem__(2, entry))
    result = load_experiment(small_sweep, print).results[0]
    assert result.statuses == {"ok": 2, "crashed": 1}


def test_nested_parameters_become_flat_text():
    assert flatten({"a": 1, "param": {"scale": 2, "deep": {"x": True}}}) == {
        "a": "1",
        "param.scale": "2",
        "param.deep.x": "true",
    }
