"""The files of a figure.

Purpose: every figure as PNG for pages, and as SVG and PDF for papers.
Invariant: the same figure gives the same bytes; no file holds a date.
"""

from pathlib import Path
from typing import Callable

from matplotlib.figure import Figure

FORMS = {"png": None, "svg": {"Date": None}, "pdf": {"CreationDate": None}}


def save(
    figure: Figure, plots: Path, name: str, place: Callable[[Path], Path], extent="tight"
) -> dict[str, Path]:
    """Writes `name` in every form to where `place` says for its final path in `plots`; returns what was written, by form."""
    written = {}
    for form, metadata in FORMS.items():
        written[form] = place(plots / f"{name}.{form}")
        figure.savefig(written[form], bbox_inches=extent, metadata=metadata)
    return written
