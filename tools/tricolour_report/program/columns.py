"""Lines of a terminal.

Invariant: a line that is too long goes on below, deeper than it began; no word is cut, and a line
that is hardly more than one long word, such as a path, stays whole.
"""

import textwrap
from typing import Iterable

COLUMNS = 80
DEEPER = 2


def fitted(lines: Iterable[str]) -> str:
    """The lines as text, each of at most COLUMNS where its words allow it."""
    return "\n".join(map(_fitted, lines)) + "\n"


def _fitted(line: str) -> str:
    begin = len(line) - len(line.lstrip())
    words = line.split()
    if len(line) <= COLUMNS or len(words) < 3 or begin + DEEPER + max(map(len, words)) > COLUMNS:
        return line
    return textwrap.fill(
        line,
        COLUMNS,
        subsequent_indent=" " * (begin + DEEPER),
        break_long_words=False,
        break_on_hyphens=False,
    )
