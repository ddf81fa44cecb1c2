"""Figures for a paper are exactly as wide as it needs them, and their letters can be read."""

import re

import pytest
from matplotlib import pyplot
from matplotlib.axes import Axes

from ..figures.gallery import pictures
from ..read.experiment import load_experiment
from ..testing.synthetic_barrier_cost import write_barrier_cost
from ..testing.synthetic_sweep import write_sweep
from .plots import ON_PAPER, WIDTHS
from .report import write_paper

PAIRS = (("stop_the_world", "none"), ("incremental", "steele"), ("concurrent", "yuasa"))
POINTS = 72  # of an inch
LEAST = 0.9  # inches


@pytest.fixture(scope="module")
def sweep(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sweep")
    write_sweep(folder, 2, ("latency",), ("1.5x", "2x"), combinations=PAIRS)
    write_barrier_cost(folder)
    return folder


@pytest.mark.parametrize("width", WIDTHS)
def test_every_figure_is_as_wide_as_asked(sweep, width):
    paper = write_paper(sweep, width, lambda line: None)
    assert paper == sweep / "paper" and not (sweep / "report.html").exists()
    drawn = sorted(paper.glob("*.svg"))
    assert len(drawn) == 14
    assert {path.stem for path in paper.glob("*.pdf")} == {path.stem for path in drawn}
    for path in drawn:
        text = path.read_text()
        inches = float(re.search(r'<svg [^>]*width="([\d.]+)pt"', text)[1]) / POINTS
        assert inches == pytest.approx(WIDTHS[width], abs=0.01), path.name
    captions = (paper / "README.md").read_text()
    assert all(f"`{path.stem}`" in captions for path in drawn)


@pytest.mark.filterwarnings("error")  # of a layout that has no room
@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_of_a_figure_is_cut_and_every_panel_has_room(sweep, width):
    with pyplot.rc_context(ON_PAPER):
        for picture in pictures(load_experiment(sweep, print), print, WIDTHS[width]):
            figure = picture.figure
            figure.draw_without_rendering()
            extent = figure.get_tightbbox(figure.canvas.get_renderer())
            assert -0.01 <= extent.x0 and extent.x1 <= WIDTHS[width] + 0.01, picture.name
            for axes in filter(Axes.get_visible, figure.axes):
                assert axes.get_window_extent().width / figure.dpi > LEAST, picture.name
            pyplot.close(figure)


def test_a_published_folder_has_no_figures_for_a_paper(published_sweep, command):
    code, _, error = command("report", published_sweep, "--style", "paper")
    assert code == 2 and "no tables of single events" in error
