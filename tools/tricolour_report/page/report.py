"""The `report` command: figures, tables and the page of a sweep.

Purpose: draw everything once and write it as PNG, SVG, PDF and one HTML file.
Invariants: either all outputs are put in place or none is touched. Only the page is written of a
published sweep, whose pictures and tables were made when the tables of events were there, and of a
folder that cannot be written, when the page is elsewhere.
"""

import base64
import errno
import os
from pathlib import Path
from typing import Callable

from ..compare.lower_bound_overhead import overhead_table
from ..compare.tidy import tidy_table
from ..program.errors import UsageProblem
from ..program.writing import Publication, destination, publish
from ..read.experiment import Experiment, load_experiment
from .interactive.script import read_script
from .page import Shown, render
from .plots import draw_all

TABLES = {"summary.csv": tidy_table, "lower_bound_overhead.csv": overhead_table}


def write_report(folder: Path, html: Path | None, progress: Callable[[str], None]) -> Path:
    """Write DIR/plots, DIR/summary.csv, DIR/lower_bound_overhead.csv and the page, whose path is
    returned."""
    page = (html or folder / "report.html").absolute()
    _check_places(folder, html, page)
    script = read_script()
    progress(f"reading {folder}")
    experiment = load_experiment(folder, progress)
    progress(f"read {experiment.timed_runs} timed runs of {len(experiment.results)} cells")
    with publish() as publication:
        draft = publication.path(page)
        static = None
        if _keeps_plots(experiment, progress):
            static = _draw(experiment, folder / "plots", publication, progress)
            progress("writing the tables")
            for name, table in TABLES.items():
                table(experiment).to_csv(publication.path(folder / name), index=False)
        progress("writing the page")
        draft.write_text(render(experiment, static, script), encoding="utf-8")
    return page


def write_page(folder: Path, html: Path | None) -> Path:
    """The page alone, of a sweep that is running, without what is read from single events."""
    page = (html or folder / "report.html").absolute()
    _check_places(folder, html, page)
    experiment = load_experiment(folder, lambda line: None)
    with publish() as publication:
        text = render(experiment, None, read_script(), live=True)
        publication.path(page).write_text(text, encoding="utf-8")
    return page


def _check_places(folder: Path, html: Path | None, page: Path) -> None:
    """Refuses before the work what could not be written after it."""
    if html and not page.parent.is_dir():
        raise UsageProblem(f"{page.parent}, where the page should go, is not a folder")
    destination(page)
    if not html and folder.is_dir() and not os.access(folder, os.W_OK):
        why = "the folder cannot be written; --html FILE puts the page elsewhere"
        raise OSError(errno.EACCES, why, str(folder))


def _keeps_plots(experiment: Experiment, progress: Callable[[str], None]) -> bool:
    """Whether plots and tables go into the sweep's folder."""
    folder = experiment.sweep.folder
    if experiment.sweep.published:
        return False
    if os.access(folder, os.W_OK):
        return True
    progress(f"skipped plots/, {', '.join(TABLES)}: {folder} cannot be written")
    return False


def _draw(
    experiment: Experiment, plots: Path, publication: Publication, progress: Callable[[str], None]
) -> list[Shown]:
    """Every figure into files; returns those of the overview for readers without JavaScript."""
    from ..figures.gallery import OVERVIEW

    return [
        Shown(one.title, one.reading, _inline(one.svg), round(96 * one.width))
        for one in draw_all(experiment, plots, publication, progress)
        if one.section == OVERVIEW
    ]


def _inline(svg: Path) -> str:
    return "data:image/svg+xml;base64," + base64.b64encode(svg.read_bytes()).decode("ascii")


def write_paper(folder: Path, width: str, progress: Callable[[str], None]) -> Path:
    """Writes DIR/paper, the figures for a paper `column` or `text` wide, and returns it."""
    paper = folder / "paper"
    if folder.is_dir() and not os.access(folder, os.W_OK):
        raise OSError(errno.EACCES, "the folder cannot be written", str(folder))
    progress(f"reading {folder}")
    experiment = load_experiment(folder, progress)
    if experiment.sweep.published:
        raise UsageProblem(
            f"{folder} keeps no tables of single events, from which the figures of a paper are "
            "made; plots/ has those that were drawn when it had"
        )
    with publish() as publication:
        for _ in draw_all(experiment, paper, publication, progress, width):
            pass
    return paper
