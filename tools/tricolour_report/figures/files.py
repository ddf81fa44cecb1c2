"""The files of a figure.

Purpose: every figure as PNG for pages, and as SVG and PDF for papers.
Invariant: the same figure gives the same bytes; no file holds a date.
"""

from pathlib import Path
from typing import Callable

from matplotlib.figure import Figure
from PIL import Image

# Few enough for a palette, which makes a picture a quarter as long; edges of letters need the rest.
COLOURS = 64
FORMS = {"png": None, "svg": {"Date": None}, "pdf": {"CreationDate": None}}


def save(
    figure: Figure, plots: Path, name: str, place: Callable[[Path], Path], extent="tight"
) -> dict[str, Path]:
    """Writes `name` in every form to where `place` says for its final path in `plots`; returns what
    was written, by form."""
    written = {}
    for form, metadata in FORMS.items():
        written[form] = place(plots / f"{name}.{form}")
        figure.savefig(written[form], bbox_inches=extent, metadata=metadata)
    _to_palette(written["png"])
    return written


def _to_palette(picture: Path) -> None:
    with Image.open(picture) as drawn:
        few = drawn.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    few.save(picture, optimize=True)
