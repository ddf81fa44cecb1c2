"""`tools/slurm/submit` on a real cluster: an array whose node dies goes on elsewhere, a cancelled
one goes on when it is sent again."""

import json
import os
import subprocess
from pathlib import Path

import pytest
from local_cluster import NODES, LocalCluster, missing_commands

SUBMIT = Path(__file__).parent / "submit"
pytestmark = pytest.mark.full


@pytest.fixture(scope="module")
def cluster():
    if missing_commands():
        pytest.fail(
            f"not installed: {', '.join(missing_commands())}; `tools/packages full` installs them"
        )
    if os.geteuid() != 0:
        pytest.skip("a node is a namespace of its own, which only root can make")
    with LocalCluster() as running:
        yield running


def experiment(folder, invocations):
    """Two cells; a run takes about half a second."""
    path = folder / "experiment.toml.in"
    path.write_text(
        'schema = 1\nname = "array"\n[matrix]\ncollector = "stop_the_world"\n'
        'barrier = ["none", "yuasa"]\n'
        'workload = { name = "binary_trees", seconds = 0.4, param = { depth = 10 } }\nheap = "8M"\n'
        f"[run]\ninvocations = {invocations}\ntimeout_s = 60\n"
    )
    return path


class Array:
    """One experiment on the cluster."""

    def __init__(self, cluster, build_dir, folder, shards, invocations):
        self.cluster, self.out, self.shards = cluster, folder / "out", shards
        self.file = experiment(folder, invocations)
        self.binary = build_dir / "tricolour"

    def submit(self, *words):
        said = self.cluster.call(
            SUBMIT,
            self.file,
            "--shards",
            self.shards,
            "--out",
            self.out,
            "--binary",
            self.binary,
            *words,
        )
        self.job, self.merge = said.split()
        return self

    def shard(self, number):
        return self.out / "shards" / f"{number}-of-{self.shards}"

    def runs(self, folder):
        """(block, run.json) of every run that the index lists."""
        path = folder / "index.json"
        if not path.exists():
            return []
        cells = json.loads(path.read_text())["cells"]
        return [
            (run["block"], json.loads((folder / run["path"] / "run.json").read_text()))
            for cell in cells
            for run in cell["runs"]
        ]

    def wait_for_runs(self, number, count):
        self.cluster.wait(
            f"{count} runs of shard {number}", lambda: len(self.runs(self.shard(number))) >= count
        )

    def wait_for_end(self):
        self.cluster.wait("end of all jobs", lambda: not self.cluster.jobs())

    def log(self, name):
        return "\n".join(path.read_text() for path in sorted((self.out / "logs").glob(name)))

    def hosts(self, folder):
        """The machines of each block."""
        found = {}
        for block, run in self.runs(folder):
            found.setdefault(block, set()).add(run["provenance"]["host"])
        return found


def test_a_shard_whose_node_dies_goes_on_on_another(cluster, build_dir, tmp_path):
    array = Array(cluster, build_dir, tmp_path, shards=2, invocations=12).submit()
    array.wait_for_runs(1, 3)  # one block and a half
    on = next(line.split()[2] for line in cluster.jobs() if line.startswith(f"{array.job}_1 "))
    other = next(node for node in NODES if node != on)
    cluster.kill_node(on)
    done = {block: hosts for block, hosts in array.hosts(array.shard(1)).items() if block == 0}
    cluster.wait("node that is down", lambda: cluster.node_states()[on].startswith("down"))
    array.wait_for_end()
    assert f"on {other}, job" in array.log("shard-1.log") and "start 1" in array.log(
        "shard-1.log"
    ), array.log("*")
    assert "24 of 24 runs" in array.log("merge-*"), array.log("*")
    hosts = array.hosts(array.out / "sweep")
    assert len(hosts) == 12 and all(len(names) == 1 for names in hosts.values()), hosts
    assert {on, other} == set().union(*hosts.values()) and hosts[0] == done[0] == {on}
    assert (array.out / "sweep" / "report.html").stat().st_size > 100_000
    cluster.start_node(on)
    cluster.wait("node that is back", lambda: cluster.node_states()[on] == "idle")


def test_a_cancelled_array_goes_on_when_it_is_sent_again(cluster, build_dir, tmp_path):
    array = Array(cluster, build_dir, tmp_path, shards=3, invocations=12).submit()
    array.wait_for_runs(1, 2)
    cluster.call("scancel", array.job)
    array.wait_for_end()
    assert "missing: " in array.log("merge-*") and not array.shard(3).exists(), array.log("*")
    stamps = {
        path: path.stat().st_mtime_ns for path in array.out.glob("shards/*/runs/*/0/run.json")
    }
    assert len(stamps) == 2
    array.submit("--only", "3").wait_for_end()
    assert len(array.runs(array.shard(3))) == 8 and len(array.runs(array.out / "sweep")) < 24
    array.submit().wait_for_end()
    assert len(array.runs(array.out / "sweep")) == 24, array.log("*")
    assert all(path.stat().st_mtime_ns == stamp for path, stamp in stamps.items())
    assert len(list(array.out.glob("sweep.before-*"))) == 2


@pytest.mark.parametrize(
    "words, said",
    [
        (["--shards", "13"], "too few for 13 shards"),
        (["--shards", "none"], "--shard takes k/n"),
        (["--shards"], "--shards needs a value"),
        (["another.toml"], "two experiments"),
        (["--binary", "/none"], "there is no program /none"),
    ],
)
def test_what_cannot_run_is_not_sent(cluster, build_dir, tmp_path, words, said):
    command = [
        SUBMIT,
        experiment(tmp_path, 12),
        "--out",
        tmp_path / "out",
        "--shards",
        "2",
        "--binary",
        build_dir / "tricolour",
        *words,
    ]
    result = subprocess.run(
        [str(word) for word in command],
        capture_output=True,
        text=True,
        env=cluster.environment,
        timeout=60,
    )
    assert result.returncode == 2 and said in result.stderr, result.stderr
    assert not (tmp_path / "out").exists() and not cluster.jobs()


def test_another_experiment_or_count_is_not_sent_to_the_same_place(cluster, build_dir, tmp_path):
    array = Array(cluster, build_dir, tmp_path, shards=2, invocations=2).submit()
    array.wait_for_end()
    words = [SUBMIT, array.file, "--out", array.out, "--binary", array.binary, "--shards"]
    for count, said in ((1, "was begun with --shards 2"), (2, "another experiment")):
        result = subprocess.run(
            [str(word) for word in [*words, count]],
            capture_output=True,
            text=True,
            env=cluster.environment,
            timeout=60,
        )
        assert result.returncode == 2 and said in result.stderr, result.stderr
        array.file.write_text(array.file.read_text() + "warmup_s = 0.1\n")
