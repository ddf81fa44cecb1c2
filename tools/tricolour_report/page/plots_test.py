"""Figures for a paper are exactly as wide as it needs them, and their letters can be read."""

import re

import pytest

from ..testing.synthetic_barrier_cost import write_barrier_cost
from ..testing.synthetic_sweep import write_sweep
from .plots import WIDTHS
from .report import write_paper

PAIRS = (("stop_the_world", "none"), ("incremental", "steele"), ("concurrent", "yuasa"))
POINTS = 72  # of an inch


@pytest.mark.parametrize("width", WIDTHS)
def test_every_figure_is_as_wide_as_asked_and_no_text_is_cut(tmp_path, width):
    folder = write_sweep(tmp_path, 2, ("latency",), ("1.5x", "2x"), combinations=PAIRS)
    write_barrier_cost(folder)
    paper = write_paper(folder, width, lambda line: None)
    assert paper == folder / "paper" and not (folder / "report.html").exists()
    pictures = sorted(paper.glob("*.svg"))
    assert len(pictures) == 14
    assert {path.stem for path in paper.glob("*.pdf")} == {path.stem for path in pictures}
    for path in pictures:
        text = path.read_text()
        inches = float(re.search(r'<svg [^>]*width="([\d.]+)pt"', text)[1]) / POINTS
        assert inches == pytest.approx(WIDTHS[width], abs=0.01), path.name
    captions = (paper / "README.md").read_text()
    assert all(f"`{path.stem}`" in captions for path in pictures)


def test_a_published_folder_has_no_figures_for_a_paper(published_sweep, command):
    code, _, error = command("report", published_sweep, "--style", "paper")
    assert code == 2 and "no tables of single events" in error
