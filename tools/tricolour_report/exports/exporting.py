"""The `export` command: one sweep folder, one format, one new folder.

Purpose: the list of formats, and output that appears whole or not at all.
Invariant: an existing output is refused, never added to.
"""

import os
from pathlib import Path
from typing import Callable

from ..program.errors import UsageProblem
from ..program.names import unknown_name
from ..program.writing import new_folder
from ..read.experiment import Experiment, load_experiment
from . import benchstat, dacapo_latency, google_benchmark, hgrm, hlog, latex, perfetto, tidy_tables

Progress = Callable[[str], None]
FORMATS: dict[str, Callable[[Experiment, Path, Progress], None]] = {
    "hgrm": hgrm.write,
    "hlog": hlog.write,
    "perfetto": perfetto.write,
    "gbench": google_benchmark.write,
    "benchstat": benchstat.write,
    "dacapo": dacapo_latency.write,
    "csv": tidy_tables.write,
    "latex": latex.write,
}
OF_EVENTS = ("hgrm", "hlog", "perfetto", "dacapo", "csv")  # made from single pauses and requests


def write_export(folder: Path, form: str, out: Path, progress: Progress) -> Path:
    """Writes `folder` in format `form` into the new folder `out`, and returns it."""
    if form not in FORMATS:
        raise UsageProblem(unknown_name("export format", form, FORMATS))
    if os.path.lexists(out):
        raise UsageProblem(f"{out} exists already; an export goes into a new folder")
    if not out.absolute().parent.is_dir():
        raise UsageProblem(f"{out.absolute().parent}, where the export should go, is not a folder")
    progress(f"reading {folder}")
    experiment = load_experiment(folder, progress)
    if not experiment.timed_runs:
        raise UsageProblem(f"{folder} has no timed run to export")
    if experiment.sweep.published and form in OF_EVENTS:
        raise UsageProblem(f"{folder} keeps no single pauses and requests, which {form} needs")
    with new_folder(out) as draft:
        FORMATS[form](experiment, draft, progress)
    return out
