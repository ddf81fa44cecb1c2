"""The machine's own floor: measured before and after a sweep, kept by --resume and by shards,
merged as it was measured.

The binary is $TRICOLOUR, or build/release/tricolour of this checkout.
"""

import json
import os
import subprocess
from pathlib import Path

import jsonschema

ROOT = Path(__file__).resolve().parents[2]
TRICOLOUR = os.environ.get("TRICOLOUR", str(ROOT / "build" / "release" / "tricolour"))
FIGURES = {"count", "p50_ns", "p99_ns", "max_ns"}


def tricolour(*words):
    command = [TRICOLOUR, *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)


def experiment(folder):
    path = folder / "experiment.toml.in"
    path.write_text(
        'schema = 1\nname = "floor"\n[matrix]\ncollector = "stop_the_world"\nbarrier = "none"\n'
        'workload = { name = "binary_trees", operations = 2, param = { depth = 8 } }\nheap = "8M"\n'
        "[run]\ninvocations = 2\ntimeout_s = 20\n"
    )
    return path


def index_of(folder):
    return json.loads((folder / "index.json").read_text())


def floor_of(folder):
    return index_of(folder)["machine_floor"]


def change(folder, **parts):
    index = index_of(folder)
    index.update(parts)
    (folder / "index.json").write_text(json.dumps(index))


def test_a_sweep_has_the_floor_before_and_after(tmp_path):
    out = tmp_path / "out"
    said = tricolour("sweep", experiment(tmp_path), "--out", out).stderr
    floor = floor_of(out)
    for one in floor.values():
        assert set(one) == FIGURES and one["count"] > 0
        assert 0 <= one["p50_ns"] <= one["p99_ns"] <= one["max_ns"]
    assert "own floor before the runs" in said and "own floor after the runs" in said
    schema = ROOT / "results" / "schema" / "index.schema.json"
    jsonschema.validate(index_of(out), json.loads(schema.read_text()))


def test_resuming_keeps_what_was_before_and_measures_what_is_after_only_if_it_ran(tmp_path):
    out = tmp_path / "out"
    file = experiment(tmp_path)
    tricolour("sweep", file, "--out", out)
    finished = floor_of(out)
    tricolour("sweep", file, "--out", out, "--resume")
    assert floor_of(out) == finished
    cells = index_of(out)["cells"]
    lost = cells[0]["runs"].pop()
    for path in (out / lost["path"]).iterdir():
        path.unlink()
    (out / lost["path"]).rmdir()
    stale = {name: 1 for name in FIGURES}
    change(out, cells=cells, machine_floor={"before": stale, "after": stale})
    tricolour("sweep", file, "--out", out, "--resume")
    assert floor_of(out)["before"] == stale and floor_of(out)["after"] != stale


def test_a_folder_without_a_floor_gets_none_made_up(tmp_path):
    out = tmp_path / "out"
    file = experiment(tmp_path)
    tricolour("sweep", file, "--out", out)
    index = index_of(out)
    del index["machine_floor"]
    (out / "index.json").write_text(json.dumps(index))
    tricolour("sweep", file, "--out", out, "--resume")
    assert floor_of(out) == {"before": None, "after": None}


def test_merged_shards_have_the_floor_with_the_longest_delay(tmp_path):
    file = experiment(tmp_path)
    shards = [tmp_path / "1", tmp_path / "2"]
    for number, shard in enumerate(shards, 1):
        tricolour("sweep", file, "--shard", f"{number}/2", "--out", shard)
    low, high = ({"count": 9, "p50_ns": 1, "p99_ns": 2, "max_ns": most} for most in (100, 900))
    change(shards[0], machine_floor={"before": low, "after": high})
    change(shards[1], machine_floor={"before": high, "after": None})
    tricolour("merge", *shards, "--out", tmp_path / "merged")
    assert floor_of(tmp_path / "merged") == {"before": high, "after": high}


def test_doctor_shows_it():
    found = json.loads(tricolour("doctor", "--json").stdout)
    assert set(found["machine_floor"]) == FIGURES and found["machine_floor"]["count"] > 100
