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

TABLES = {"summary.csv": tidy_table, "lower_bound_overhead.csv": overhead_table}


def write_report(folder: Path, html: Path | None, progress: Callable[[str], None]) -> Path:
    """Write DIR/plots, DIR/summary.csv, DIR/lower_bound_overhead.csv and the page, whose path is returned."""
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
    """Every figure into files, and their captions; returns those of the overview for readers without JavaScript."""
    from ..figures.files import save
    from ..figures.gallery import OVERVIEW, pictures
    from ..figures.style import plt

    shown, captions = [], ["# What the plots show\n"]
    for picture in pictures(experiment, progress):
        progress(f"drawing {picture.name}")
        extent = _lay_out(picture.figure)
        svg = save(picture.figure, plots, picture.name, publication.path, extent)["svg"]
        plt.close(picture.figure)
        captions.append(
            f"- `{picture.name}`: {picture.title} ({picture.section}). {picture.reading}\n"
        )
        if picture.section == OVERVIEW:
            shown.append(
                Shown(picture.title, picture.reading, _inline(svg), round(96 * extent.width))
            )
    publication.path(plots / "README.md").write_text("\n".join(captions), encoding="utf-8")
    return shown


def _lay_out(figure):
    """Solve the layout once for all file formats; returns what the figure covers, legend included, in inches."""
    figure.draw_without_rendering()
    figure.set_layout_engine("none")
    return figure.get_tightbbox(figure.canvas.get_renderer()).padded(0.1)


def _inline(svg: Path) -> str:
    return "data:image/svg+xml;base64," + base64.b64encode(svg.read_bytes()).decode("ascii")
