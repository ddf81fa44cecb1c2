"""The HTML page of a sweep.

Purpose: put answers, tables, the charts' data and script, failures, calibration, provenance and
commands into `page.html.j2`.
Invariants: the page refers to nothing outside itself, and its policy forbids it to; all text goes
through autoescape. What is not a chart can be read without JavaScript.
"""

from dataclasses import dataclass
from pathlib import Path

import jinja2

from ..compare import unserved
from ..compare.bystander import floor_sentence, machine_floor
from ..compare.peers import appendix
from ..compare.rows import groups
from ..compare.waits import SLOW
from ..figures.registry import FIGURES
from ..program.errors import DamagedRun
from ..program.regular import regular
from ..read.calibration import Calibration, read_calibration
from ..read.experiment import ENOUGH_CYCLES, Experiment
from ..statistics.intervals import ENOUGH_INVOCATIONS
from . import tables
from .absent import absences
from .answers import headline, means, starved
from .doubts import doubts
from .interactive.document import document, packed
from .interactive.script import Script
from .provenance import provenance, shared_parameters
from .which_barrier import which_barrier

TEMPLATE = "page.html.j2"
STYLE_SHEET = "page.css"
RELOAD_S = 10  # until a live page reads itself anew
MOST_RECIPE = 100_000  # characters of the experiment's file
NO_CALIBRATION = (
    "There is no calibration.json, neither in the sweep's folder nor in "
    "results/reference/calibration."
)


@dataclass(frozen=True)
class Shown:
    """A drawn figure for readers without JavaScript; `source` is a data URI, `width` its natural
    width in CSS pixels."""

    title: str
    reading: str
    source: str
    width: int


def render(
    experiment: Experiment, static: list[Shown] | None, script: Script, live: bool = False
) -> str:
    """`static`: drawn figures, None where only the page is written. `live`: of a sweep that is
    running, a page that reloads itself and has nothing that is read from single events."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    calibration, calibration_absent = _calibration(experiment)
    peers, peers_absent = appendix(experiment.sweep.folder)
    ranked = means(experiment)
    fewest = min(
        (len(result.digests) for result in experiment.results if result.digests), default=0
    )
    return environment.get_template(TEMPLATE).render(
        sweep=experiment.sweep,
        baseline=experiment.sweep.baseline_label,
        experiment=experiment,
        fewest=fewest,
        enough=ENOUGH_INVOCATIONS,
        barriers=which_barrier(experiment),
        headline=headline(experiment),
        wins=tables.wins(experiment),
        means=ranked,
        throughput=tables.throughput(ranked),
        memory=tables.bought(experiment),
        cells=[(group.title, tables.cells(group)) for group in groups(experiment)],
        starved=starved(experiment),
        enough_cycles=ENOUGH_CYCLES,
        floor=floor_sentence(machine_floor(experiment)),
        waited=tables.waited(experiment),
        unserved=unserved.sentences(experiment),
        doubts=doubts(experiment),
        fewest_cycles=min((one.cycles[0] for one in experiment.results if one.digests), default=0),
        slow=SLOW,
        static=static or [],
        plotted=static is not None,
        figures=FIGURES,
        css=(Path(__file__).parent / STYLE_SHEET).read_text(encoding="utf-8"),
        script=script,
        data=packed(document(experiment, live)),
        reload_s=RELOAD_S if live else 0,
        absent=absences(experiment),
        calibration=calibration,
        checks=calibration and tables.checks(calibration),
        calibration_absent=calibration_absent,
        peers=peers,
        peers_absent=peers_absent,
        failed=tables.failed(experiment),
        verified=tables.verified(experiment),
        lost=any(tables.found_by_oracle(run, "lost_objects") for run in experiment.verified),
        provenance=provenance(experiment),
        shared=shared_parameters(experiment),
        recipe=_recipe(experiment.sweep.folder),
        commands=_commands(experiment),
    )


def _calibration(experiment: Experiment) -> tuple[Calibration | None, str]:
    """(what was checked, why there is nothing)."""
    try:
        return read_calibration(experiment.sweep.folder), NO_CALIBRATION
    except DamagedRun as damage:
        return None, f"The calibration is damaged: {damage}"


def _recipe(folder: Path) -> str:
    path = folder / "experiment.toml"
    try:
        with regular(path).open(encoding="utf-8", errors="replace") as file:
            text = file.read(MOST_RECIPE + 1)
    except FileNotFoundError:
        return ""
    except OSError as error:
        return f"{path.name} cannot be read: {error.strerror}"
    return text if len(text) <= MOST_RECIPE else f"{text[:MOST_RECIPE]}\n(and more)"


def _commands(experiment: Experiment) -> list[dict]:
    """The command that repeats each cell, from its first run that has one."""
    found = []
    for result in experiment.results:
        commands = [run.record["command"] for run in result.runs if run.record]
        if commands:
            found.append(
                {
                    "label": experiment.label(result.cell),
                    "workload": result.cell.workload,
                    "heap": result.cell.heap,
                    "cell": result.cell.hash,
                    "command": commands[0],
                }
            )
    return found
