"""`tricolour sweep` as its users meet it: killed, interrupted, resumed, and two at once."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

from sweep_process import begin_sweep

ROOT = Path(__file__).resolve().parents[2]
TRICOLOUR = os.environ.get("TRICOLOUR", str(ROOT / "build" / "release" / "tricolour"))

sys.path.insert(0, str(ROOT / "tools"))


def experiment(folder, cells=1, invocations=2, operations=20, timeout_s=20):
    path = folder / "experiment.toml.in"
    heaps = ", ".join(f'"{8 + cell}M"' for cell in range(cells))
    path.write_text(
        f'schema = 1\nname = "test"\n[matrix]\ncollector = "stop_the_world"\nbarrier = "none"\n'
        f'workload = {{ name = "binary_trees", operations = {operations}, '
        f"param = {{ depth = 10 }} }}\nheap = [{heaps}]\n"
        f"[run]\ninvocations = {invocations}\ntimeout_s = {timeout_s}\n"
    )
    return path


def runs_of(folder):
    index = json.loads((folder / "index.json").read_text())
    return [
        (cell["cell"], run["block"], run["status"])
        for cell in index["cells"]
        for run in cell["runs"]
    ]


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
    result = tricolour(
        "sweep", experiment(tmp_path, cells=3), "--out", tmp_path / "sweep", "--dry-run"
    )
    assert result.stdout.count("tricolour run") == 3 and not (tmp_path / "sweep").exists()


def test_a_killed_sweep_goes_on(tricolour, tmp_path):
    out = tmp_path / "sweep"
    file = experiment(tmp_path, cells=4, invocations=3, operations=100)
    process = begin_sweep(
        TRICOLOUR,
        [file, "--out", out],
        lambda: (out / "index.json").exists() and len(runs_of(out)) >= 3,
    )
    process.kill()
    process.wait()
    done = runs_of(out)
    stamps = {
        run: (out / "runs" / run[0] / str(run[1]) / "run.json").stat().st_mtime_ns for run in done
    }
    assert "exists" in tricolour("sweep", file, "--out", out, expect=2).stderr
    tricolour("sweep", file, "--out", out, "--resume")
    assert [status for _, _, status in runs_of(out)] == ["ok"] * 12
    assert all(
        (out / "runs" / run[0] / str(run[1]) / "run.json").stat().st_mtime_ns == stamp
        for run, stamp in stamps.items()
    )
    assert not list(out.glob("runs/*/.*"))
    file.write_text(file.read_text().replace("invocations = 3", "invocations = 4"))
    assert "has changed" in tricolour("sweep", file, "--out", out, "--resume", expect=2).stderr


def test_two_sweeps_do_not_write_one_folder(tricolour, tmp_path):
    out = tmp_path / "sweep"
    file = experiment(tmp_path, operations=10**12)
    process = begin_sweep(TRICOLOUR, [file, "--out", out], (out / "index.json").exists)
    assert (
        "another sweep is writing"
        in tricolour("sweep", file, "--out", out, "--resume", expect=2).stderr
    )
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
    subprocess.run(
        ["cc", "-shared", "-fPIC", "-xc", "-", "-o", library],
        input=SLOW_TO_BECOME_A_RUN,
        text=True,
        check=True,
    )
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
    process = begin_sweep(
        TRICOLOUR,
        [file, "--out", out],
        lambda: (out / "index.json").exists() and runs_of(out),
        stderr=subprocess.PIPE,
        text=True,
    )
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 130 and "--resume" in said
    tricolour("sweep", file, "--out", out, "--resume")
    assert len(runs_of(out)) == 10


def test_a_run_that_hangs_is_a_row(tricolour, tmp_path):
    out = tmp_path / "sweep"
    tricolour(
        "sweep",
        experiment(tmp_path, operations=10**12, invocations=1, timeout_s=1),
        "--out",
        out,
        expect=7,
    )
    assert [status for _, _, status in runs_of(out)] == ["timeout"]
