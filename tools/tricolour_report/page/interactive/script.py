"""The script of the page: D3, read from where Debian installs it, and the files of this folder.

Purpose: one piece of JavaScript that needs nothing else.
Invariants: D3 is never part of this repository; its notice goes where it goes. `window.drawn` is a
promise that is kept when the page is drawn.
"""

from dataclasses import dataclass
from pathlib import Path

from ...program.errors import UsageProblem

D3 = Path("/usr/share/nodejs/d3/dist/d3.min.js")
D3_NOTICE = Path("/usr/share/doc/node-d3/copyright")
PARTS = (
    "svg",
    "axes",
    "colours",
    "reading",
    "marks",
    "panel",
    "legend",
    "figure",
    "pool",
    "parts",
    "chart",
    "address",
    "moments",
    "page",
    "pairs",
)


@dataclass(frozen=True)
class Script:
    library: str
    notice: str
    own: str


def read_script() -> Script:
    """Raises UsageProblem when D3 is not installed."""
    try:
        library, notice = (path.read_text(encoding="utf-8") for path in (D3, D3_NOTICE))
    except OSError as error:
        raise UsageProblem(
            f"{error.filename}, of Debian's package node-d3, is needed for the page's charts: "
            f"{error.strerror}"
        ) from error
    own = "\n".join(
        (Path(__file__).parent / f"{part}.js").read_text(encoding="utf-8") for part in PARTS
    )
    return Script(library, notice, f'window.drawn = (async () => {{\n"use strict";\n{own}}})();')
