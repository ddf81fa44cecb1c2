"""tools/test: levels, resuming by commit, time left. The checks are stubs in a scratch
repository."""

import gzip
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TOOLS = Path(__file__).resolve().parent
MOST_SECONDS_OF_FULL = 6000
# build/ is ignored, so that the switches in it leave the work tree clean.
STUB_CHECKS = """
stub() {
  echo "$1" >>build/ran
  [ ! -e "build/edits-$1" ] || touch edited
  [ ! -e "build/breaks-$1" ]
}
test_program() { "$@"; }
check quick+long 20 "release build" tools/build release
check quick 60 "alpha" stub alpha
check quick 60 "of a failed build" test_program build/release/absent_test
check default 120 "beta, gentle" stub beta
check full 600 "gamma" stub gamma
check long 3000 "delta" stub delta
"""


class Scratch:
    """A git repository with the real tools/test, and stubs for all that it runs."""

    def __init__(self, root):
        self.root = root
        (root / "tools").mkdir(parents=True)
        (root / "build").mkdir()
        shutil.copy(TOOLS / "test", root / "tools/test")
        self.write("tools/test_checks", STUB_CHECKS)
        self.program("tools/packages", "")
        self.program("tools/python", f"echo {sys.executable}")
        self.program("tools/build", 'echo "build $1" >>build/ran')
        self.write(".gitignore", "/build/\n")
        self.git("init", "--quiet")
        self.commit()

    def write(self, path, text):
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text)

    def program(self, path, commands):
        self.write(path, f"#!/bin/sh\n{commands}\n")
        (self.root / path).chmod(0o755)

    def git(self, *words):
        identity = ["-c", "user.name=a", "-c", "user.email=a@b"]
        words = ["git", *identity, *words]
        return subprocess.run(
            words, cwd=self.root, check=True, capture_output=True, text=True
        ).stdout.strip()

    def commit(self):
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "a commit")

    def test(self, *words):
        """What tools/test says; `ran` is what it ran."""
        (self.root / "build/ran").write_text("")
        environment = {name: value for name, value in os.environ.items() if "GIT_" not in name}
        finished = subprocess.run(
            [self.root / "tools/test", *words],
            capture_output=True,
            text=True,
            timeout=60,
            env=environment,
        )
        finished.ran = (self.root / "build/ran").read_text().splitlines()
        return finished

    def record(self, name):
        return self.root / "build/test-passed" / self.git("rev-parse", "HEAD") / name


@pytest.fixture
def scratch(tmp_path):
    return Scratch(tmp_path / "repository")


ALL_OF_FULL = ["build release", "alpha", "beta", "gamma"]


# --- levels -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words, ran",
    [
        (["--quick"], ["build release", "alpha"]),
        ([], ["build release", "alpha", "beta"]),
        (["--full"], ALL_OF_FULL),
        (["--long"], ["build release", "delta"]),
    ],
)
def test_a_level_runs_its_checks_and_closes_with_one_line(scratch, words, ran):
    finished = scratch.test(*words)
    assert finished.ran == ran
    assert finished.returncode == 0 and finished.stdout == f"{len(ran)} passed, 0 failed\n"
    assert "failed build" not in finished.stderr, "a program that was not built is no check"


@pytest.mark.parametrize(
    "words, reason",
    [
        (["--slow"], "unknown argument '--slow'"),
        (["--full", "--long"], "--full and --long are both levels"),
        (["--quick", "--fresh"], "--fresh is for --full and --long only"),
    ],
)
def test_a_wrong_argument_is_refused_with_the_usage(scratch, words, reason):
    finished = scratch.test(*words)
    assert finished.returncode == 2 and finished.stdout == "" and finished.ran == []
    assert f"tools/test: {reason}" in finished.stderr and "usage: tools/test" in finished.stderr


def test_a_failure_shows_its_output_and_the_rest_runs(scratch):
    (scratch.root / "build/breaks-alpha").touch()
    finished = scratch.test()
    assert finished.returncode == 1 and finished.stdout == (
        "failed: alpha: build/test-logs/alpha.log\n2 passed, 1 failed\n"
    )
    assert finished.ran == ["build release", "alpha", "beta"]
    assert re.search(r"FAIL  alpha \(\d+s\): build/test-logs/alpha.log", finished.stderr)


# --- resuming ---------------------------------------------------------------------------------


def test_what_has_passed_at_the_commit_is_skipped_except_builds(scratch):
    scratch.test("--full")
    finished = scratch.test("--full")
    assert finished.ran == ["build release"]
    assert finished.returncode == 0 and finished.stdout == "4 passed, 0 failed\n"
    for name in ("alpha", "beta, gentle", "gamma"):
        assert f"ok    {name} (passed before)" in finished.stderr


def test_a_new_commit_runs_everything_again(scratch):
    scratch.test("--full")
    scratch.commit()
    assert scratch.test("--full").ran == ALL_OF_FULL
    scratch.git("reset", "--quiet", "--hard", "HEAD~")
    assert scratch.test("--full").ran == ["build release"], "the first commit's records are kept"


def test_only_full_and_long_record_and_skip(scratch):
    scratch.test()
    assert scratch.test("--full").ran == ALL_OF_FULL
    assert scratch.test().ran == ["build release", "alpha", "beta"]
    assert scratch.test("--quick").ran == ["build release", "alpha"]


@pytest.mark.parametrize("path", ["tools/test_checks", "a_new_file"])
def test_a_changed_work_tree_skips_and_records_nothing(scratch, path):
    scratch.test("--full")
    with (scratch.root / path).open("a") as file:
        file.write("\n")
    shutil.rmtree(scratch.record("gamma").parent)
    for _ in range(2):
        finished = scratch.test("--full")
        assert finished.ran == ALL_OF_FULL
        assert finished.stderr.count("the work tree has changes") == 1
    assert not scratch.record("gamma").exists()


def test_records_of_the_commit_do_not_count_for_a_changed_work_tree(scratch):
    scratch.test("--full")
    scratch.write("a_new_file", "")
    assert scratch.test("--full").ran == ALL_OF_FULL


def test_a_work_tree_that_changes_during_the_run_records_nothing_more(scratch):
    (scratch.root / "build/edits-beta").touch()
    finished = scratch.test("--full")
    assert finished.returncode == 0 and finished.stderr.count("the work tree has changes") == 1
    assert [path.name for path in scratch.record("alpha").parent.iterdir()] == ["alpha"]


def test_a_failure_is_not_recorded(scratch):
    (scratch.root / "build/breaks-beta").touch()
    assert scratch.test("--full").stdout.endswith("\n3 passed, 1 failed\n")
    (scratch.root / "build/breaks-beta").unlink()
    finished = scratch.test("--full")
    assert finished.ran == ["build release", "beta"]
    assert finished.stdout == "4 passed, 0 failed\n"


def test_fresh_ignores_what_has_passed_before(scratch):
    scratch.test("--full")
    (scratch.root / "build/breaks-alpha").touch()
    finished = scratch.test("--fresh", "--full")
    assert finished.ran == ALL_OF_FULL and finished.returncode == 1
    assert scratch.test("--full").ran == ["build release", "alpha"], "alpha has failed since"


def test_without_git_everything_runs(scratch):
    shutil.rmtree(scratch.root / ".git")
    for _ in range(2):
        finished = scratch.test("--full")
        assert finished.ran == ALL_OF_FULL and finished.returncode == 0


# --- time left --------------------------------------------------------------------------------


def time_left(finished):
    line = r"^ *\d+s  next  (.*); about (.*) left$"
    return dict(re.findall(line, finished.stderr, re.MULTILINE))


def test_time_left_starts_from_the_nominal_seconds(scratch):
    left = time_left(scratch.test("--full"))
    assert list(left) == ["release build", "alpha", "beta, gentle", "gamma"]
    assert left["release build"] == "14 min", "860 s, with the program that was not built"
    assert time_left(scratch.test()) == {}, "the default level prints none"


def test_time_left_scales_with_what_the_checks_took(scratch):
    scratch.test("--full")
    scratch.record("alpha").write_text("180\n")  # three times its nominal time
    scratch.record("beta,-gentle").unlink()
    left = time_left(scratch.test("--full"))
    assert left["release build"] == "3 min", "nominal: 20 + 60 + 120 s"
    assert left["beta, gentle"] == "6 min", "3 * 120 s: gamma has passed before"


# --- the real checks --------------------------------------------------------------------------


def listed_checks(root):
    """(levels, nominal seconds, name) of each check of the real list."""
    script = r'check() { printf "%s\t%s\t%s\n" "$1" "$2" "$3"; }; python=python3; . "$0"'
    finished = subprocess.run(
        ["bash", "-uc", script, TOOLS / "test_checks"],
        cwd=root,
        check=True,
        capture_output=True,
        text=True,
    )
    rows = [line.split("\t") for line in finished.stdout.splitlines()]
    return [(set(levels.split("+")), int(seconds), name) for levels, seconds, name in rows]


def test_the_real_checks_have_levels_times_and_names_of_their_own(tmp_path):
    checks = listed_checks(tmp_path)
    names = [name for _, _, name in checks]
    assert len(names) == len(set(names))
    assert all(levels <= {"quick", "default", "full", "long"} for levels, _, _ in checks)
    full = sum(seconds for levels, seconds, _ in checks if levels != {"long"})
    assert full <= MOST_SECONDS_OF_FULL


@pytest.fixture
def with_real_checks(scratch):
    shutil.copy(TOOLS / "test_checks", scratch.root / "tools/test_checks")
    log = 'echo "$(basename "$0")" >>build/ran; for last; do :; done'
    scratch.program("tools/soundness", f'{log}; echo row >>"$last"')
    scratch.program("tools/stress", f'{log}; echo runs >"$last.csv"; echo sums >"$last.json"')
    scratch.program(
        "tools/disturb", f'{log}; mkdir -p "$last"; echo counts >"$last/disturbance.json"'
    )
    results = 'echo rows >"$last/mutants.csv"; echo shares >"$last/summary.md"'
    scratch.program("tools/mutants", f'{log}; mkdir -p "$last"; {results}')
    scratch.program("build/release/harness_test", log)
    (scratch.root / "build/asan").mkdir()
    scratch.write("results/reference/soundness.csv.gz", "old")
    scratch.write("results/reference/stress/hour.json", "old")
    scratch.commit()
    return scratch


def test_long_stores_its_results_and_skips_what_has_passed(with_real_checks):
    finished = with_real_checks.test("--long")
    assert finished.stdout == "9 passed, 0 failed\n", finished.stderr
    builds = ["build release", "build asan", "build faults"]
    checks = ["soundness", "harness_test", "soundness", "stress", "disturb", "mutants"]
    assert finished.ran == [*builds, *checks]
    reference = with_real_checks.root / "results/reference"
    assert gzip.decompress((reference / "soundness.csv.gz").read_bytes()) == b"row\n"
    assert gzip.decompress((reference / "stress/hour.csv.gz").read_bytes()) == b"runs\n"
    assert (reference / "stress/hour.json").read_text() == "sums\n"
    assert (reference / "disturbance/hour.json").read_text() == "counts\n"
    assert (reference / "mutants/mutants.csv").read_text() == "rows\n"
    assert (reference / "mutants/summary.md").read_text() == "shares\n"
    assert with_real_checks.test("--long").ran == builds, "stored results are no change"


def test_an_interrupted_matrix_goes_on_at_its_commit_only(with_real_checks):
    scratch = with_real_checks
    commit = scratch.git("rev-parse", "HEAD")
    stored = scratch.root / "results/reference/soundness.csv.gz"
    scratch.write(f"build/test-results/{commit}/soundness.csv", "an earlier row\n")
    scratch.test("--long")
    assert gzip.decompress(stored.read_bytes()) == b"an earlier row\nrow\n"
    scratch.test("--long", "--fresh")
    assert gzip.decompress(stored.read_bytes()) == b"row\n"


def test_results_of_a_changed_work_tree_are_not_stored(with_real_checks):
    scratch = with_real_checks
    scratch.write("a_new_file", "")
    for _ in range(2):
        assert scratch.test("--long").returncode == 0
    assert (scratch.root / "results/reference/soundness.csv.gz").read_text() == "old"
    kept = scratch.root / "build/test-results/uncommitted"
    assert (kept / "soundness.csv").read_text() == "row\n"
    assert (kept / "hour.json").read_text() == "sums\n"
