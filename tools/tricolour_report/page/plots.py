"""The drawn figures of a sweep as files, with their captions.

Purpose: draw each figure once and write it in every form; for pages of `report`, and for papers.
Invariants: a picture's files cover all that it shows, legend included. Of a paper, each is exactly
as wide as a column or the text, whose letters are 8 points.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Iterator

from ..program.writing import Publication
from ..read.experiment import Experiment

# Inches, of the two-column format of ACM's proceedings.
WIDTHS = {"column": 3.33, "text": 7.0}
ON_PAPER = {
    "font.size": 8,
    "axes.titlesize": 8,
    "axes.linewidth": 0.6,
    "grid.linewidth": 0.5,
    "lines.linewidth": 1.0,
    "savefig.dpi": 300,
}


@dataclass(frozen=True)
class Drawn:
    """`width` in inches."""

    title: str
    section: str
    reading: str
    svg: Path
    width: float


def draw_all(
    experiment: Experiment,
    plots: Path,
    publication: Publication,
    progress: Callable[[str], None],
    paper: str = "",
) -> Iterator[Drawn]:
    """Writes every figure and README.md, the captions, into `plots`; `paper` is one of WIDTHS."""
    from ..figures.files import save
    from ..figures.gallery import pictures
    from ..figures.style import plt

    page = WIDTHS.get(paper)
    captions = ["# What the plots show\n"]
    with plt.rc_context(ON_PAPER if page else {}):
        for picture in pictures(experiment, progress, page):
            progress(f"drawing {picture.name}")
            extent = _lay_out(picture.figure, page)
            files = save(picture.figure, plots, picture.name, publication.path, extent)
            plt.close(picture.figure)
            captions.append(
                f"- `{picture.name}`: {picture.title} ({picture.section}). {picture.reading}\n"
            )
            yield Drawn(picture.title, picture.section, picture.reading, files["svg"], extent.width)
    publication.path(plots / "README.md").write_text("\n".join(captions), encoding="utf-8")


def _lay_out(figure, page: float | None):
    """Solves the layout once for all file formats; returns what the figure covers, legend included,
    in inches."""
    from matplotlib.transforms import Bbox

    figure.draw_without_rendering()
    figure.set_layout_engine("none")
    extent = figure.get_tightbbox(figure.canvas.get_renderer()).padded(0.1)
    return Bbox.from_extents(0, extent.y0, page, extent.y1) if page else extent
